"""No Mass Emails in words: on a list in a few, on the contact's page in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from attrs import frozen
from django.template.defaultfilters import capfirst
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rollkeeper.audit.actors import name_of
from rollkeeper.consent.kinds import OF_THE_MAILBOX, Kind
from rollkeeper.directory.models import Contact, ContactList
from rollkeeper.engine.refusals import Refused
from rollkeeper.engine.spoken import Spoken
from rollkeeper.engine.stored import told
from rollkeeper.ledger.models import ResubscribeRequest, ResubscribeState

BRIEFLY: Final[Mapping[Kind, str]] = Spoken(
    {
        Kind.UNSUBSCRIBED: gettext_noop("unsubscribed"),
        Kind.LEFT_LIST: gettext_noop("left this list"),
        Kind.COMPLAINT: gettext_noop("reported a mail as spam"),
        Kind.BOUNCED: gettext_noop("mail came back"),
        Kind.STAFF: gettext_noop("asked us"),
    }
)
"""What somebody did, to stand before a date."""

ASKED: Final[Mapping[str, str]] = Spoken(
    {
        ResubscribeState.ASKED: gettext_noop(
            "The mail that asks them to subscribe again is on its way"
        ),
        ResubscribeState.SENT: gettext_noop("They were asked to subscribe again"),
        ResubscribeState.REFUSED: gettext_noop(
            "They could not be asked to subscribe again"
        ),
        ResubscribeState.UNKNOWN: gettext_noop(
            "They may have been asked to subscribe again"
        ),
    }
)
"""What became of the one mail, to stand before who wanted it, and when."""

_UP_TO_THEM: Final = gettext_noop("It is up to them now: there is no second mail.")

TICKED: Final = gettext_noop("Ticked here; can be cleared")


@frozen(kw_only=True)
class RefusalRow:
    """One reason why mail does not come, as the contact's page tells it."""

    told: str
    lists: str
    because: str
    of_address: bool
    """Is it about the address alone, so that another one would do?"""
    sharer: Contact | None
    """Who said it, when that is another contact with the same address."""


def rows_of(contact: Contact, refusals: Sequence[Refused]) -> Sequence[RefusalRow]:
    """Return the refusals that concern the contact, with the names they speak of."""
    sharers = Contact.objects.in_bulk(
        {one.contact_id for one in refusals if one.contact_id not in (None, contact.pk)}
    )
    names = ContactList.objects.in_bulk({one.list_id for one in refusals})
    rows = []
    for one in refusals:
        sharer = sharers.get(one.contact_id or 0)
        name = _name(one, names)
        said = one.told(_on_date, name)
        rows.append(
            RefusalRow(
                told=said if sharer else capfirst(said),
                lists=_("Lists: all.")
                if one.list_id is None
                else _("List: %(name)s only.") % {"name": name},
                because=one.because,
                of_address=one.kind in OF_THE_MAILBOX,
                sharer=sharer,
            )
        )
    return rows


def _name(one: Refused, names: Mapping[int, ContactList]) -> str:
    if one.list_id is None:
        return ""
    row = names.get(one.list_id)
    return row.name if row else _("a list that is gone")


def _on_date(when: datetime) -> str:
    return _("on %(day)s") % {"day": _date(when)}


def _date(when: datetime) -> str:
    return date_format(timezone.localtime(when), "DATE_FORMAT")


def on_list(refusals: Iterable[Refused], list_id: int) -> Sequence[Refused]:
    """Return those that keep this list's mail away."""
    return [one for one in refusals if one.list_id in (None, list_id)]


def briefly(refusals: Iterable[Refused], contact_id: int) -> Sequence[str]:
    """Say of each in a few words who did what, and when."""
    return [capfirst(_briefly(one, contact_id)) for one in refusals]


def _briefly(one: Refused, contact_id: int) -> str:
    said = {"did": BRIEFLY[one.kind], "day": _date(one.since)}
    if one.contact_id not in (None, contact_id):
        return _("somebody with this address %(did)s, %(day)s") % said
    return _("%(did)s, %(day)s") % said


def asked_in_words(row: ResubscribeRequest) -> str:
    """Say what became of the one mail that asks somebody to come back."""
    words = told(row.words)
    if row.state == ResubscribeState.SENT:
        words = _(_UP_TO_THEM)
    said = _("%(state)s, by %(asked_by)s %(asked_at)s.") % {
        "state": ASKED[row.state],
        "asked_by": name_of(row.asked_by),
        "asked_at": _on_date(row.asked_at),
    }
    return f"{said} {words}".strip()
