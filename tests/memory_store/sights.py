"""The three views of each mailbox, and which mailboxes a pass looks at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from attrs import define, evolve, field
from tests.memory_store.effects import mailboxes_of
from tests.memory_store.memory import Memory
from tests.memory_store.refusals import Refusals
from tests.memory_store.rows import Contact, RemoteContact

from rollkeeper.core.decide import readdresses
from rollkeeper.core.eligibility import Holder, StandingOnList, desired, orphaned
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
from rollkeeper.engine.store import Held, Question, Scope

_ACTIVE = (Permission.MAILABLE, Permission.PENDING, Permission.ON_HOLD)


@define
class Sights:
    memory: Memory
    scope: frozenset[Mailbox] = field(factory=frozenset)

    def narrow(
        self,
        *,
        connection_id: int,
        mailboxes: Collection[Mailbox],
        lists: Collection[ListId],
        contacts: Collection[ContactId] = (),
    ) -> Scope:
        tables = self.memory.tables
        should = {
            tables.contacts[contact].mailbox
            for contact, list_id in tables.places()
            if list_id in lists
        }
        audiences = {
            one.id for one in tables.audiences.values() if one.list_id in lists
        }
        names = {one.id: one.mailbox for one in tables.remotes.values()}
        are = {
            names[one] for one, audience in tables.memberships if audience in audiences
        }
        alike = self._of_the_same_people(mailboxes, contacts)
        self.scope = frozenset(mailboxes) | are | alike | {one for one in should if one}
        return Scope(everything=False)

    def _of_the_same_people(
        self, mailboxes: Collection[Mailbox], contacts: Collection[ContactId]
    ) -> frozenset[Mailbox]:
        remotes, people = self.memory.tables.remotes, self.memory.tables.contacts
        carriers = {remotes[one].carried_by for one in mailboxes if one in remotes}
        holders = {one.id for one in people.values() if one.mailbox in mailboxes}
        wanted = (carriers | holders | set(contacts)) - {None}
        had = {one.mailbox for one in remotes.values() if one.carried_by in wanted}
        have = {people[one].mailbox for one in carriers if one in people}
        return frozenset(had) | {one for one in have if one}

    @contextmanager
    def views(
        self, question: Question, *, scope: Scope, after: Mailbox | None = None
    ) -> Iterator[Iterator[Views]]:
        looking = _Looking(self.memory, question)
        moves = looking.moves(None if scope.everything else self.scope)
        under_way = mailboxes_of(
            one for some in self.memory.tables.subjects.values() for one in some
        )
        mailboxes = sorted(
            one
            for one in looking.mailboxes()
            if one not in under_way
            and (after is None or one > after)
            and (scope.everything or one in self.scope)
        )
        yield (looking.views(mailbox, moves) for mailbox in mailboxes)

    def holders(self, question: Question, only: Sequence[Mailbox]) -> Iterator[Held]:
        looking = _Looking(self.memory, question)
        for mailbox in sorted(set(only)):
            if mailbox in looking.held:
                yield looking.holders(mailbox)


class _Looking:
    """The tables, joined for one question."""

    def __init__(self, memory: Memory, question: Question) -> None:
        self.tables = memory.tables
        self.places = memory.tables.places()
        self.question = question
        self.held: dict[Mailbox, list[Contact]] = {}
        for contact in sorted(self.tables.contacts.values(), key=lambda one: one.id):
            if contact.mailbox:
                self.held.setdefault(contact.mailbox, []).append(contact)
        self.refusals = Refusals.among(self.tables.facts.values())
        self.out_mailboxes = self.refusals.mailboxes()
        self.out_contacts = self.refusals.people()

    def mailboxes(self) -> set[Mailbox]:
        return {*self.held, *self.tables.remotes}

    def views(self, mailbox: Mailbox, moves: _Moves) -> Views:
        remote = self.tables.remotes.get(mailbox)
        return Views(
            mailbox=mailbox,
            desired=self.desired(mailbox),
            observed=self.observed(remote) if remote else None,
            synced=self.synced(remote) if remote else None,
            moved_from=moves.by_new.get(mailbox),
            moved_to=moves.by_old.get(mailbox),
            known_as=moves.known_as.get(mailbox),
        )

    def desired(self, mailbox: Mailbox) -> Desired | None:
        if mailbox in self.held:
            held = self.holders(mailbox)
            return desired(
                holders=held.holders,
                audiences=self.question.lists,
                refused=held.refused,
            )
        return self._orphaned(self.tables.remotes[mailbox])

    def _orphaned(self, remote: RemoteContact) -> Desired | None:
        carrier = self.tables.contacts.get(remote.carried_by or ContactId(0))
        gone = None
        if remote.carried_by is not None and carrier is None:
            gone = Gone.DELETED
        elif carrier is not None and carrier.mailbox and not self._is_renamed(remote):
            gone = Gone.MOVED
        orphan = orphaned(
            gone=gone,
            do_not_contact=carrier is not None and carrier.do_not_contact,
            refused=remote.mailbox in self.out_mailboxes
            or remote.carried_by in self.out_contacts,
        )
        return evolve(orphan, stays=self._stays(remote))

    def _is_renamed(self, remote: RemoteContact) -> bool:
        """Was it given its address there, while its carrier has the other one here?"""
        carrier = self.tables.contacts.get(remote.carried_by or ContactId(0))
        return (
            remote.renamed_from is not None
            and carrier is not None
            and carrier.mailbox == remote.renamed_from
        )

    def _stays(self, remote: RemoteContact) -> frozenset[AudienceId]:
        """The audiences that it stays on, for its carrier is on their lists."""
        if not self._is_renamed(remote):
            return frozenset()
        lists = self._lists_of(remote)
        audiences = self.tables.audiences.values()
        return frozenset(one.id for one in audiences if one.list_id in lists)

    def _lists_of(self, remote: RemoteContact) -> frozenset[ListId]:
        return frozenset(
            list_id
            for (contact, list_id), standing in self.places.items()
            if contact == remote.carried_by
            and not standing.disabled
            and not standing.no_mass_email
        )

    def _known_as(self) -> dict[Mailbox, Mailbox]:
        """By the mailbox that contacts have here, the one that they have there."""
        return {
            one.renamed_from: one.mailbox
            for one in sorted(
                self.tables.remotes.values(), key=lambda one: one.mailbox, reverse=True
            )
            if one.renamed_from is not None
            and one.permission is not Permission.DELETED
            and one.mailbox not in self.held
            and self._is_renamed(one)
            and self._lists_of(one)
        }

    def holders(self, mailbox: Mailbox) -> Held:
        return Held(
            mailbox=mailbox,
            holders=tuple(self._holder(one) for one in self.held[mailbox]),
            refused=mailbox in self.out_mailboxes,
        )

    def _holder(self, contact: Contact) -> Holder:
        standings = {
            list_id: StandingOnList(
                disabled=standing.disabled,
                no_mass_email=standing.no_mass_email,
                left=contact.mailbox in self.refusals.mailboxes(list_id)
                or contact.id in self.refusals.people(list_id),
            )
            for (contact_id, list_id), standing in self.places.items()
            if contact_id == contact.id and list_id in self.question.lists
        }
        return Holder(
            contact=contact.id,
            person=self._cut(contact.person),
            speaks_for_member=contact.speaks_for_member,
            changed_at=contact.changed_at,
            do_not_contact=contact.do_not_contact,
            active=contact.active,
            suppressed=contact.id in self.out_contacts,
            standings=standings,
        )

    def _cut(self, person: Person) -> Person:
        length = self.question.field_length
        if length is None:
            return person
        return Person(
            first_name=person.first_name[:length],
            last_name=person.last_name[:length],
            company=person.company[:length],
        )

    def observed(self, remote: RemoteContact) -> Observed:
        there = self._audiences(remote, "there")
        ours = frozenset(self.question.policies)
        return Observed(
            provider_id=remote.provider_id,
            permission=remote.permission,
            audiences=there & ours,
            elsewhere=remote.elsewhere or bool(there - ours),
            person=remote.person,
        )

    def synced(self, remote: RemoteContact) -> Synced | None:
        if remote.agreed_person is None:
            return None
        return Synced(
            audiences=self._audiences(remote, "ours")
            & frozenset(self.question.policies),
            person=remote.agreed_person,
            carried_by=remote.carried_by,
            disabled=remote.disabled_at is not None,
        )

    def _audiences(self, remote: RemoteContact, how: str) -> frozenset[AudienceId]:
        return frozenset(
            audience
            for (contact, audience), one in self.tables.memberships.items()
            if contact == remote.id and getattr(one, how)
        )

    def moves(self, scope: frozenset[Mailbox] | None) -> _Moves:
        """Contacts whose new mailbox is wanted while only the old one is known."""
        found: dict[Mailbox, Mailbox] = {}
        for remote in sorted(
            self.tables.remotes.values(),
            key=lambda one: (one.permission not in _ACTIVE, one.mailbox),
            reverse=True,
        ):
            new = self._moved_to(remote)
            if new and (scope is None or scope & {remote.mailbox, new}):
                found[new] = remote.mailbox  # the first one, active before others
        moves = _Moves(known_as=self._known_as())
        for new, old in found.items():
            self._add_move(moves, new, old)
        return moves

    def _moved_to(self, remote: RemoteContact) -> Mailbox | None:
        carrier = self.tables.contacts.get(remote.carried_by or ContactId(0))
        if (
            carrier is None
            or remote.agreed_person is None
            or remote.mailbox in self.held
            or remote.mailbox in self.out_mailboxes
            or carrier.mailbox in (None, remote.mailbox, remote.renamed_from)
            or carrier.mailbox in self.tables.remotes
        ):
            return None
        return carrier.mailbox

    def _add_move(self, moves: _Moves, new: Mailbox, old: Mailbox) -> None:
        remote = self.tables.remotes[old]
        synced = self.synced(remote)
        wanted = self.desired(new)
        if synced is None or wanted is None:
            return
        move = Move(mailbox=old, observed=self.observed(remote), synced=synced)
        moves.by_new[new] = move
        views = Views(mailbox=new, desired=wanted, moved_from=move)
        if readdresses(views, self.question.policies):
            moves.by_old[old] = new


@define
class _Moves:
    by_new: dict[Mailbox, Move] = field(factory=dict)
    by_old: dict[Mailbox, Mailbox] = field(factory=dict)
    known_as: dict[Mailbox, Mailbox] = field(factory=dict)
