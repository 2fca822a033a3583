"""`connect`: to the provider with a browser, and back by hand; and `disconnect`."""

from __future__ import annotations

import sys
from urllib.parse import parse_qs, urlsplit

import click
from django_scopes import scope

from rollkeeper.cli.choosing import actor, association_named
from rollkeeper.cli.output import FAILED, WRONG_USE, Stopped, answer_json, say
from rollkeeper.connections import services
from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.connections.services import ConnectingFailed, DifferentAccount
from rollkeeper.engine.connecting import begin_connecting, finish_connecting
from rollkeeper.providers.errors import ProviderError

_THIS_SIDE = "command line"


def connect(
    provider: str,
    redirect_url: str | None,
    slug: str | None,
    *,
    replacing_with: str,
    as_json: bool,
) -> None:
    association = association_named(slug)
    if redirect_url is None:
        address = _begin(association.pk, provider)
        if as_json or not sys.stdin.isatty():
            _answer_address(address, provider, as_json=as_json)
            return
        say(f"Open this address in a browser, log in and allow access:\n\n{address}\n")
        redirect_url = click.prompt(
            "The browser then shows an address of ours; paste it here", err=True
        )
    _finish(association.pk, provider, redirect_url, replacing_with, as_json=as_json)


def disconnect(provider: str, slug: str | None, *, yes: bool, as_json: bool) -> None:
    """End a connection, after saying what ends with it."""
    association = association_named(slug)
    with scope(association=association):
        row = Connection.objects.filter(provider=provider).first()
    if row is None or row.state == ConnectionState.DISCONNECTED:
        raise Stopped(f"{association.name} is not connected to {provider}.")
    if not yes:
        say(
            "Lists over there stay as they are, and are no longer kept true. Who"
            " unsubscribes there is not learnt any more. Changes made here are kept."
        )
        if not sys.stdin.isatty():
            raise Stopped("Say --yes to disconnect.", status=WRONG_USE)
        click.confirm(f"Disconnect {row}?", abort=True, err=True)
    services.disconnect(connection_id=row.pk, by=actor())
    if as_json:
        answer_json({"connection": row.pk, "state": ConnectionState.DISCONNECTED})
    else:
        click.echo(f"Disconnected: {row}.")


def _begin(association_id: int, provider: str) -> str:
    try:
        return begin_connecting(
            association_id=association_id, provider=provider, bound_to=_THIS_SIDE
        )
    except ConnectingFailed as error:
        raise Stopped(str(error)) from None


def _answer_address(address: str, provider: str, *, as_json: bool) -> None:
    if as_json:
        answer_json({"authorize_url": address})
    else:
        click.echo(address)
    say(
        "Open it in a browser, log in and allow access. Then run 'rollkeeper connect"
        f" {provider} --redirect-url URL' with the address that the browser was sent"
        " back to. You have ten minutes."
    )


def _finish(
    association_id: int,
    provider: str,
    redirect_url: str,
    replacing_with: str,
    *,
    as_json: bool,
) -> None:
    code, state = _code_and_state(redirect_url)
    try:
        with scope(association=association_id):
            connection = finish_connecting(
                association_id=association_id,
                provider=provider,
                bound_to=_THIS_SIDE,
                code=code,
                state=state,
                by=actor(),
                replacing_with=replacing_with,
            )
    except DifferentAccount as different:
        raise Stopped(_on_purpose(different), status=FAILED) from None
    except (ConnectingFailed, ProviderError) as error:
        raise Stopped(str(error), status=FAILED) from None
    if as_json:
        answer_json(
            {
                "connection": connection.pk,
                "provider": connection.provider,
                "state": connection.state,
                "account_id": connection.account_id,
                "account_name": connection.account_name,
            }
        )
    else:
        click.echo(f"Connected: {connection.account_name}.")


def _on_purpose(different: DifferentAccount) -> str:
    return (
        f"{different}\nTo connect {different.account.name!r} from now on instead, begin"
        " again and finish with '--replace"
        f" {different.account.account_id}'. All that is known about"
        f" {str(different.connection)!r} is forgotten then, but for who unsubscribed;"
        " nothing is sent until you sync."
    )


def _code_and_state(redirect_url: str) -> tuple[str, str]:
    """Take the two out of the address the browser was sent back to."""
    said = parse_qs(urlsplit(redirect_url.strip()).query)
    if "error" in said:
        words = said.get("error_description", said["error"])[0]
        raise Stopped(f"The provider did not grant access: {words}. Connect again.")
    try:
        return said["code"][0], said["state"][0]
    except KeyError:
        raise Stopped(
            "That address has no code and state in it. Paste the whole address, from"
            " 'http' to the end, as the browser shows it after Allow."
        ) from None
