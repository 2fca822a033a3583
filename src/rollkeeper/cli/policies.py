"""`policy`: what is done when people leave, move, or are not ours."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click
from attrs import asdict, evolve, fields
from django_scopes import scope

from rollkeeper.cli.choosing import actor, association_named, connection_of
from rollkeeper.cli.output import WRONG_USE, Stopped, answer_json, answer_table, say
from rollkeeper.cli.syncing import show_preview
from rollkeeper.connections.models import Connection
from rollkeeper.core.policy import PRESETS, Policy, preset_of
from rollkeeper.core.values import AudienceId
from rollkeeper.directory.models import ContactList
from rollkeeper.engine import audiences as audiences_of
from rollkeeper.engine import policies
from rollkeeper.engine.postgres import STORE
from rollkeeper.jobs import tasks
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.services.audiences import policy_of


def run(
    list_name: str | None,
    slug: str | None,
    *,
    preset: str | None,
    settings: Sequence[str],
    yes: bool,
    as_json: bool,
) -> None:
    association = association_named(slug)
    with scope(association=association):
        connection = connection_of(association)
        audiences_of.current(
            STORE, association_id=association.pk, connection_id=connection.pk
        )
        found = _audiences(connection, list_name)
        if preset is None and not settings:
            _answer(found, as_json=as_json)
            return
        if list_name is None:
            raise Stopped(
                "Say which list gets the policy: 'rollkeeper policy LIST …'.",
                status=WRONG_USE,
            )
        (audience,) = found
        before = policy_of(audience)
        wanted = _with(PRESETS[preset] if preset else before, settings)
        if wanted != before:
            _change(connection, audience, wanted, yes=yes)
            audience.refresh_from_db()
        _answer([audience], as_json=as_json)


def _audiences(connection: Connection, name: str | None) -> list[Audience]:
    mine = Audience.objects.filter(connection=connection).order_by("name")
    if name is None:
        return list(mine)
    wanted = name.strip()
    lists = ContactList.objects.filter(external_id=wanted) or (
        ContactList.objects.filter(name__iexact=wanted)
    )
    ids = [one.pk for one in lists]
    found = list(mine.filter(list_id__in=ids) or mine.filter(name__iexact=wanted))
    if len(found) != 1:
        names = ", ".join(one.name for one in mine[:30])
        problem = "Several lists are" if found else "No synchronized list is"
        raise Stopped(
            f"{problem} called '{wanted}'. There are: {names or 'none'}. Give its id.",
            status=WRONG_USE,
        )
    return found


def _with(policy: Policy, settings: Sequence[str]) -> Policy:
    """Return *policy* with what each setting, like strangers=remove, says."""
    for setting in settings:
        name, _, value = setting.partition("=")
        kinds = {one.name: type(getattr(policy, one.name)) for one in fields(Policy)}
        if name not in kinds:
            raise Stopped(
                f"A policy says nothing of '{name}'. It says: {', '.join(kinds)}.",
                status=WRONG_USE,
            )
        values = [one.value for one in kinds[name]]
        if value not in values:
            raise Stopped(
                f"{name} cannot be '{value}'. Write one of: {', '.join(values)}.",
                status=WRONG_USE,
            )
        policy = evolve(policy, **{name: kinds[name](value)})
    return policy


def _change(
    connection: Connection, audience: Audience, wanted: Policy, *, yes: bool
) -> None:
    """Show what the policy would do, ask, and let it take effect."""
    audience_id = AudienceId(audience.pk)
    if not yes:
        if not sys.stdin.isatty():
            raise Stopped(
                "Nobody can be asked here. Change it without being asked with --yes.",
                status=WRONG_USE,
            )
        if connection.compared_at is None:
            say("Nothing was compared yet, so nothing can be said of a plan.")
        else:
            show_preview(
                policies.preview_of(
                    audience_id=audience_id,
                    policy=wanted,
                    by=actor(),
                    surroundings=tasks.surroundings(),
                )
            )
        click.confirm("Let this policy take effect?", abort=True, err=True)
    policies.change(audience_id=audience_id, policy=wanted, by=actor())
    say("It takes effect with the next run. Whom it takes off waits for a decision.")


def _answer(found: Sequence[Audience], *, as_json: bool) -> None:
    rows = [_describe(one) for one in found]
    if as_json:
        answer_json(rows)
        return
    if not rows:
        click.echo("No list is synchronized yet. Switch one on, then run a sync.")
        return
    columns = tuple(rows[0])
    answer_table("Policies", columns, [tuple(row.values()) for row in rows])


def _describe(audience: Audience) -> Mapping[str, Any]:
    policy = policy_of(audience)
    return {
        "list": audience.name,
        "preset": preset_of(policy) or "none",
        **asdict(policy, value_serializer=lambda _, __, value: str(value)),
    }
