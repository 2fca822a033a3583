"""Holds in words: the same on pages and on the command line.

What a decision does is in `holding`, for that is where it is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from rollkeeper.core.guards import Deed, Guard
from rollkeeper.core.spreadsheets import as_file
from rollkeeper.engine.holding import OF_SOURCE, WHY
from rollkeeper.engine.spoken import Spoken, figure, spoken
from rollkeeper.engine.words import GUARDS
from rollkeeper.ledger import held
from rollkeeper.ledger.models import Hold

DEEDS: Final[Mapping[Deed, str]] = Spoken(
    {
        Deed.ADD: _("put on the list"),
        Deed.REMOVE: _("taken off the list"),
        Deed.END: _("disabled at the provider"),
        Deed.UPDATE: _("given another name or company"),
        Deed.LEAVE: _("taken for having left the list"),
        Deed.DEPART: _("taken out of the directory"),
    }
)
"""What would be done to somebody, as the end of a sentence."""

LIMITS: Final[Mapping[str, str]] = Spoken(
    {
        "removals_of_list": _("people who come off one list"),
        "removals_of_account": _("people who come off any list"),
        "adds_of_list": _("people who join one list"),
        "emptied_fields": _("people of whom one field is emptied"),
        "left_at_once": _("people who left one list between two looks"),
        "source_fall": _("rows that a complete file may lack"),
    }
)
"""What each of `core.guards.Limits` counts."""

_WHAT: Final[Mapping[Guard, str]] = Spoken(
    {
        Guard.REMOVALS_OF_LIST: _("%(count)s of %(of)s would be taken off"),
        Guard.REMOVALS_OF_ACCOUNT: _(
            "%(count)s of %(of)s people would be taken off lists"
        ),
        Guard.ENDINGS: _(
            "%(count)s of %(of)s people would be disabled at the provider"
        ),
        Guard.EMPTIED_LIST: _(
            "%(count)s of %(of)s would be taken off, with nobody left"
        ),
        Guard.ADDS_OF_LIST: _("%(count)s would join a list of %(of)s"),
        Guard.EMPTIED_FIELDS: _(
            "%(count)s of %(of)s people would lose a name or company"
        ),
        Guard.RULE_CHANGED: _(
            "%(count)s of %(of)s would be taken off by the changed policy"
        ),
        Guard.LIST_DELETED: _(
            "deleted here, with %(count)s of %(of)s still on it there"
        ),
        Guard.REFUSALS: _("%(count)s wait because too many were refused"),
        Guard.SOURCE_FELL: _("%(count)s of %(of)s are missing from the imported file"),
        Guard.SOURCE_EMPTY: _("all %(count)s are missing from the imported file"),
        Guard.DELETED_OVER_THERE: _(
            "%(count)s were deleted at the provider by its staff"
        ),
        Guard.LEFT_AT_ONCE: _("%(count)s of %(of)s left at once at the provider"),
    }
)

_IN_A_DAY: Final = _(
    "Up to %(limit)s within 24 hours pass without a decision; %(already)s did already."
)
_AT_ONCE: Final = _("Up to %(limit)s at once pass without a decision.")


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
        return gettext("The directory")
    return hold.audience.name if hold.audience else gettext("The whole account")


def what(hold: Hold) -> str:
    """Say what would happen, or has happened, to how many of how many."""
    of = max(hold.of, hold.count)  # strangers among them are none of ours
    return _WHAT[Guard(hold.guard)] % {"count": figure(hold.count), "of": figure(of)}


def because(hold: Hold) -> str:
    why = GUARDS[Guard(hold.guard)]
    return gettext("It waits because %(why)s.") % {"why": why}


def limit(hold: Hold) -> str:
    """Say how many would have passed; nothing where no number decides."""
    if not hold.limit:
        return ""
    at_once = hold.guard in {*OF_SOURCE, Guard.LEFT_AT_ONCE, Guard.EMPTIED_FIELDS}
    sentence = spoken(_AT_ONCE if at_once else _IN_A_DAY)
    already = figure(hold.already) if hold.already else gettext("none")
    return sentence % {"limit": figure(hold.limit), "already": already}


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
