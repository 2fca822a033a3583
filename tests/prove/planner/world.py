"""A small association and the account it fills, in plain sets and dictionaries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

from attrs import define, evolve, field, frozen

from rollkeeper.core.changes import Change, Hold
from rollkeeper.core.decide import decide, readdresses
from rollkeeper.core.eligibility import Holder, StandingOnList, desired, orphaned
from rollkeeper.core.policy import Policies
from rollkeeper.core.values import AudienceId, ContactId, ListId, Mailbox, Person
from rollkeeper.core.views import (
    Desired,
    Gone,
    Move,
    Observed,
    Permission,
    Synced,
    Views,
)

AUDIENCES = tuple(map(AudienceId, (1, 2, 3)))
LISTS = tuple(map(ListId, (101, 102, 103)))
AUDIENCE_OF = dict(zip(LISTS, AUDIENCES, strict=True))
LIST_OF = dict(zip(AUDIENCES, LISTS, strict=True))

NOBODY = ContactId(0)

_NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
_SILENT = (Permission.UNSUBSCRIBED, Permission.DELETED)


def active(seen: Observed | None) -> bool:
    return seen is not None and seen.permission not in _SILENT


@frozen(kw_only=True)
class Contact:
    id: ContactId
    mailbox: Mailbox | None
    person: Person
    speaks_for_member: bool
    changed: int
    """On which day of the year."""
    standings: dict[ListId, tuple[bool, bool]]
    """By list: disabled there, no mass emails there."""


@define(kw_only=True)
class World:
    """What everybody knows. Contacts stay as they are while a history settles."""

    policies: Policies
    audiences: dict[ListId, AudienceId]
    contacts: dict[ContactId, Contact] = field(factory=dict)
    do_not_contact: set[ContactId] = field(factory=set)
    refused_contacts: set[ContactId] = field(factory=set)
    refused_mailboxes: set[Mailbox] = field(factory=set)
    left: set[tuple[ContactId, ListId]] = field(factory=set)
    observed: dict[Mailbox, Observed] = field(factory=dict)
    synced: dict[Mailbox, Synced] = field(factory=dict)
    renamed_from: dict[Mailbox, Mailbox] = field(factory=dict)
    """What an address was before somebody over there changed it."""
    happened: list[str] = field(factory=list)
    _holders: dict[Mailbox, list[Contact]] = field(factory=dict)
    _wanted: dict[Mailbox, Desired] = field(factory=dict)
    _decided: dict[Mailbox, tuple[Views, tuple[Change, ...]]] = field(factory=dict)

    def copy(self) -> World:
        return World(
            policies=self.policies,
            audiences=self.audiences,
            contacts=self.contacts,
            do_not_contact=set(self.do_not_contact),
            refused_contacts=set(self.refused_contacts),
            refused_mailboxes=set(self.refused_mailboxes),
            left=set(self.left),
            observed=dict(self.observed),
            synced=dict(self.synced),
            renamed_from=self.renamed_from,
            holders=self._holders,
            wanted=dict(self._wanted),
            decided=dict(self._decided),
        )

    def open(self) -> None:
        """Begin to settle: contacts are final, and the opt-outs are pulled."""
        self._holders.clear()
        for contact in self.contacts.values():
            if contact.mailbox is not None:
                self._holders.setdefault(contact.mailbox, []).append(contact)
        for mailbox, seen in self.observed.items():
            if seen.permission is Permission.UNSUBSCRIBED:
                self.refuse(mailbox)
        self.forget()

    def refuse(self, mailbox: Mailbox) -> None:
        """The mailbox wants no mail, nor does who has it, nor who had it last."""
        self.refused_mailboxes.add(mailbox)
        self.refused_contacts.update(each.id for each in self.holders(mailbox))
        agreed = self.synced.get(mailbox)
        if agreed and agreed.carried_by is not None:
            self.refused_contacts.add(agreed.carried_by)
        self.forget()

    def leave(self, mailbox: Mailbox, audiences: Iterable[AudienceId]) -> None:
        """Everybody who has the mailbox left these lists."""
        for audience in audiences:
            for contact in self.holders(mailbox):
                self.left.add((contact.id, LIST_OF[audience]))
        self.forget(mailbox)

    def forget(self, mailbox: Mailbox | None = None) -> None:
        """What is wanted has to be computed anew, for the mailbox or for all."""
        if mailbox is None:
            self._wanted.clear()
        else:
            self._wanted.pop(mailbox, None)

    def holders(self, mailbox: Mailbox) -> list[Contact]:
        return self._holders.get(mailbox, [])

    def held_mailboxes(self) -> Iterable[Mailbox]:
        return self._holders

    def wanted(self, mailbox: Mailbox) -> Desired:
        """What `eligibility` says of the mailbox."""
        known = self._wanted.get(mailbox)
        if known is None:
            held = self.holders(mailbox)
            known = self._desired(mailbox, held) if held else self._orphaned(mailbox)
            self._wanted[mailbox] = known
        return known

    def _desired(self, mailbox: Mailbox, held: Iterable[Contact]) -> Desired:
        return desired(
            holders=[self._holder(contact) for contact in held],
            audiences=self.audiences,
            refused=mailbox in self.refused_mailboxes,
        )

    def _holder(self, contact: Contact) -> Holder:
        return Holder(
            contact=contact.id,
            person=contact.person,
            speaks_for_member=contact.speaks_for_member,
            changed_at=_day(contact.changed),
            do_not_contact=contact.id in self.do_not_contact,
            active=True,
            suppressed=contact.id in self.refused_contacts,
            standings={
                list_id: _standing(
                    disabled, muted, left=(contact.id, list_id) in self.left
                )
                for list_id, (disabled, muted) in contact.standings.items()
            },
        )

    def _orphaned(self, mailbox: Mailbox) -> Desired:
        agreed = self.synced.get(mailbox)
        carrier = agreed.carried_by if agreed else None
        here = self.elsewhere_here(mailbox)
        orphan = orphaned(
            gone=None if here else self.fate(carrier),
            do_not_contact=carrier in self.do_not_contact,
            refused=mailbox in self.refused_mailboxes
            or carrier in self.refused_contacts,
        )
        return evolve(orphan, stays=self.places_of(here)) if here else orphan

    def elsewhere_here(self, mailbox: Mailbox) -> Contact | None:
        """Return who was given this mailbox over there and still has the old one."""
        agreed = self.synced.get(mailbox)
        before = self.renamed_from.get(mailbox)
        if before is None or agreed is None or agreed.carried_by is None:
            return None
        contact = self.contacts.get(agreed.carried_by)
        return contact if contact and contact.mailbox == before else None

    def places_of(self, contact: Contact) -> frozenset[AudienceId]:
        """Return the audiences of the lists that the contact is well on."""
        return frozenset(
            AUDIENCE_OF[list_id]
            for list_id, standing in contact.standings.items()
            if not any(standing)
        )

    def fate(self, carrier: ContactId | None) -> Gone | None:
        """What became of who carried a mailbox that nobody has."""
        if carrier is None:
            return None
        contact = self.contacts.get(carrier)
        if contact is None:
            return Gone.DELETED
        return Gone.MOVED if contact.mailbox is not None else None

    def views(self) -> Iterator[Views]:
        """Gather as the engine does, with the moves among the mailboxes."""
        moves = self._moves()
        followed = {
            move.mailbox: new
            for new, move in moves.items()
            if readdresses(
                Views(mailbox=new, desired=self.wanted(new), moved_from=move),
                self.policies,
            )
        }
        known_as = {
            self.renamed_from[there]: there
            for there in sorted(self.renamed_from, reverse=True)
            if self.is_known_as(there)
        }
        for mailbox in sorted(self._holders.keys() | self.observed.keys()):
            yield Views(
                mailbox=mailbox,
                desired=self.wanted(mailbox),
                observed=self.observed.get(mailbox),
                synced=self.synced.get(mailbox),
                moved_from=moves.get(mailbox),
                moved_to=followed.get(mailbox),
                known_as=known_as.get(mailbox),
            )

    def is_known_as(self, there: Mailbox) -> bool:
        """Is somebody whom the directory knows otherwise known as this over there?"""
        seen = self.observed.get(there)
        return (
            seen is not None
            and seen.permission is not Permission.DELETED
            and not self.holders(there)
            and (here := self.elsewhere_here(there)) is not None
            and bool(self.places_of(here))
        )

    def is_known_otherwise(self, here: Mailbox) -> bool:
        """Did somebody over there give its contact another address?"""
        return any(
            before == here and self.is_known_as(there)
            for there, before in self.renamed_from.items()
        )

    def _moves(self) -> dict[Mailbox, Move]:
        """By new mailbox: the old one, which nobody has, of who carried it."""
        moves: dict[Mailbox, Move] = {}
        left_behind = [old for old in self.synced if old not in self._holders]
        for old in sorted(left_behind, key=lambda old: (self._silent(old), old)):
            agreed = self.synced[old]
            contact = self.contacts.get(agreed.carried_by or NOBODY)
            new = contact.mailbox if contact else None
            if new is None or new == self.renamed_from.get(old):
                continue
            if new not in self.observed and new not in moves:
                moves[new] = Move(
                    mailbox=old, observed=self.observed[old], synced=agreed
                )
        return moves

    def _silent(self, mailbox: Mailbox) -> bool:
        return not active(self.observed[mailbox])

    def plan(self) -> list[Change]:
        changes: list[Change] = []
        for views in self.views():
            changes += self._decided_on(views)
        return changes

    def _decided_on(self, views: Views) -> tuple[Change, ...]:
        """Decide, but not twice on the very same views: planning is what takes time."""
        known = self._decided.get(views.mailbox)
        if known is None or not _same(known[0], views):
            known = self._decided[views.mailbox] = views, decide(views, self.policies)
        return known[1]

    def to_do(self) -> list[Change]:
        return [change for change in self.plan() if not isinstance(change, Hold)]


def _same(one: Views, other: Views) -> bool:
    return (
        one.desired is other.desired
        and one.observed is other.observed
        and one.synced is other.synced
        and one.moved_to == other.moved_to
        and one.known_as == other.known_as
        and one.moved_from is None is other.moved_from
    )


@cache
def _day(number: int) -> datetime:
    return _NEW_YEAR + timedelta(days=number)


@cache
def _standing(disabled: bool, muted: bool, *, left: bool) -> StandingOnList:
    return StandingOnList(disabled=disabled, no_mass_email=muted, left=left)
