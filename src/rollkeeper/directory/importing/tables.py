"""The four tables that can be imported, and what may stand in their columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

from attrs import frozen
from django.utils.translation import gettext_noop as _

from rollkeeper.directory.importing.problems import Sentence
from rollkeeper.directory.models import (
    AUTOMATIC,
    ListKind,
    MemberStatus,
    Standing,
)

LONGEST_ADDRESS = 320

YES = ("yes", "y", "true", "x", "sí", "si")
NO = ("no", "n", "false")

KINDS = [kind.value for kind in ListKind if kind not in AUTOMATIC]


class BadCell(Exception):
    """The cell cannot be taken; *remedy* says what to write instead."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


@frozen(kw_only=True)
class Column:
    name: str
    parse: Callable[[str], str | bool | None]
    """Takes a cell without blanks around it; raises `BadCell`."""
    sql_type: str = "text"


def text(name: str, *, at_most: int) -> Column:
    def parse(cell: str) -> str:
        if len(cell) > at_most:
            raise BadCell(
                Sentence(
                    _(
                        "The text is %(length)s characters long; at most %(most)s are"
                        " kept."
                    ),
                    {"length": str(len(cell)), "most": str(at_most)},
                ),
                _("Shorten it."),
            )
        return cell

    return Column(name=name, parse=parse)


def required(name: str, *, at_most: int) -> Column:
    bounded = text(name, at_most=at_most).parse

    def parse(cell: str) -> str | bool | None:
        if not cell:
            raise BadCell(
                _("The cell is empty."),
                Sentence(_("Every row needs a %(column)s."), {"column": name}),
            )
        return bounded(cell)

    return Column(name=name, parse=parse)


def optional(name: str, *, at_most: int) -> Column:
    """Text whose absence is None: a reference to another row."""
    bounded = text(name, at_most=at_most).parse
    return Column(name=name, parse=lambda cell: bounded(cell) if cell else None)


def addresses(name: str) -> Column:
    """Several addresses, with semicolons between them."""
    bounded = text(name, at_most=LONGEST_ADDRESS).parse

    def parse(cell: str) -> str:
        for part in cell.split(";"):
            bounded(part.strip())
        return cell

    return Column(name=name, parse=parse)


def yes_no(name: str, *, blank: bool | None) -> Column:
    meanings: dict[str, bool | None] = {"": blank}
    meanings |= dict.fromkeys(YES, True) | dict.fromkeys(NO, False)

    def parse(cell: str) -> bool | None:
        try:
            return meanings[cell.casefold()]
        except KeyError:
            raise BadCell(
                Sentence(_("%(cell)s is neither yes nor no."), {"cell": _quoted(cell)}),
                _("Write yes or no."),
            ) from None

    return Column(name=name, parse=parse, sql_type="boolean")


_NOT_KNOWN: Final[Mapping[str, str]] = {
    "kind": _("%(cell)s is not a kind we know."),
    "status": _("%(cell)s is not a status we know."),
}


def one_of(name: str, values: Collection[str], *, blank: str) -> Column:
    meanings = {value: value for value in values} | {"": blank}

    def parse(cell: str) -> str:
        try:
            return meanings[cell.casefold()]
        except KeyError:
            raise BadCell(
                Sentence(_NOT_KNOWN[name], {"cell": _quoted(cell)}),
                Sentence(_("Write one of: %(words)s."), {"words": ", ".join(values)}),
            ) from None

    return Column(name=name, parse=parse)


def _quoted(cell: str) -> str:
    return f"'{cell}'" if len(cell) <= 40 else f"'{cell[:39]}…'"


@frozen(kw_only=True)
class Table:
    """What a file holds; it is called like this, and so is a workbook's sheet."""

    name: str
    key: tuple[str, ...]
    """The columns that tell which row of the directory it is."""
    columns: tuple[Column, ...]
    ends_with_addresses: bool = False
    """Are the last two columns the primary address and the other ones?"""
    keeps_others: bool = True
    """Are columns that we do not know kept, as fields of the row?"""


MEMBERS = Table(
    name="members",
    key=("member_id",),
    columns=(
        required("member_id", at_most=100),
        required("name", at_most=300),
        text("membership_type", at_most=200),
        one_of("status", MemberStatus.values, blank=MemberStatus.ACTIVE.value),
    ),
)

CONTACTS = Table(
    name="contacts",
    key=("contact_id",),
    columns=(
        required("contact_id", at_most=100),
        optional("member_id", at_most=100),
        text("first_name", at_most=200),
        text("last_name", at_most=200),
        text("title", at_most=300),
        text("company", at_most=300),
        text("phone", at_most=100),
        yes_no("active", blank=True),
        yes_no("do_not_contact", blank=False),
        text("primary_email", at_most=LONGEST_ADDRESS),
        addresses("other_emails"),
    ),
    ends_with_addresses=True,
)

LISTS = Table(
    name="lists",
    key=("list_id",),
    columns=(
        required("list_id", at_most=100),
        required("name", at_most=200),
        one_of("kind", KINDS, blank=ListKind.LIST.value),
        yes_no("sync", blank=None),
    ),
)

LIST_MEMBERSHIPS = Table(
    name="list_memberships",
    key=("list_id", "contact_id"),
    columns=(
        required("list_id", at_most=100),
        required("contact_id", at_most=100),
        one_of("status", Standing.values, blank=Standing.ACTIVE.value),
        yes_no("no_mass_email", blank=False),
    ),
    keeps_others=False,
)

TABLES = (MEMBERS, CONTACTS, LISTS, LIST_MEMBERSHIPS)
"""In the order in which their rows refer to each other."""
