"""The columns of a file, as staff choose what they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, frozen
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from procrastinate.contrib.django.models import ProcrastinateWorker

from rollkeeper.directory.importing import TABLES, columns_of
from rollkeeper.directory.importing.sending import Found, found_in
from rollkeeper.directory.models import Import
from rollkeeper.jobs.tasks import DEAD_AFTER_SECONDS
from rollkeeper.web.words import count

Words = Mapping[str, "str | Promise"]

KINDS: Final[Words] = {
    "contacts": lazy("Contacts: people"),
    "members": lazy("Members: businesses and persons who hold a membership"),
    "lists": lazy("Lists, committees and groups"),
    "list_memberships": lazy("Who is on which list"),
}

_PERSON: Final = lazy("Tells one contact from another")
_LIST: Final = lazy("Tells one list from another")

FIELDS: Final[Mapping[str, Words]] = {
    "members": {
        "member_id": lazy("Tells one member from another"),
        "name": lazy("Name of the member"),
        "membership_type": lazy("Membership type"),
        "status": lazy("Status: active, courtesy, prospect, dropped"),
    },
    "contacts": {
        "contact_id": _PERSON,
        "first_name": lazy("First name"),
        "last_name": lazy("Last name"),
        "primary_email": lazy("Primary e-mail: newsletters go there"),
        "other_emails": lazy("Other e-mails, with ; between them"),
        "member_id": lazy("Member whom they speak for"),
        "company": lazy("Company"),
        "title": lazy("Title"),
        "phone": lazy("Phone"),
        "active": lazy("Active: yes or no"),
        "do_not_contact": lazy("Do Not Contact: yes or no"),
    },
    "lists": {
        "list_id": _LIST,
        "name": lazy("Name of the list"),
        "kind": lazy("Kind: list, committee, group"),
        "sync": lazy("Kept true at Constant Contact: yes or no"),
    },
    "list_memberships": {
        "list_id": lazy("The list, by what tells it from others"),
        "contact_id": lazy("The contact, by what tells it from others"),
        "status": lazy("Status: active, disabled"),
        "no_mass_email": lazy("No mass e-mail: yes or no"),
    },
}

_SHORT: Final[Words] = {
    "member_id": lazy("Id of the member"),
    "contact_id": lazy("Id of the contact"),
    "list_id": lazy("Id of the list"),
    "other_emails": lazy("Other e-mails"),
}

NEEDED: Final[Mapping[str, Sequence[str]]] = {
    "members": ("member_id", "name"),
    "contacts": ("contact_id",),
    "lists": ("list_id", "name"),
    "list_memberships": ("list_id", "contact_id"),
}
"""Without these nothing can be read."""

PRIMARY: Final = "primary_email"
OTHERS: Final = "other_emails"

_TABLES: Final = {table.name: table for table in TABLES}

_ORDER: Final = {name: at for at, name in enumerate(_TABLES)}
"""As they are read, and told of."""


@frozen(kw_only=True)
class Option:
    value: int
    label: str
    chosen: bool


@frozen(kw_only=True)
class Field:
    """One of our columns, and those of the sheet it may be."""

    name: str
    label: str
    needed: bool
    options: Sequence[Option]
    trouble: str = ""


@frozen(kw_only=True)
class Card:
    """One sheet on the page."""

    name: str
    """What its choices are called in the form."""
    title: str
    kind: str
    kinds: Sequence[tuple[str, str, bool]]
    fields: Sequence[Field]
    kept: Sequence[str]
    """Columns that are kept under their own names,"""
    lost: Sequence[str]
    """or not read at all."""
    trouble: str = ""


def cards(found: Sequence[Found], *, told: bool = False) -> Sequence[Card]:
    """Return what to choose from; with *told*, also what is wrong with the choice."""
    return [_card(number, one, found, told) for number, one in enumerate(found)]


def is_ready(shown: Sequence[Card]) -> bool:
    """Can these be read as they are chosen?"""
    troubles = [one.trouble for one in shown]
    troubles += [field.trouble for one in shown for field in one.fields]
    return any(one.kind for one in shown) and not any(troubles)


def chosen(one: Import, data: QueryDict) -> Sequence[Found]:
    """Return the sheets as the form says; the columns of a new kind are guessed.

    Raises `ValueError` for a form that is none of ours.
    """
    return [_chosen(number, found, data) for number, found in enumerate(found_in(one))]


def _chosen(number: int, found: Found, data: QueryDict) -> Found:
    kind = data.get(f"{number}-table", "")
    if kind not in ("", *_TABLES):
        raise ValueError(kind)
    if not kind:
        return evolve(found, table="", columns={})
    if kind != data.get(f"{number}-was"):
        columns = columns_of(found.names, _TABLES[kind], {})
        return evolve(found, table=kind, columns=dict(columns))
    columns = {}
    for field in FIELDS[kind]:
        if at := data.get(f"{number}-{field}", ""):
            columns[field] = _named(found.names, int(at))
    return evolve(found, table=kind, columns=columns)


def _named(names: Sequence[str], at: int) -> str:
    if not 0 <= at < len(names):
        raise ValueError(at)
    return names[at]


def _card(number: int, found: Found, every: Sequence[Found], told: bool) -> Card:
    table = _TABLES.get(found.table)
    used = set(found.columns.values())
    others = [name for name in found.names if name and name not in used]
    title = found.path.partition("/")[2]
    return Card(
        name=str(number),
        title=f"{title}, {found.sheet}" if found.sheet else title,
        kind=found.table,
        kinds=[(name, str(said), name == found.table) for name, said in KINDS.items()],
        fields=_fields(found, told) if table else (),
        kept=others if table and table.keeps_others else (),
        lost=others if table and not table.keeps_others else (),
        trouble=_trouble(found, every[:number]) if told else "",
    )


def _trouble(found: Found, before: Sequence[Found]) -> str:
    if found.table and found.table in [one.table for one in before]:
        return _(
            "Another sheet above holds the same. Choose “Do not read it” for one of"
            " them, and import that one afterwards."
        )
    return ""


def _fields(found: Found, told: bool) -> Sequence[Field]:
    return [
        Field(
            name=name,
            label=str(label),
            needed=name in NEEDED[found.table],
            options=_options(found, found.columns.get(name)),
            trouble=_field_trouble(found, name) if told else "",
        )
        for name, label in FIELDS[found.table].items()
    ]


def _field_trouble(found: Found, name: str) -> str:
    if name in NEEDED[found.table] and name not in found.columns:
        return _("Choose a column: without it no row can be read.")
    if name == PRIMARY and PRIMARY not in found.columns and OTHERS in found.columns:
        return _("Choose a column, or none for the other e-mails either.")
    return ""


def _options(found: Found, chosen: str | None) -> Sequence[Option]:
    """Of columns that are called the same, the first is meant."""
    return [
        Option(value=at, label=_with_a_sample(found, name), chosen=name == chosen)
        for at, name in enumerate(found.names)
        if name and name not in found.names[:at]
    ]


def _with_a_sample(found: Found, name: str) -> str:
    samples = found.samples(name)
    if not samples:
        return name
    sample = samples[0] if len(samples[0]) <= 30 else f"{samples[0][:29]}…"
    return f"{name} ({sample})"


@frozen(kw_only=True)
class Cell:
    name: str
    value: str


@frozen(kw_only=True)
class Sample:
    """The first rows of a sheet, as they will be read."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def samples(one: Import) -> Sequence[Sample]:
    rows = (one.trial or {}).get("rows", {})
    return [
        Sample(
            title=str(KINDS[found.table]),
            columns=[_short(found, name) for name in _shown(found)],
            rows=[
                [
                    Cell(name=_short(found, name), value=_cell(row, name))
                    for name in _shown(found)
                ]
                for row in rows.get(found.table, ())
            ],
        )
        for found in sorted(found_in(one), key=lambda found: _ORDER.get(found.table, 0))
        if found.table
    ]


def _short(found: Found, name: str) -> str:
    """Return the name of our column as a table has room for it."""
    if name in _SHORT:
        return str(_SHORT[name])
    return str(FIELDS[found.table][name]).partition(":")[0]


def _shown(found: Found) -> Sequence[str]:
    """Return our columns that the sheet has, in the order of the form."""
    return [name for name in FIELDS[found.table] if name in found.columns]


def _cell(row: Mapping[str, Any], name: str) -> str:
    addresses = row.get("addresses") or [None]
    if name == "primary_email":
        return addresses[0] or ""
    if name == "other_emails":
        return "; ".join(addresses[1:])
    value = row[name]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value or ""


def is_a_worker_there() -> bool:
    """Has any worker been heard of?"""
    newest = ProcrastinateWorker.objects.order_by("-last_heartbeat").first()
    if newest is None:
        return False
    silent = timezone.now() - newest.last_heartbeat
    return bool(silent.total_seconds() < DEAD_AFTER_SECONDS)


_DEEDS: Final[Mapping[str, Callable[[int], str]]] = {
    "add": lambda n: ngettext(
        "%(n)s person comes onto lists", "%(n)s people come onto lists", n
    ),
    "update": lambda n: ngettext(
        "%(n)s person's details change", "%(n)s people's details change", n
    ),
    "change address": lambda n: ngettext(
        "%(n)s address changes", "%(n)s addresses change", n
    ),
    "remove": lambda n: ngettext(
        "%(n)s person is taken off lists", "%(n)s people are taken off lists", n
    ),
    "disable": lambda n: ngettext(
        "%(n)s person gets no mail any more", "%(n)s people get no mail any more", n
    ),
    "hold": lambda n: ngettext(
        "%(n)s person waits for somebody to decide",
        "%(n)s people wait for somebody to decide",
        n,
    ),
}


def at_the_provider(provider: Mapping[str, Any]) -> str:
    """Return in one sentence what comes of an import at the provider."""
    match provider["state"]:
        case "not_connected":
            return _("Nothing is sent: Constant Contact is not connected.")
        case "no_lists":
            return _("Nothing is sent: no list is switched on yet.")
        case "before_the_first_sync":
            return _(
                "Nothing is sent before the first sync, which shows you beforehand"
                " what it would do."
            )
        case _:
            return _planned(provider)


def _planned(provider: Mapping[str, Any]) -> str:
    told = [
        _DEEDS[word](number) % {"n": count(number)}
        for word, number in provider["counts"].items()
        if number
    ]
    if not told:
        return _("Nothing changes there.")
    return _("Minutes later: %(changes)s. About %(requests)s requests.") % {
        "changes": "; ".join(told),
        "requests": count(provider["requests"]),
    }
