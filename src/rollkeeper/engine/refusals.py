"""Who must be left in peace, by which fact, and in whose words.

What is in effect says `consent.Refusal`; here is what people read of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from attrs import frozen
from django.db.models import Q
from django.utils.translation import gettext as _
from django_scopes import scopes_disabled

from rollkeeper.audit.actors import name_of
from rollkeeper.consent.kinds import Kind
from rollkeeper.consent.models import Refusal, Suppression
from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.directory.mailboxes import holders_by_mailbox
from rollkeeper.directory.models import EmailAddress
from rollkeeper.engine.words import provider_name

BECAUSE: Final = "because"
"""Under this name the evidence of staff holds why they noted it."""

COPIED: Final = "fact"
"""Under this name that of a person who came back names the fact from before."""


@frozen(kw_only=True)
class Refused:
    """A refusal in effect, of a mailbox or of a person."""

    kind: Kind
    list_id: int | None
    """The list it is about; None for all mail."""
    mailbox: Mailbox | None
    """Set when it is the mailbox's, whoever has it."""
    contact_id: ContactId | None
    """Set when it is the person's, at whichever address."""
    since: datetime
    dated: bool
    """Is *since* when it happened? Else it is when we learnt of it."""
    provider: str
    by_person: bool | None
    """By the person's own act, not by staff over there; None where nobody said."""
    actor: str
    because: str
    """What whoever noted it wrote, or the person gave as reason over there."""

    def told(self, on: Callable[[datetime], str], list_name: str = "") -> str:
        """Say what happened, where, when and by whose act, as the end of a sentence.

        *on* says a date, such as "on May 3, 2026"; without *list_name*, the list is
        the one that is spoken of.
        """
        words = self._unsubscribed if self.kind is Kind.UNSUBSCRIBED else self._did
        when = on(self.since)
        if not self.dated:
            when = _("(learnt %(when)s)") % {"when": when}
        return words % {
            "there": provider_name(self.provider),
            "when": when,
            "list": list_name or _("this list"),
            "who": name_of(self.actor),
        }

    @property
    def _unsubscribed(self) -> str:
        if self.by_person is None:
            return _("unsubscribed from everything at %(there)s %(when)s")
        if self.by_person:
            return _(
                "unsubscribed from everything at %(there)s %(when)s, by their own act"
            )
        return _(
            "unsubscribed from everything at %(there)s %(when)s, by staff over there"
        )

    @property
    def _did(self) -> str:
        match self.kind:
            case Kind.LEFT_LIST:
                return _("left %(list)s at %(there)s %(when)s")
            case Kind.COMPLAINT:
                return _("reported a mail as spam at %(there)s %(when)s")
            case Kind.STAFF if self.list_id:
                return _(
                    "asked not to be sent the mail of %(list)s,"
                    " noted by %(who)s %(when)s"
                )
            case Kind.STAFF:
                return _("asked not to be sent any mail, noted by %(who)s %(when)s")
            case Kind():
                return _("mail came back as undeliverable at %(there)s %(when)s")


def refusals_of(
    mailboxes: Collection[str], contacts: Collection[int]
) -> Sequence[Refused]:
    """Return what is in effect for any of these, the oldest first.

    A fact may come twice, for its mailbox and for its person. The association must be
    in scope.
    """
    rows = list(
        Refusal.objects.filter(
            Q(mailbox__in=list(mailboxes)) | Q(contact_id__in=list(contacts))
        )
        .select_related("fact")
        .order_by("since", "fact_id")
    )
    copied = {one.fact.evidence.get(COPIED) for one in rows}
    first = Suppression.objects.in_bulk([one for one in copied if one])
    return [
        _refused(row, first.get(row.fact.evidence.get(COPIED, 0), row.fact))
        for row in rows
    ]


def _refused(row: Refusal, fact: Suppression) -> Refused:
    return Refused(
        kind=Kind(row.kind),
        list_id=row.list_id,
        mailbox=Mailbox(row.mailbox) if row.mailbox else None,
        contact_id=ContactId(row.contact_id) if row.contact_id else None,
        since=row.since,
        dated=fact.happened_at is not None or row.kind == Kind.STAFF,
        provider=fact.provider,
        by_person=fact.evidence.get("by_person"),
        actor=fact.actor,
        because=str(fact.evidence.get(BECAUSE) or fact.evidence.get("reason") or ""),
    )


def standing_of(contacts: Collection[int]) -> Mapping[int, Sequence[Refused]]:
    """Return, by contact, what keeps mail from them: their own refusals, those of the
    mailbox, and those of whoever shares it, each once.

    Who shares a mailbox says nothing for another about a list that they left.
    """
    with scopes_disabled():
        # Their ids are enough. Asked for the association too, a database that takes
        # it to be small would read all of it.
        primary = EmailAddress.objects.filter(
            contact_id__in=list(contacts), primary=True, mailbox__isnull=False
        )
    mailbox_of = dict(primary.values_list("contact_id", "mailbox"))
    holders = holders_by_mailbox([Mailbox(one or "") for one in mailbox_of.values()])
    people = {*contacts, *(one for some in holders.values() for one in some)}
    by_mailbox: dict[str, list[Refused]] = defaultdict(list)
    by_person: dict[int, list[Refused]] = defaultdict(list)
    for one in refusals_of([box for box in mailbox_of.values() if box], people):
        if one.mailbox is not None:
            by_mailbox[one.mailbox].append(one)
        if one.contact_id is not None:
            by_person[one.contact_id].append(one)
    return {
        contact: _each_once(
            [
                *by_person[contact],
                *by_mailbox[mailbox_of.get(contact) or ""],
                *_of_sharers(
                    contact,
                    holders.get(Mailbox(mailbox_of.get(contact) or ""), ()),
                    by_person,
                ),
            ]
        )
        for contact in contacts
    }


def _of_sharers(
    contact: int,
    holders: Collection[ContactId],
    by_person: Mapping[int, Sequence[Refused]],
) -> Sequence[Refused]:
    return [
        one
        for other in holders
        if other != contact
        for one in by_person.get(other, ())
        if one.kind is not Kind.LEFT_LIST
    ]


def _each_once(found: Sequence[Refused]) -> Sequence[Refused]:
    """Keep the first of those that say the same, which is the person's own."""
    said: dict[tuple[Kind, int | None], Refused] = {}
    for one in found:
        said.setdefault((one.kind, one.list_id), one)
    return list(said.values())
