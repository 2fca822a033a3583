"""`approve` and `discard`: the decision about what waits."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click
from django_scopes import scope

from rollkeeper.cli.choosing import actor, association_named
from rollkeeper.cli.holds import describe, hold_named, show_hold
from rollkeeper.cli.output import HELD, WRONG_USE, Stopped, answer_json, say
from rollkeeper.core.guards import Guard
from rollkeeper.engine import holding
from rollkeeper.ledger.models import Hold
from rollkeeper.ledger.services import holds as ledger
from rollkeeper.ledger.services.holds import CannotDecide
from rollkeeper.ledger.states import HoldState


def approve(
    name: str,
    slug: str | None,
    *,
    count: int | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Show what would be done, ask, and let it pass."""
    association = association_named(slug)
    with scope(association=association):
        hold = hold_named(name)
        asked = _may_ask(name, yes=yes)
        if asked and hold.state == HoldState.OPEN:
            show_hold(hold)
            count = _confirmed(hold, count)
        decided = _decide(
            lambda: holding.approve(
                hold_id=hold.pk, fingerprint=hold.fingerprint, by=actor(), typed=count
            )
        )
        _answer(decided, as_json=as_json)


def discard(name: str, slug: str | None, *, yes: bool, as_json: bool) -> None:
    """Show what would not be done, ask, and decide against it."""
    association = association_named(slug)
    with scope(association=association):
        hold = hold_named(name)
        if _may_ask(name, yes=yes) and hold.state == HoldState.OPEN:
            show_hold(hold)
            click.confirm("Discard it?", abort=True, err=True)
        decided = _decide(
            lambda: holding.discard(
                hold_id=hold.pk, fingerprint=hold.fingerprint, by=actor()
            )
        )
        _answer(decided, as_json=as_json)


def _may_ask(name: str, *, yes: bool) -> bool:
    """Return whether a person is to be asked. Who is not must name what was seen."""
    if not yes and sys.stdin.isatty():
        return True
    if not yes:
        raise Stopped(
            "Nobody can be asked here. Decide without being asked with --yes.",
            status=WRONG_USE,
        )
    if "-" not in name:
        raise Stopped(
            "With --yes, write the hold with its print, like 12-3fa91c: what is"
            " approved is what you saw, and nothing else.",
            status=WRONG_USE,
        )
    return False


def _confirmed(hold: Hold, count: int | None) -> int | None:
    if count is None and ledger.needs_number(hold):
        return int(
            click.prompt(
                f"This is about {hold.count} of {hold.of}."
                " Type the number of people to approve it",
                type=int,
                err=True,
            )
        )
    click.confirm("Approve it?", abort=True, err=True)
    return count


def _decide(decision: Callable[[], Hold]) -> Hold:
    try:
        return decision()
    except CannotDecide as error:
        raise Stopped(str(error), status=HELD) from None


def _answer(hold: Hold, *, as_json: bool) -> None:
    if as_json:
        answer_json(describe(hold))
        return
    approved, discarded = holding.consequences(Guard(hold.guard))
    if hold.state == HoldState.DISCARDED:
        click.echo(f"Hold {hold.pk} is discarded. {discarded}")
    elif hold.state == HoldState.APPLIED:
        click.echo(f"Hold {hold.pk} is approved, and done in the directory.")
    else:
        click.echo(f"Hold {hold.pk} is approved. {approved}")
    if hold.state != HoldState.DISCARDED:
        say("A worker takes it up; 'rollkeeper sync --wait' does it at once.")
