"""How a world must end, worked out from its facts and by nothing of the planner's.

BEHAVIOUR in words: who belongs where, less who refused, left or is stopped; what the
policies say of the rest; and that nothing else is touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from attrs import define, field, frozen
from tests.prove.planner.belonging import NONE, Belonging, belonging
from tests.prove.planner.world import LIST_OF, NOBODY, Contact, World, active

from rollkeeper.core.policy import (
    EditedThere,
    Leaving,
    NewAddress,
    NoneLeft,
    Parting,
    Policy,
    Strangers,
)
from rollkeeper.core.values import FIELDS, AudienceId, Mailbox, Person
from rollkeeper.core.views import Gone, Observed, Permission, Synced


@frozen(kw_only=True)
class Ending:
    """How a mailbox must end over there."""

    permission: Permission
    audiences: frozenset[AudienceId]
    elsewhere: bool
    claims: frozenset[AudienceId]
    fields: dict[str, str]
    """What each field must be; one that may be either is left out."""
    ended: bool = False
    """Is it we who ended it?"""


@define
class Truth:
    endings: dict[Mailbox, Ending] = field(factory=dict)
    held: set[Mailbox] = field(factory=set)
    left: set[tuple[Mailbox, AudienceId]] = field(factory=set)


def truth_of(world: World) -> Truth:
    """Return how it must end, once it is opened and nothing more happens."""
    truth = Truth()
    followed = dict(_followed(world))
    for new, old in list(followed.items()):
        if world.is_known_otherwise(new):  # a person is to decide; till then it stays
            del followed[new]
            agreed = world.synced[old]
            truth.endings[old] = _as_it_was(world.observed[old], agreed.audiences)
    gone = {*followed.values(), *truth.endings}
    for mailbox in {*world.held_mailboxes(), *world.observed} - gone:
        _Case(world=world, mailbox=mailbox, old=followed.get(mailbox)).judge(truth)
    return truth


def _followed(world: World) -> Iterator[tuple[Mailbox, Mailbox]]:
    """Yield the new and old mailbox of everybody whose address is to be changed."""
    news = set()
    for old, agreed in sorted(world.synced.items()):
        contact = world.contacts.get(agreed.carried_by or NOBODY)
        new = contact.mailbox if contact else None
        if (
            new is None
            or new == world.renamed_from.get(old)
            or new in world.observed
            or new in news
            or world.holders(old)
            or not active(world.observed[old])
        ):
            continue
        wanted = belonging(world, new).audiences
        if wanted and all(
            world.policies[audience].new_address is NewAddress.UPDATE
            for audience in wanted
        ):
            news.add(new)
            yield new, old


@frozen(kw_only=True, slots=False)
class _Case:
    """One mailbox: what is over there for it, what was agreed, where it belongs."""

    world: World
    mailbox: Mailbox
    old: Mailbox | None
    """The mailbox that its contact still has over there, and that is to follow."""

    @cached_property
    def seen(self) -> Observed | None:
        return self.world.observed.get(self.old or self.mailbox)

    @cached_property
    def agreed(self) -> Synced | None:
        return self.world.synced.get(self.old or self.mailbox)

    @cached_property
    def ours(self) -> frozenset[AudienceId]:
        return self.agreed.audiences if self.agreed else NONE

    @cached_property
    def here(self) -> Contact | None:
        """Its contact, who has another address here."""
        return self.world.elsewhere_here(self.mailbox)

    @cached_property
    def stays(self) -> frozenset[AudienceId]:
        """Where it is left alone, for that contact's sake."""
        if self.here is None or self.world.holders(self.mailbox):
            return NONE
        return self.world.places_of(self.here)

    @cached_property
    def first(self) -> Belonging:
        """Where it belongs before anything is concluded from what is over there."""
        return belonging(self.world, self.mailbox)

    @cached_property
    def left(self) -> frozenset[AudienceId]:
        """What the person left over there: ours, and to be there, but not there."""
        if self.seen is None or not active(self.seen):
            return NONE
        return self.ours & (self.first.audiences | self.stays) - self.seen.audiences

    @cached_property
    def belongs(self) -> Belonging:
        if not self.left:
            return self.first
        return belonging(self.world, self.mailbox, self.left)

    def judge(self, truth: Truth) -> None:
        seen, belongs = self.seen, self.belongs
        if seen is not None and seen.permission is Permission.UNSUBSCRIBED:
            claims = self.ours & seen.audiences
        elif belongs.must_not:
            self._must_not(truth)
            return
        elif seen is not None and active(seen):
            self._present(truth, seen)
            return
        elif belongs.audiences:
            self._absent(truth)
            return
        else:
            claims = self.ours
        if seen is not None:
            truth.endings[self.mailbox] = _as_it_was(seen, claims)

    def _must_not(self, truth: Truth) -> None:
        seen = self.seen
        if seen is None:
            return
        concerns = self.agreed is not None or seen.audiences
        if active(seen) and concerns:
            truth.endings[self.mailbox] = _ended(_fields_of(seen.person))
        else:
            truth.endings[self.mailbox] = _as_it_was(seen, self.ours)

    def _absent(self, truth: Truth) -> None:
        """Wanted, and unknown or deleted over there."""
        if (
            _taken_away(self.seen, self.agreed)
            or self._taken_away_before_moving()
            or self.world.is_known_otherwise(self.mailbox)
        ):
            truth.held.add(self.mailbox)
            if self.seen is not None:
                truth.endings[self.mailbox] = _as_it_was(self.seen, self.ours)
            return
        truth.endings[self.mailbox] = Ending(
            permission=Permission.MAILABLE,
            audiences=self.belongs.audiences,
            elsewhere=False,
            claims=self.belongs.audiences,
            fields=self._fields(self.seen.person if self.seen else Person()),
        )

    def _taken_away_before_moving(self) -> bool:
        """Did the provider's staff delete the mailbox that its only mover had?"""
        if self.seen is not None:
            return False
        olds = [
            (active(self.world.observed[old]), old)
            for old, agreed in self.world.synced.items()
            if (contact := self.world.contacts.get(agreed.carried_by or NOBODY))
            and contact.mailbox == self.mailbox
            and not self.world.holders(old)
            and self.world.renamed_from.get(old) != self.mailbox
        ]
        if not olds or any(is_active for is_active, _ in olds):
            return False
        old = min(olds)[1]
        return _taken_away(self.world.observed[old], self.world.synced[old])

    def _present(self, truth: Truth, seen: Observed) -> None:
        wanted = self.belongs.audiences
        truth.left |= {(self.mailbox, audience) for audience in self.left}
        partings = {
            audience: self._parting(audience) for audience in seen.audiences - wanted
        }
        staying = {one for one, how in partings.items() if how is Parting.KEEP}
        if (
            partings
            and not wanted
            and not self.belongs.refused
            and not self.stays
            and not seen.elsewhere
            and set(partings.values()) == {Parting.DISABLE}
        ):
            truth.endings[self.mailbox] = _ended(self._fields(seen.person))
            return
        truth.endings[self.mailbox] = Ending(
            permission=seen.permission,
            audiences=frozenset(staying) | wanted,
            elsewhere=seen.elsewhere,
            claims=wanted | (self.ours & staying),
            fields=self._fields(seen.person),
        )

    def _parting(self, audience: AudienceId) -> Parting:
        policy = self.world.policies.get(audience)
        if policy is None:
            return Parting.KEEP
        if audience in self.stays and not self.belongs.refused:
            return Parting.KEEP
        if audience not in self.ours:
            removes = policy.strangers is Strangers.REMOVE and not self.belongs.refused
            return Parting.REMOVE if removes else Parting.KEEP
        if self.belongs.refused:
            return Parting.REMOVE
        if not self._is_off(audience):
            return self._gone(policy)
        disables = policy.none_left is NoneLeft.DISABLE
        return Parting.DISABLE if disables else Parting.REMOVE

    def _gone(self, policy: Policy) -> Parting:
        fate = self._fate()
        if fate is Gone.DELETED:
            return policy.deleted
        kept = policy.leaving is Leaving.KEEP or (
            fate is Gone.MOVED and policy.new_address is NewAddress.ADD_NEW
        )
        if kept:
            return Parting.KEEP
        disables = policy.none_left is NoneLeft.DISABLE
        return Parting.DISABLE if disables else Parting.REMOVE

    def _fate(self) -> Gone | None:
        if self.world.holders(self.mailbox) or self.agreed is None or self.here:
            return None
        return self.world.fate(self.agreed.carried_by)

    def _is_off(self, audience: AudienceId) -> bool:
        """Did somebody disable or mute it in the list itself, or leave that before?"""
        list_id = LIST_OF[audience]
        return list_id in self.world.audiences and any(
            True in contact.standings.get(list_id, ())
            or (
                list_id in contact.standings
                and (contact.id, list_id) in self.world.left
            )
            for contact in self.world.holders(self.mailbox)
        )

    def _fields(self, there: Person) -> dict[str, str]:
        """What is told, is taken back, or stays as it was over there."""
        speaker = self.belongs.speaker
        if speaker is None:
            return {} if self.old else _fields_of(there)
        ours, before = speaker.person, self.agreed.person if self.agreed else Person()
        if self.seen is not None and active(self.seen) and not self._tells(there):
            return _fields_of(there)
        if self._renamed_by_leaving and ours == before:
            return {}  # told the first holder's name meanwhile, or nothing to tell
        certain = not self._renamed_by_leaving
        return {
            name: getattr(ours, name)
            or ("" if getattr(before, name) else getattr(there, name))
            for name in FIELDS
            if certain or getattr(ours, name)
        }

    @property
    def _renamed_by_leaving(self) -> bool:
        """Is another holder's name sent, now that the first left these lists?"""
        first, now = self.first.speaker, self.belongs.speaker
        return first is not None and now is not None and first.person != now.person

    def _tells(self, there: Person) -> bool:
        """Is there any reason to write fields of somebody who is over there?"""
        speaker, wanted = self.belongs.speaker, self.belongs.audiences
        assert speaker is not None
        assert self.seen is not None
        if self.agreed is None or self.old or wanted - self.seen.audiences:
            return True
        if self.agreed.person != speaker.person or self._renamed_by_leaving:
            return True
        return any(
            self.world.policies[audience].edited_there is EditedThere.RESTORE
            for audience in wanted
        ) and any(
            getattr(speaker.person, name) not in ("", getattr(there, name))
            for name in FIELDS
        )


def _taken_away(seen: Observed | None, agreed: Synced | None) -> bool:
    """Is somebody gone whom we had brought, and whom we did not end?"""
    if active(seen) or agreed is None:
        return False
    return bool(agreed.audiences) and not agreed.disabled


def _as_it_was(seen: Observed, claims: frozenset[AudienceId]) -> Ending:
    return Ending(
        permission=seen.permission,
        audiences=seen.audiences,
        elsewhere=seen.elsewhere,
        claims=claims,
        fields=_fields_of(seen.person),
    )


def _ended(fields: dict[str, str]) -> Ending:
    return Ending(
        permission=Permission.DELETED,
        audiences=NONE,
        elsewhere=False,
        claims=NONE,
        fields=fields,
        ended=True,
    )


def _fields_of(person: Person) -> dict[str, str]:
    return {name: getattr(person, name) for name in FIELDS}
