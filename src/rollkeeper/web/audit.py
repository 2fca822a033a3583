"""The record of who did what, as its page shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from typing import Any, Final

from attrs import frozen
from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rollkeeper.audit import selectors
from rollkeeper.audit.models import Entry
from rollkeeper.audit.selectors import Sought
from rollkeeper.audit.words import ACTIONS, in_words
from rollkeeper.core.spreadsheets import as_file
from rollkeeper.web.audit_subjects import called

SHOWN: Final = 50

COLUMNS: Final = ("number", "time", "who", "action", "about", "details", "digest")

_ONLY_IN_FILES: Final = frozenset({"fingerprint", "account_id", "user"})
"""Details that tell a person nothing."""

_NONE: Final = ("bad", 0)
"""A detail that is worth a word only when it is more."""

_LONGEST: Final = 160
"""Characters of one detail."""


KINDS: Final = (
    ("", _("Anything")),
    ("contact", _("Contacts")),
    ("member", _("Members")),
    ("list", _("Lists")),
    ("user", _("Users")),
    ("invitation", _("Invitations")),
    ("connection", _("Connections")),
    ("hold", _("Holds")),
    ("run", _("Runs")),
    ("limit", _("Limits")),
)
"""What entries are about. An address may ask for one of them, such as `list:7`."""


class SearchForm(forms.Form):
    """What of the record to show."""

    action = forms.ChoiceField(
        label=_("What"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    actor = forms.ChoiceField(
        label=_("Who"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    subject = forms.CharField(
        label=_("About"),
        required=False,
        max_length=200,
        widget=forms.Select(attrs={"class": "form-select"}, choices=KINDS),
    )
    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}),
    )
    until = forms.DateField(
        label=_("To"),
        required=False,
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}),
    )

    def __init__(self, data: QueryDict, *, actors: list[str]) -> None:
        super().__init__(data)
        acts = sorted(((one, in_words(one)) for one in ACTIONS), key=itemgetter(1))
        self.fields["action"].choices = [  # type: ignore[attr-defined]  # of choices
            ("", gettext("Anything")),
            *acts,
        ]
        self.fields["actor"].choices = [  # type: ignore[attr-defined]  # of choices
            ("", gettext("Anybody")),
            *((one, who(one)) for one in actors),
        ]

    def sought(self) -> Sought:
        """Return what to look for; the form must be valid. Days are local ones."""
        said = self.cleaned_data
        return Sought(
            action=said["action"],
            actor=said["actor"],
            subject=said["subject"].strip(),
            since=_midnight(said["since"]),
            until=_midnight(said["until"], days=1),
        )


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time()))


@frozen(kw_only=True)
class Row:
    number: int
    at: datetime
    who: str
    what: str
    about: str
    link: str
    """The page of what it is about; empty where there is none."""
    details: str


@frozen(kw_only=True)
class Portion:
    """Entries, the newest first, and where older ones begin."""

    rows: list[Row]
    older: int | None


def portion(association_id: int, sought: Sought, *, before: int | None) -> Portion:
    """Return the newest that were sought, or those older than *before*."""
    found = selectors.entries(association_id, sought)
    if before is not None:
        found = found.filter(pk__lt=before)
    entries = list(found[: SHOWN + 1])
    return Portion(
        rows=rows_of(entries[:SHOWN]),
        older=entries[SHOWN - 1].pk if len(entries) > SHOWN else None,
    )


def who(actor: str) -> str:
    """Return who acted, as a person would say it."""
    kind, _, name = actor.partition(":")
    match kind:
        case "staff":
            return name
        case "rule":
            return gettext("Rollkeeper (%(name)s)") % {"name": name}
        case "command line":
            return gettext("%(name)s, by command") % {"name": name}
        case _:
            return actor


def as_csv(association_id: int, sought: Sought) -> Iterator[bytes]:
    """Yield what was sought as a file, some hundred lines at a time."""
    found = selectors.entries(association_id, sought)
    rows = (
        (
            str(one.pk),
            one.at.isoformat(),
            one.actor,
            one.action,
            one.subject,
            _spelled(one.details, longest=None),
            one.digest,
        )
        for one in found.iterator(chunk_size=1_000)
    )
    return as_file(COLUMNS, rows)


def rows_of(entries: Sequence[Entry]) -> list[Row]:
    """Return entries as people read them."""
    about = called([one.subject for one in entries])
    return [
        Row(
            number=one.pk,
            at=one.at,
            who=who(one.actor),
            what=in_words(one.action),
            about=about[one.subject].name,
            link=about[one.subject].link,
            details=_spelled(one.details),
        )
        for one in entries
    ]


def _spelled(details: Mapping[str, Any], *, longest: int | None = _LONGEST) -> str:
    return "; ".join(
        f"{_label(name)}{_cut(_plain(value), longest)}"
        for name, value in details.items()
        if longest is None or not (name in _ONLY_IN_FILES or (name, value) == _NONE)
    )


def _label(name: str) -> str:
    """Files say themselves what they are."""
    return "" if name == "files" else f"{name.replace('_', ' ')}: "


def _cut(text: str, longest: int | None) -> str:
    """Return the text, or as many of its words as there is room for."""
    if longest is None or len(text) <= longest:
        return text
    return f"{text[:longest].rpartition(' ')[0] or text[:longest]} …"


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case None | "":
            return "nothing"
        case list():
            apart = " · " if any(isinstance(one, dict) for one in value) else ", "
            return apart.join(_plain(one) for one in value)
        case {"file": name, **counts}:
            some = {what: number for what, number in counts.items() if number}
            return f"{name}: {_plain(some)}"
        case "constant_contact":
            return "Constant Contact"
        case dict():
            return ", ".join(f"{name} {_plain(one)}" for name, one in value.items())
        case _:
            return str(value)
