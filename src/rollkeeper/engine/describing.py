"""Holds in words: the same on pages and on the command line.

What a decision does is in `holding`, for that is where it is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from rollkeeper.core.guards import Deed, Guard
from rollkeeper.core.spreadsheets import as_file
from rollkeeper.engine.holding import OF_SOURCE, WHY
from rollkeeper.engine.words import GUARDS
from rollkeeper.ledger import held
from rollkeeper.ledger.models import Hold

DEEDS: Final[Mapping[Deed, str]] = {
    Deed.ADD: "put on the list",
    Deed.REMOVE: "taken off the list",
    Deed.END: "disabled at the provider",
    Deed.UPDATE: "given another name or company",
    Deed.LEAVE: "taken for having left the list",
    Deed.DEPART: "taken out of the directory",
}
"""What would be done to somebody, as the end of a sentence."""

LIMITS: Final[Mapping[str, str]] = {
    "removals_of_list": "people who come off one list",
    "removals_of_account": "people who come off any list",
    "adds_of_list": "people who join one list",
    "emptied_fields": "people of whom one field is emptied",
    "left_at_once": "people who left one list between two looks",
    "source_fall": "rows that a complete file may lack",
}
"""What each of `core.guards.Limits` counts."""

_WHAT: Final[Mapping[Guard, str]] = {
    Guard.REMOVALS_OF_LIST: "{count:,} of {of:,} would be taken off",
    Guard.REMOVALS_OF_ACCOUNT: "{count:,} of {of:,} people would be taken off lists",
    Guard.ENDINGS: "{count:,} of {of:,} people would be disabled at the provider",
    Guard.EMPTIED_LIST: "{count:,} of {of:,} would be taken off, with nobody left",
    Guard.ADDS_OF_LIST: "{count:,} would join a list of {of:,}",
    Guard.EMPTIED_FIELDS: "{count:,} of {of:,} people would lose a name or company",
    Guard.RULE_CHANGED: "{count:,} of {of:,} would be taken off by the changed policy",
    Guard.LIST_DELETED: "deleted here, with {count:,} of {of:,} still on it there",
    Guard.REFUSALS: "{count:,} wait because too many were refused",
    Guard.SOURCE_FELL: "{count:,} of {of:,} are missing from the imported file",
    Guard.SOURCE_EMPTY: "all {count:,} are missing from the imported file",
    Guard.DELETED_OVER_THERE: "{count:,} were deleted at the provider by its staff",
    Guard.LEFT_AT_ONCE: "{count:,} of {of:,} left at once at the provider",
}

_IN_A_DAY: Final = (
    "Up to {limit:,} within 24 hours pass without a decision; {already} did already."
)
_AT_ONCE: Final = "Up to {limit:,} at once pass without a decision."


@frozen(kw_only=True)
class Grouped:
    """How many of a hold have the same done to them for the same reason."""

    people: int
    deed: Deed
    why: str
    """The end of a sentence."""


def subject(hold: Hold) -> str:
    """Say which list it is about, or what else."""
    if hold.guard in OF_SOURCE:
        return "The directory"
    return hold.audience.name if hold.audience else "The whole account"


def what(hold: Hold) -> str:
    """Say what would happen, or has happened, to how many of how many."""
    of = max(hold.of, hold.count)  # strangers among them are none of ours
    return _WHAT[Guard(hold.guard)].format(count=hold.count, of=of)


def because(hold: Hold) -> str:
    return f"It waits because {GUARDS[Guard(hold.guard)]}."


def limit(hold: Hold) -> str:
    """Say how many would have passed; nothing where no number decides."""
    if not hold.limit:
        return ""
    at_once = hold.guard in {*OF_SOURCE, Guard.LEFT_AT_ONCE, Guard.EMPTIED_FIELDS}
    sentence = _AT_ONCE if at_once else _IN_A_DAY
    already = f"{hold.already:,}" if hold.already else "none"
    return sentence.format(limit=hold.limit, already=already)


def reasons(hold: Hold) -> Sequence[Grouped]:
    """Return what would be done and why, the most people first."""
    return [
        Grouped(people=people, deed=Deed(deed), why=WHY.get(why, why))
        for deed, why, people in held.reasons(hold)
    ]


def as_csv(hold: Hold) -> Iterator[bytes]:
    """Yield the full list of a hold as a file for a spreadsheet program."""
    rows = (
        (
            DEEDS[Deed(row.deed)],
            row.mailbox,
            row.first_name,
            row.last_name,
            row.list_name,
            WHY.get(row.why, row.why),
        )
        for row in held.rows(hold)
    )
    return as_file(held.COLUMNS, rows)
