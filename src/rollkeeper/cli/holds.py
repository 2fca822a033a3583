"""`holds`: what waits for a person to decide, and all about one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click
from attrs import asdict
from django_scopes import scope

from rollkeeper.cli.choosing import actor, association_named
from rollkeeper.cli.output import (
    HELD,
    WRONG_USE,
    Stopped,
    answer_json,
    answer_table,
    end,
    say,
)
from rollkeeper.core.guards import Guard
from rollkeeper.engine import describing, holding
from rollkeeper.engine.words import GUARDS
from rollkeeper.ledger import held
from rollkeeper.ledger.models import Hold
from rollkeeper.ledger.services import holds as ledger
from rollkeeper.ledger.states import HoldState

PRINT_SHOWN: Final = 6

_NAME = re.compile(r"(\d+)(?:-([0-9a-f]{4,64}))?", re.IGNORECASE)


def name_of(hold: Hold) -> str:
    """Return its number and the beginning of its print: one plan, and no other."""
    return f"{hold.pk}-{hold.fingerprint[:PRINT_SHOWN]}"


def show(
    name: str | None,
    slug: str | None,
    *,
    everything: bool,
    csv_file: Path | None,
    as_json: bool,
) -> None:
    """List the holds, or show one of them with all there is to know."""
    association = association_named(slug)
    with scope(association=association):
        if name is not None:
            _show_one(hold_named(name), csv_file, as_json=as_json)
            return
        if csv_file is not None:
            raise Stopped(
                "Say which hold: 'rollkeeper holds HOLD --csv FILE'.", status=WRONG_USE
            )
        found = list(
            held.holds(association.pk) if everything else held.waiting(association.pk)
        )
        if as_json:
            answer_json([describe(one) for one in found])
        else:
            _list(found)
        end(HELD if any(one.state == HoldState.OPEN for one in found) else 0)


def hold_named(name: str) -> Hold:
    """Return the hold, as somebody saw it who wrote its print."""
    match = _NAME.fullmatch(name.strip())
    if match is None:
        raise Stopped(
            f"'{name}' names no hold. Write it as 'rollkeeper holds' does: 12-3fa91c.",
            status=WRONG_USE,
        )
    number, fingerprint = int(match[1]), (match[2] or "").lower()
    hold: Hold | None = Hold.objects.filter(pk=number).first()
    if hold is None:
        raise Stopped(
            f"There is no hold {number}. 'rollkeeper holds' lists those there are.",
            status=WRONG_USE,
        )
    if not hold.fingerprint.startswith(fingerprint):
        raise Stopped(
            f"Hold {number} has changed since you looked: it is {name_of(hold)} now,"
            f" about {hold.count:,} of {hold.of:,}."
            f" Look at it with 'rollkeeper holds {number}'.",
            status=HELD,
        )
    return hold


def describe(hold: Hold) -> dict[str, Any]:
    """Return a hold as JSON shows it."""
    approved, discarded = holding.consequences(Guard(hold.guard))
    return {
        "hold": name_of(hold),
        "state": hold.state,
        "guard": hold.guard,
        "because": GUARDS[Guard(hold.guard)],
        "list": hold.audience.name if hold.audience else None,
        "people": hold.count,
        "of": hold.of,
        "limit": hold.limit,
        "already": hold.already,
        "changed_last": hold.cause,
        "made_at": hold.made_at,
        "reasons": _reasons(hold),
        "examples": [_example(one) for one in held.examples(hold)],
        "number_needed": ledger.needs_number(hold),
        "on_approve": approved,
        "on_discard": discarded,
        "decided_by": hold.decided_by,
        "decided_at": hold.decided_at,
        "expires_at": hold.expires_at,
    }


def _reasons(hold: Hold) -> list[dict[str, Any]]:
    return [
        {"deed": deed, "why": why, "because": _why(why), "items": count}
        for deed, why, count in held.reasons(hold)
    ]


def _example(row: held.HeldRow) -> Mapping[str, str]:
    return {**asdict(row), "name": row.name, "because": _why(row.why)}


def _why(code: str) -> str:
    return holding.WHY.get(code, code)


def _list(found: list[Hold]) -> None:
    if not found:
        click.echo("Nothing waits for a decision.")
        return
    answer_table(
        "Holds",
        ("hold", "state", "since", "list", "people", "of", "because"),
        [
            (
                name_of(one),
                one.get_state_display(),
                one.made_at,
                one.audience.name if one.audience else "all",
                one.count,
                one.of,
                GUARDS[Guard(one.guard)],
            )
            for one in found
        ],
    )
    if any(one.state == HoldState.OPEN for one in found):
        say("'rollkeeper holds HOLD' shows one of them; then approve or discard it.")


def _show_one(hold: Hold, csv_file: Path | None, *, as_json: bool) -> None:
    if csv_file is not None:
        _write(hold, csv_file)
    if as_json:
        answer_json(describe(hold))
    else:
        show_hold(hold)
    end(HELD if hold.state == HoldState.OPEN else 0)


def show_hold(hold: Hold) -> None:
    approved, discarded = holding.consequences(Guard(hold.guard))
    where = f" of the list {hold.audience.name}" if hold.audience else ""
    limit = f"; {hold.limit:,} may be within a day" if hold.limit else ""
    already = f", {hold.already:,} were already" if hold.already else ""
    click.echo(f"Hold {name_of(hold)}: {hold.get_state_display()}")
    click.echo(f"Because {GUARDS[Guard(hold.guard)]}.")
    click.echo(f"About {hold.count:,} of {hold.of:,}{where}{limit}{already}.")
    click.echo(hold.cause)
    answer_table(
        "What and why",
        ("change", "because it", "how many"),
        [(one["deed"], one["because"], one["items"]) for one in _reasons(hold)],
    )
    answer_table(
        "Examples",
        ("change", "mailbox", "name", "list"),
        [
            (one.deed, one.mailbox, one.name, one.list_name)
            for one in held.examples(hold)
        ],
    )
    say(f"All of them: 'rollkeeper holds {hold.pk} --csv FILE'.")
    click.echo(f"If you approve: {approved}")
    click.echo(f"If you discard: {discarded}")


def _write(hold: Hold, path: Path) -> None:
    with path.open("wb") as file:
        file.writelines(describing.as_csv(hold))
    holding.note_exported(hold, by=actor())
    say(f"All {hold.count:,} are in {path}.")
