"""A small world in which changes come true: a directory, consent, a provider, a ledger.

It does what docs/algorithm.md says that confirming a change records, and refuses what a
provider must never be asked: making somebody mailable who has unsubscribed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import define, evolve, field

from rollkeeper.core.changes import (
    Add,
    Agree,
    Change,
    Disable,
    Hold,
    Left,
    Readdress,
    Remove,
    Update,
)
from rollkeeper.core.decide import readdresses
from rollkeeper.core.eligibility import orphaned
from rollkeeper.core.plan import merge
from rollkeeper.core.policy import Policies
from rollkeeper.core.values import AudienceId, Mailbox, Person
from rollkeeper.core.views import (
    Desired,
    Gone,
    Move,
    Observed,
    Permission,
    Stop,
    Synced,
    Views,
)

NOTHING: frozenset[AudienceId] = frozenset()


@define(kw_only=True)
class World:
    """What everybody holds of each mailbox."""

    policies: Policies
    desired: dict[Mailbox, Desired] = field(factory=dict)
    observed: dict[Mailbox, Observed] = field(factory=dict)
    synced: dict[Mailbox, Synced] = field(factory=dict)
    gone: dict[Mailbox, Gone] = field(factory=dict)
    """What became of who had a mailbox that nobody has now."""
    left: set[tuple[Mailbox, AudienceId]] = field(factory=set)
    """What consent knows of people who left a list over there."""

    def copy(self) -> World:
        return World(
            policies=self.policies,
            desired=dict(self.desired),
            observed=dict(self.observed),
            synced=dict(self.synced),
            gone=self.gone,
            left=set(self.left),
        )

    def wanted(self, mailbox: Mailbox) -> Desired:
        """What the directory wants, less what consent forbids."""
        desired = self.desired.get(mailbox)
        if desired is None:
            fate = self.gone.get(mailbox)
            return orphaned(gone=fate, do_not_contact=False, refused=False)
        left = {audience for one, audience in self.left if one == mailbox}
        audiences = desired.audiences - left
        carrier = desired.carried_by if audiences else None
        return evolve(desired, audiences=audiences, carried_by=carrier)

    def views(self) -> Iterator[Views]:
        """Gather, as the engine does: moves come after the merge."""
        moves = self._moves()
        brought = {move.mailbox: new for new, move in moves.items()}
        known = self.desired.keys() | self.gone.keys()
        desired = {mailbox: self.wanted(mailbox) for mailbox in known}
        for views in merge(
            sorted(desired.items(), key=_by_mailbox),
            sorted(self.observed.items(), key=_by_mailbox),
            sorted(self.synced.items(), key=_by_mailbox),
        ):
            moving = evolve(views, moved_from=moves.get(views.mailbox))
            new = brought.get(views.mailbox)
            if new and readdresses(self._moving(new, moves[new]), self.policies):
                moving = evolve(moving, moved_to=new)
            yield moving

    def pull(self) -> None:
        """Let consent learn who unsubscribed: the mailbox, and who carried it."""
        out = {
            mailbox
            for mailbox, seen in self.observed.items()
            if seen.permission is Permission.UNSUBSCRIBED
        }
        people = {
            agreed.carried_by
            for mailbox, agreed in self.synced.items()
            if mailbox in out and agreed.carried_by is not None
        }
        for mailbox, desired in self.desired.items():
            refused = mailbox in out or desired.carried_by in people
            if refused and desired.stop is None:
                self.desired[mailbox] = evolve(
                    desired,
                    audiences=NOTHING,
                    carried_by=None,
                    stop=Stop.NO_MASS_EMAILS,
                )

    def _moving(self, new: Mailbox, move: Move) -> Views:
        return Views(
            mailbox=new,
            desired=self.wanted(new),
            observed=self.observed.get(new),
            synced=self.synced.get(new),
            moved_from=move,
        )

    def _moves(self) -> dict[Mailbox, Move]:
        """Old mailboxes that nobody holds now, by the new one of who carried them."""
        carried = {
            synced.carried_by: mailbox
            for mailbox, synced in sorted(self.synced.items(), reverse=True)
            if synced.carried_by is not None
            and mailbox in self.observed
            and mailbox not in self.desired
        }
        return {
            new: Move(mailbox=old, observed=self.observed[old], synced=self.synced[old])
            for new in self.desired
            if (wanted := self.wanted(new)).carried_by is not None
            and (old := carried.get(wanted.carried_by)) is not None
        }

    def apply(self, changes: Iterable[Change]) -> None:
        for change in changes:
            match change:
                case Add():
                    self._add(change)
                case Update():
                    self._tell(change.mailbox, change.person, change.before)
                    self._agree_on_person(change)
                case Readdress():
                    self._readdress(change)
                case Remove():
                    self._drop(change.mailbox, change.audiences)
                case Disable():
                    self._disable(change.mailbox)
                case Agree():
                    self.synced[change.mailbox] = Synced(
                        audiences=change.audiences,
                        person=change.person,
                        carried_by=change.carried_by,
                    )
                case Left():
                    self._note_left(change)
                case Hold():
                    pass

    def _add(self, change: Add) -> None:
        seen = self.observed.get(change.mailbox) or Observed(
            provider_id=None,
            permission=Permission.MAILABLE,
            audiences=NOTHING,
            elsewhere=False,
            person=Person(),
        )
        assert seen.permission is not Permission.UNSUBSCRIBED, "I2: made mailable"
        revived = seen.permission is Permission.DELETED
        self.observed[change.mailbox] = evolve(
            seen,
            audiences=seen.audiences | change.audiences,
            permission=Permission.MAILABLE if revived else seen.permission,
        )
        self._tell(change.mailbox, change.person, change.before)
        self._agree_on_person(change)
        agreed = self.synced[change.mailbox]
        self.synced[change.mailbox] = evolve(
            agreed, audiences=agreed.audiences | change.audiences, disabled=False
        )

    def _tell(self, mailbox: Mailbox, person: Person, before: Person) -> None:
        """Write fields; those empty on both sides stay as they are there."""
        seen = self.observed[mailbox]
        assert seen.permission not in (Permission.UNSUBSCRIBED, Permission.DELETED)
        there = seen.person
        names = ("first_name", "last_name", "company")
        written = {
            name: getattr(person, name)
            or ("" if getattr(before, name) else getattr(there, name))
            for name in names
        }
        self.observed[mailbox] = evolve(seen, person=Person(**written))

    def _agree_on_person(self, change: Add | Update | Readdress) -> None:
        agreed = self.synced.get(change.mailbox)
        self.synced[change.mailbox] = Synced(
            audiences=agreed.audiences if agreed else NOTHING,
            person=change.person,
            carried_by=change.carried_by,
            disabled=agreed.disabled if agreed else False,
        )

    def _readdress(self, change: Readdress) -> None:
        assert change.mailbox not in self.observed, "the provider would answer 409"
        self.observed[change.mailbox] = self.observed.pop(change.before)
        self.synced[change.mailbox] = self.synced.pop(change.before)
        self._tell(change.mailbox, change.person, change.person_before)
        self._agree_on_person(change)

    def _drop(self, mailbox: Mailbox, audiences: frozenset[AudienceId]) -> None:
        seen = self.observed[mailbox]
        self.observed[mailbox] = evolve(seen, audiences=seen.audiences - audiences)
        if agreed := self.synced.get(mailbox):
            kept = agreed.audiences - audiences
            self.synced[mailbox] = evolve(agreed, audiences=kept)

    def _disable(self, mailbox: Mailbox) -> None:
        self.observed[mailbox] = evolve(
            self.observed[mailbox],
            permission=Permission.DELETED,
            audiences=NOTHING,
            elsewhere=False,
        )
        if agreed := self.synced.get(mailbox):
            self.synced[mailbox] = evolve(agreed, audiences=NOTHING, disabled=True)

    def _note_left(self, change: Left) -> None:
        self.left |= {(change.mailbox, audience) for audience in change.audiences}
        agreed = self.synced[change.mailbox]
        kept = agreed.audiences - change.audiences
        self.synced[change.mailbox] = evolve(agreed, audiences=kept)


def _by_mailbox(pair: tuple[Mailbox, object]) -> str:
    return pair[0]
