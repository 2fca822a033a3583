"""The law of docs/algorithm.md that plans are gentle: what is not ours stays."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from tests.core.pretend import World
from tests.core.running import (
    FIELDS,
    active,
    by_id,
    changes_of,
    claims,
    do_not_contact,
    settled,
    vanished,
    wish,
)
from tests.core.strategies import live_policies, some_policies, worlds

from rollkeeper.core.changes import Add, Disable, Left
from rollkeeper.core.policy import Leaving, NewAddress, Parting, Policy, Strangers
from rollkeeper.core.values import AudienceId, Mailbox
from rollkeeper.core.views import Desired, Gone, Permission


@given(worlds(some_policies), st.randoms(use_true_random=False))
def test_gentle_strangers_stay_where_they_were(world: World, rng: Random) -> None:
    world.pull()
    after_all = settled(world, rng)
    after = by_id(after_all)
    for provider_id, (mailbox, seen) in by_id(world).items():
        now_as, now = after[provider_id]
        if do_not_contact(after_all, now_as):
            continue
        assert theirs(world, mailbox) <= now.audiences
        if seen.elsewhere:
            assert now.elsewhere


def theirs(world: World, mailbox: Mailbox) -> frozenset[AudienceId]:
    """The memberships that we may not end: strangers' own, and those a policy keeps."""
    desired, seen = world.wanted(mailbox), world.observed[mailbox]
    ours = claims(world, mailbox) & seen.audiences
    strange = seen.audiences - ours - wish(world, mailbox)
    return frozenset(
        audience
        for audience in strange | ours
        if (policy := world.policies.get(audience)) is None
        or (
            audience in strange and (desired.stop or policy.strangers is Strangers.KEEP)
        )
        or (audience in ours and not desired.stop and keeps(policy, desired, audience))
    )


def keeps(policy: Policy, desired: Desired, audience: AudienceId) -> bool:
    if audience in desired.off:
        return False
    if desired.gone is Gone.DELETED:
        return policy.deleted is Parting.KEEP
    if desired.gone is Gone.MOVED and policy.new_address is NewAddress.ADD_NEW:
        return True
    return policy.leaving is Leaving.KEEP


@given(worlds(some_policies), st.randoms(use_true_random=False))
def test_gentle_blanks_of_ours_leave_what_strangers_have(
    world: World, rng: Random
) -> None:
    before, after = by_id(world), by_id(settled(world, rng))
    for provider_id, (mailbox, seen) in before.items():
        now_as, now = after[provider_id]
        if mailbox in world.synced or now_as not in world.desired:
            continue
        for name in FIELDS:
            if not getattr(world.desired[now_as].person, name):
                assert getattr(now.person, name) == getattr(seen.person, name)


@given(worlds(live_policies))
def test_gentle_nobody_wanted_anywhere_is_ended_not_for_a_second(
    world: World,
) -> None:  # I5
    changes = changes_of(world)
    ended = {each.mailbox for each in changes if isinstance(each, Disable)}
    left = {each.mailbox for each in changes if isinstance(each, Left)}
    assert not any(wish(world, mailbox) for mailbox in ended)
    assert ended.isdisjoint(left)


@given(worlds(some_policies), st.randoms(use_true_random=False))
def test_gentle_the_unsubscribed_are_left_alone(world: World, rng: Random) -> None:
    after = settled(world, rng)  # I2: pretending raises when one is made mailable
    for mailbox, seen in world.observed.items():
        if seen.permission is Permission.UNSUBSCRIBED:
            assert after.observed[mailbox] == seen
            assert claims(after, mailbox) <= seen.audiences


@given(worlds(live_policies))
def test_gentle_no_refusal_is_escaped_by_a_new_address(world: World) -> None:  # I27
    refused = {
        views.mailbox
        for views in world.views()
        if (move := views.moved_from)
        and move.observed.permission is Permission.UNSUBSCRIBED
    }
    growing = {each.mailbox for each in changes_of(world) if isinstance(each, Add)}
    assert refused.isdisjoint(growing)


@given(worlds(some_policies), st.randoms(use_true_random=False))
def test_gentle_nobody_is_put_where_nobody_wants_them(
    world: World, rng: Random
) -> None:
    before, after = by_id(world), settled(world, rng)
    for mailbox, now in after.observed.items():
        _, seen = before.get(now.provider_id, (mailbox, None))
        assert now.audiences - (seen.audiences if seen else frozenset()) <= wish(
            after, mailbox
        )
        if seen and not active(seen) and active(now):
            assert wish(after, mailbox)


@given(worlds(some_policies), st.randoms(use_true_random=False))
def test_gentle_only_those_are_ended_who_were_ours_or_must_not_be_contacted(
    world: World, rng: Random
) -> None:
    before, after = by_id(world), by_id(settled(world, rng))
    for provider_id, (mailbox, seen) in before.items():
        now_as, now = after[provider_id]
        if active(seen) and not active(now) and not do_not_contact(world, now_as):
            assert seen.audiences <= claims(world, mailbox) | wish(world, mailbox)
            assert not wish(world, now_as) - vanished_of(world, now_as)
            assert not seen.elsewhere


def vanished_of(world: World, mailbox: Mailbox) -> frozenset[AudienceId]:
    return frozenset(audience for one, audience in vanished(world) if one == mailbox)
