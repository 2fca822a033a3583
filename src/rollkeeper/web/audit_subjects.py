"""What entries of the record are about: its name, and its page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from attrs import frozen
from django.contrib.auth import get_user_model
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_noop

from rollkeeper.connections.models import Connection
from rollkeeper.directory.models import Contact, ContactList, Member
from rollkeeper.engine.describing import LIMITS
from rollkeeper.engine.spoken import Spoken

_NAMED: Final[Mapping[str, type[Model]]] = {
    "contact": Contact,
    "list": ContactList,
    "member": Member,
    "connection": Connection,
    "user": get_user_model(),
}
"""Kinds of things that people know by a name."""

_PAGES: Final = frozenset({"contact", "list", "member", "hold", "run"})
"""Kinds of things that have a page of the same name."""

_NUMBERED: Final[Mapping[str, str]] = Spoken(
    {
        "contact": gettext_noop("Contact %(number)s, deleted"),
        "list": gettext_noop("List %(number)s, deleted"),
        "member": gettext_noop("Member %(number)s, deleted"),
        "user": gettext_noop("Somebody whose account is gone"),
        "hold": gettext_noop("Hold %(number)s"),
        "run": gettext_noop("Run %(number)s"),
        "invitation": gettext_noop("Invitation %(number)s"),
        "connection": gettext_noop("Connection %(number)s"),
    }
)


@frozen(kw_only=True)
class About:
    name: str
    link: str = ""
    """Its page; empty where there is none."""


def called(subjects: Iterable[str]) -> Mapping[str, About]:
    """Return each subject by how the record writes it; one query for each kind."""
    known = set(subjects)
    names = _names(known)
    return {one: _about(one, names.get(one)) for one in known}


def _names(subjects: Iterable[str]) -> Mapping[str, str]:
    numbers: dict[str, set[int]] = defaultdict(set)
    for one in subjects:
        kind, _sep, number = one.partition(":")
        if kind in _NAMED and number.isdecimal():
            numbers[kind].add(int(number))
    return {
        f"{kind}:{row.pk}": str(row)
        for kind, wanted in numbers.items()
        for row in _NAMED[kind]._default_manager.filter(pk__in=wanted)
    }


def _about(subject: str, name: str | None) -> About:
    kind, _sep, number = subject.partition(":")
    if kind == "limit":
        return About(name=LIMITS.get(number, number), link=reverse("limits"))
    if kind not in _NUMBERED or not number.isdecimal():
        return About(name=subject)
    said = name or _NUMBERED[kind] % {"number": number}
    if kind == "connection":
        return About(name=said, link=reverse("constant_contact"))
    gone = kind in _NAMED and name is None
    has_page = kind in _PAGES and not gone
    link = reverse(kind, args=[int(number)]) if has_page else ""
    return About(name=said, link=link)
