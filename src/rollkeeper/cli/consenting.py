"""`suppress` and `resubscribe`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click
from django_scopes import scope

from rollkeeper.cli.choosing import (
    actor,
    association_named,
    connection_of,
    list_called,
)
from rollkeeper.cli.output import (
    FAILED,
    HELD,
    WRONG_USE,
    Stopped,
    answer_json,
    end,
    say,
)
from rollkeeper.cli.syncing import wait_for_the_other
from rollkeeper.connections.models import Connection
from rollkeeper.core.values import ContactId, Email, InvalidAddress, ListId, Mailbox
from rollkeeper.directory.mailboxes import holders_by_mailbox
from rollkeeper.directory.models import Contact
from rollkeeper.engine import connecting, reconcile, resubscribing
from rollkeeper.engine.coordinator import Busy
from rollkeeper.engine.noting import ONLY_THEY_LIFT_IT, CannotNote, note_refusal
from rollkeeper.engine.resubscribing import CannotAsk
from rollkeeper.jobs import tasks
from rollkeeper.ledger.models import ResubscribeRequest, ResubscribeState


def suppress(
    email: str, because: str, list_name: str | None, slug: str | None, *, as_json: bool
) -> None:
    """Note a refusal for the address, and for everybody who has it now."""
    association = association_named(slug)
    mailbox = _mailbox(email)
    with scope(association=association):
        holders = holders_by_mailbox([mailbox]).get(mailbox, [])
        chosen = list_called(list_name) if list_name else None
        try:
            new = note_refusal(
                association_id=association.pk,
                mailbox=mailbox,
                contacts=holders,
                because=because,
                by=actor(),
                list_id=ListId(chosen.pk) if chosen else None,
            )
        except CannotNote as error:
            raise Stopped(str(error), status=WRONG_USE) from None
    if as_json:
        answer_json(
            {
                "mailbox": mailbox,
                "list": chosen.name if chosen else None,
                "contacts": list(holders),
                "new": new,
            }
        )
        return
    what = f"the mail of {chosen.name}" if chosen else "any mail"
    noted = "is not sent" if new else "was noted before not to be sent"
    click.echo(f"{mailbox} {noted} {what}. {ONLY_THEY_LIFT_IT}")
    if not holders:
        say("Nobody in the directory has this address now; it holds all the same.")


def resubscribe(email: str, slug: str | None, *, yes: bool, as_json: bool) -> None:
    """Show what asking means, ask, and see it through."""
    association = association_named(slug)
    with scope(association=association):
        connection = connection_of(association)
        contact = _one_with(_mailbox(email))
        try:
            _confirm(resubscribing.invitation(connection, contact), yes=yes)
            asked = resubscribing.ask(connection, contact, by=actor())
        except CannotAsk as error:
            raise Stopped(str(error), status=HELD) from None
    _see_through(connection)
    with scope(association=association):
        asked.refresh_from_db()
    _answer(asked, as_json=as_json)


def _confirm(meant: resubscribing.Invitation, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Stopped(
            "Nobody can be asked here whether to. It can be done once, ever: say so"
            " with --yes.",
            status=WRONG_USE,
        )
    say(f"One mail goes to {meant.mailbox}, once ever. If they say yes, they are on:")
    for name in meant.lists.values():
        say(f"  {name}")
    click.confirm("Send it?", abort=True, err=True)


def _see_through(connection: Connection) -> None:
    while True:
        try:
            run = reconcile.ask_to_resubscribe(
                connection_id=connection.pk,
                by=actor(),
                surroundings=tasks.surroundings(),
                open_asking=connecting.open_asking,
            )
        except Busy:
            wait_for_the_other(connection)
        else:
            if run.message:
                say(run.message)
            return


_SAID = {
    ResubscribeState.ASKED: "It could not be sent now; a worker tries again.",
    ResubscribeState.SENT: "The mail was sent. Whether they come back is up to them.",
    ResubscribeState.REFUSED: "It was not sent.",
    ResubscribeState.UNKNOWN: "It is not sent again by itself.",
}


def _answer(asked: ResubscribeRequest, *, as_json: bool) -> None:
    if as_json:
        answer_json(describe(asked))
    else:
        said = _SAID[ResubscribeState(asked.state)]
        click.echo(f"{asked.mailbox}: {said} {asked.words}".rstrip())
    if asked.state in (ResubscribeState.REFUSED, ResubscribeState.UNKNOWN):
        end(FAILED)


def describe(asked: ResubscribeRequest) -> dict[str, Any]:
    """Return what was asked, and what became of it, as JSON shows it."""
    return {
        "mailbox": asked.mailbox,
        "contact_id": asked.contact_id,
        "lists": asked.list_names,
        "asked_by": asked.asked_by,
        "asked_at": asked.asked_at,
        "state": asked.state,
        "words": asked.words,
    }


def _mailbox(email: str) -> Mailbox:
    try:
        return Email.parse(email).mailbox
    except InvalidAddress as error:
        raise Stopped(f"'{email}' is no address: {error}", status=WRONG_USE) from None


def _one_with(mailbox: Mailbox) -> Contact:
    """Return whoever has the mailbox; of several, the one who is on lists."""
    ids: Sequence[ContactId] = holders_by_mailbox([mailbox]).get(mailbox, [])
    found = Contact.objects.filter(pk__in=ids).order_by("pk")
    with_places = found.filter(memberships__isnull=False).first()
    contact = with_places or found.first()
    if contact is None:
        raise Stopped(
            f"Nobody in the directory has the address {mailbox}. Enter the contact, or"
            " look for another address of theirs on the Contacts page."
        )
    return contact
