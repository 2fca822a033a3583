"""Who of the chosen is written, and under which name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import evolve, frozen

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
from rollkeeper.engine.exporting.reasons import (
    TOO_LONG,
    Case,
    LeftOut,
    Reasons,
    the_connection,
)
from rollkeeper.engine.lending import ConsentScreen
from rollkeeper.engine.store import Held, Question, Sights
from rollkeeper.engine.switches import kept
from rollkeeper.ledger.states import AudienceState
from rollkeeper.providers.checks import none_suppressed
from rollkeeper.providers.registry import CONSTANT_CONTACT

PICKED: Final = ListId(0)
"""Stands for the list that a hand-picked set is; no list has this number."""


@frozen(kw_only=True)
class Recipient:
    """A row of the file."""

    mailbox: Mailbox
    person: Person


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
class _Judge:
    chosen: Chosen
    shape: Shape
    sights: Sights
    question: Question
    target: Target
    reasons: Reasons

    @classmethod
    def of(cls, chosen: Chosen, shape: Shape, sights: Sights) -> _Judge:
        connection, target = the_connection(), _target(chosen.list)
        lists = kept(
            chosen.association_id,
            connection.provider if connection else CONSTANT_CONTACT,
        ).values_list("pk", flat=True)
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
            reasons=Reasons(target=target, shape=shape, connection=connection),
        )

    def reached(self, mailboxes: Sequence[Mailbox]) -> Portion:
        held = list(self.sights.holders(self.question, mailboxes))
        picked = self._picked(held)
        recipients: list[Recipient] = []
        cases: list[Case] = []
        for one in held:
            reasons = self._reasons(one, picked)
            if None in reasons.values():
                recipients.append(self._recipient(one, picked))
            cases += (
                Case(
                    contact=contact,
                    reason=reason,
                    mailbox=one.mailbox,
                    spot=Spot(holders=one.holders, refused=one.refused),
                )
                for contact, reason in reasons.items()
                if reason is not None
            )
        self._look_once_more(recipients)
        return Portion(recipients=recipients, left_out=self.reasons.of(cases))

    def unreachable(self, contacts: Sequence[Contact]) -> Portion:
        invalid = set(
            EmailAddress.objects.filter(contact__in=contacts, primary=True).values_list(
                "contact_id", flat=True
            )
        )
        cases = [
            Case(
                contact=ContactId(one.pk),
                reason=Reason.ADDRESS_INVALID
                if one.pk in invalid
                else Reason.NO_PRIMARY_ADDRESS,
            )
            for one in contacts
        ]
        return Portion(recipients=(), left_out=self.reasons.of(cases))

    def _picked(self, held: Sequence[Held]) -> frozenset[ContactId]:
        """Standings tell who is on the list: to ask again would read all of it."""
        of_list, list_id = self.chosen.list is not None, self.target.list_id
        holders = [
            holder.contact
            for one in held
            for holder in one.holders
            if not of_list or list_id in holder.standings
        ]
        if self.chosen.among is None:
            return frozenset(holders)
        rows = self.chosen.among.filter(pk__in=holders).values_list("pk", flat=True)
        return frozenset(map(ContactId, rows))

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


def _target(row: ContactList | None) -> Target:
    if row is None:
        return Target(
            list_id=PICKED, name="", name_there="", state=AudienceState.SWITCHED_OFF
        )
    state = AudienceState.ACTIVE if row.sync else AudienceState.SWITCHED_OFF
    return Target(
        list_id=ListId(row.pk), name=row.name, name_there=row.name, state=state
    )
