"""Who of the chosen is written, under which name, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import evolve, frozen
from django.db.models import QuerySet

from rollkeeper.connections.models import Connection
from rollkeeper.core.eligibility import (
    Holder,
    Reason,
    StandingOnList,
    desired,
    why,
)
from rollkeeper.core.values import AudienceId, ContactId, ListId, Mailbox, Person
from rollkeeper.directory.models import Contact, ContactList, EmailAddress
from rollkeeper.engine.equation import Spot, Target
from rollkeeper.engine.exporting.chosen import Chosen
from rollkeeper.engine.exporting.formats import Shape
from rollkeeper.engine.facts import Facts
from rollkeeper.engine.lending import ConsentScreen
from rollkeeper.engine.store import Held, Question, Sights
from rollkeeper.engine.telling import Subject, Teller
from rollkeeper.engine.words import REASONS
from rollkeeper.ledger.states import AudienceState
from rollkeeper.providers.checks import none_suppressed

PICKED: Final = ListId(0)
"""Stands for the list that a hand-picked set is; no list has this number."""

TOO_LONG: Final = "address_too_long"
"""The one reason that synchronizing does not know: it brings such addresses singly."""


@frozen(kw_only=True)
class Recipient:
    """A row of the file."""

    mailbox: Mailbox
    person: Person


@frozen(kw_only=True)
class LeftOut:
    """A row of the second file."""

    contact: Contact
    address: str
    reason: str
    sentence: str
    next_step: str


@frozen(kw_only=True)
class Portion:
    recipients: Sequence[Recipient]
    left_out: Sequence[LeftOut]


def judged(chosen: Chosen, shape: Shape, sights: Sights) -> Iterator[Portion]:
    """Yield what becomes of each contact that was chosen, some at a time.

    Recipients come in the order of their mailboxes; those without one come last. The
    association must be in scope.
    """
    judge = _Judge.of(chosen, shape, sights)
    for mailboxes in chosen.mailboxes():
        yield judge.reached(mailboxes)
    for contacts in chosen.unreachable():
        yield judge.unreachable(contacts)


@frozen(kw_only=True)
class _Case:
    """A contact who is not written."""

    contact: ContactId
    reason: Reason | str
    mailbox: Mailbox | None = None
    spot: Spot | None = None


@frozen(kw_only=True)
class _Judge:
    chosen: Chosen
    shape: Shape
    sights: Sights
    question: Question
    target: Target
    connection: Connection | None

    @classmethod
    def of(cls, chosen: Chosen, shape: Shape, sights: Sights) -> _Judge:
        lists = set(ContactList.objects.filter(sync=True).values_list("pk", flat=True))
        target = _target(chosen.list)
        return cls(
            chosen=chosen,
            shape=shape,
            sights=sights,
            question=Question(
                association_id=chosen.association_id,
                connection_id=0,  # who holds a mailbox is asked of no connection
                lists={
                    ListId(one): AudienceId(one) for one in {*lists, target.list_id}
                },
                policies={},
                field_length=shape.field_length,
            ),
            target=target,
            connection=Connection.objects.select_related("association")
            .order_by("pk")
            .first(),
        )

    def reached(self, mailboxes: Sequence[Mailbox]) -> Portion:
        held = list(self.sights.holders(self.question, mailboxes))
        picked = _among(self.chosen.contacts, held)
        recipients: list[Recipient] = []
        cases: list[_Case] = []
        for one in held:
            reasons = self._reasons(one, picked)
            if None in reasons.values():
                recipients.append(self._recipient(one, picked))
            cases += (
                _Case(
                    contact=contact,
                    reason=reason,
                    mailbox=one.mailbox,
                    spot=Spot(holders=one.holders, refused=one.refused),
                )
                for contact, reason in reasons.items()
                if reason is not None
            )
        self._look_once_more(recipients)
        return Portion(recipients=recipients, left_out=self._told(cases))

    def unreachable(self, contacts: Sequence[Contact]) -> Portion:
        invalid = set(
            EmailAddress.objects.filter(contact__in=contacts, primary=True).values_list(
                "contact_id", flat=True
            )
        )
        cases = [
            _Case(
                contact=ContactId(one.pk),
                reason=Reason.ADDRESS_INVALID
                if one.pk in invalid
                else Reason.NO_PRIMARY_ADDRESS,
            )
            for one in contacts
        ]
        return Portion(recipients=(), left_out=self._told(cases))

    def _reasons(
        self, held: Held, picked: frozenset[ContactId]
    ) -> Mapping[ContactId, Reason | str | None]:
        """Why each holder who was picked is not written in their own name."""
        holders = [self._as_chosen(one, picked) for one in held.holders]
        too_long = len(held.mailbox) > (self.shape.address_length or len(held.mailbox))
        reasons: dict[ContactId, Reason | str | None] = {}
        for holder in holders:
            if holder.contact not in picked:
                continue
            reason = why(
                contact=holder.contact,
                holders=holders,
                list_id=self.target.list_id,
                refused=held.refused,
            )
            written = reason in (None, Reason.CARRIED_BY_ANOTHER)
            reasons[holder.contact] = TOO_LONG if too_long and written else reason
        return reasons

    def _as_chosen(self, holder: Holder, picked: frozenset[ContactId]) -> Holder:
        """Let nobody bring a mailbox who was not picked; what they refused holds."""
        standing = holder.standings.get(self.target.list_id)
        if holder.contact in picked:
            if self.chosen.list is None:
                standing = StandingOnList()
        elif standing:
            standing = evolve(standing, disabled=True)
        if standing is None:
            return holder
        standings = {**holder.standings, self.target.list_id: standing}
        return evolve(holder, standings=standings)

    def _recipient(self, held: Held, picked: frozenset[ContactId]) -> Recipient:
        """Name it as the sync does, which brings it to other lists at the same time."""
        holders = held.holders
        if self.chosen.list is None:
            holders = tuple(self._as_chosen(one, picked) for one in holders)
        wanted = desired(
            holders=holders, audiences=self.question.lists, refused=held.refused
        )
        return Recipient(mailbox=held.mailbox, person=wanted.person)

    def _look_once_more(self, recipients: Sequence[Recipient]) -> None:
        """Ask by other queries, as before a request leaves (I2)."""
        screen = ConsentScreen(association_id=self.chosen.association_id)
        none_suppressed((one.mailbox for one in recipients), screen)

    def _told(self, cases: Sequence[_Case]) -> Sequence[LeftOut]:
        if not cases:
            return ()
        ids = [one.contact for one in cases]
        contacts = Contact.objects.in_bulk(ids)
        addresses = dict(
            EmailAddress.objects.filter(contact__in=ids, primary=True).values_list(
                "contact_id", "typed"
            )
        )
        teller = self._teller(cases)
        told = []
        for case in cases:
            contact = contacts[case.contact]
            sentence, next_step = self._sentence(case, teller)
            told.append(
                LeftOut(
                    contact=contact,
                    address=case.mailbox or addresses.get(contact.pk, ""),
                    reason=str(case.reason),
                    sentence=f"{contact} {sentence}",
                    next_step=next_step,
                )
            )
        return told

    def _teller(self, cases: Sequence[_Case]) -> Teller | None:
        """Return who tells facts and dates, where a provider was ever connected."""
        if self.connection is None:
            return None
        around = {
            holder.contact
            for case in cases
            if case.spot
            for holder in case.spot.holders
        }
        facts = Facts(
            connection=self.connection,
            contacts=[*around, *(one.contact for one in cases)],
            mailboxes=[one.mailbox for one in cases if one.mailbox],
            lists=[self.target.list_id],
        )
        return Teller(facts=facts, time_zone=self.connection.association.time_zone)

    def _sentence(self, case: _Case, teller: Teller | None) -> tuple[str, str]:
        if not isinstance(case.reason, Reason):
            return _too_long(case.mailbox or "", self.shape)
        if teller is None:
            return REASONS[case.reason]
        subject = Subject(
            contact=case.contact,
            mailbox=case.mailbox,
            target=self.target,
            spot=case.spot,
        )
        found = teller.tell(subject, case.reason, None)
        return found.sentence, found.next_step


def _among(contacts: QuerySet[Contact], held: Sequence[Held]) -> frozenset[ContactId]:
    holders = [holder.contact for one in held for holder in one.holders]
    picked = contacts.filter(pk__in=holders).values_list("pk", flat=True)
    return frozenset(map(ContactId, picked))


def _target(row: ContactList | None) -> Target:
    if row is None:
        return Target(
            list_id=PICKED, name="", name_there="", state=AudienceState.SWITCHED_OFF
        )
    state = AudienceState.ACTIVE if row.sync else AudienceState.SWITCHED_OFF
    return Target(
        list_id=ListId(row.pk), name=row.name, name_there=row.name, state=state
    )


def _too_long(mailbox: str, shape: Shape) -> tuple[str, str]:
    return (
        f"has an address of {len(mailbox)} characters, and {shape.title} takes at most"
        f" {shape.address_length} from a file.",
        "Enter the person over there by hand, or synchronize the list: such addresses"
        " are brought one by one.",
    )
