"""The laws of docs/algorithm.md: quiet, true, gentle, cautious; and I3, in part."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.core.pretend import World
from tests.core.strategies import live_policies, some_policies, worlds

from rollkeeper.core.changes import (
    Add,
    Agree,
    Change,
    Disable,
    Hold,
    Left,
    Remove,
)
from rollkeeper.core.decide import readdresses
from rollkeeper.core.plan import build_plan
from rollkeeper.core.policy import Leaving, Strangers
from rollkeeper.core.values import AudienceId, Mailbox, ProviderContactId
from rollkeeper.core.views import Desired, Observed, Permission, Stop, Synced, Views

MOST_PASSES = 3
"""I1: with nothing new and no faults, so many passes reach the end."""

FIELDS = ("first_name", "last_name", "company")

Membership = tuple[Mailbox, AudienceId]


def changes_of(world: World) -> Sequence[Change]:
    return build_plan(world.views(), world.policies, limit=10_000).changes


def is_fact(change: Change) -> bool:
    """Recorded with the plan itself, before any call leaves?"""
    return isinstance(change, Agree | Left | Hold)


def one_pass(world: World, rng: Random, *, partly: bool = False) -> None:
    """Apply facts first, then the rest in any order; or some of it, some in parts."""
    changes = changes_of(world)
    facts = [change for change in changes if is_fact(change)]
    calls = [change for change in changes if not is_fact(change)]
    if partly:
        facts = rng.sample(facts, rng.randint(0, len(facts)))
        parts = [part for change in calls for part in in_parts(change)]
        calls = rng.sample(parts, rng.randint(0, len(parts)))
    world.apply([*rng.sample(facts, len(facts)), *rng.sample(calls, len(calls))])


def in_parts(change: Change) -> list[Change]:
    """One for each list, as packing may send them."""
    if isinstance(change, Add | Remove):
        return [
            evolve(change, audiences=frozenset({audience}))
            for audience in sorted(change.audiences)
        ]
    return [change]


def settled(world: World, rng: Random) -> World:
    """Run as the engine does: the pull, then passes until they find nothing to do."""
    after = world.copy()
    after.pull()
    for _ in range(MOST_PASSES):
        one_pass(after, rng)
    return after


def active(seen: Observed | None) -> bool:
    return seen is not None and seen.permission not in (
        Permission.UNSUBSCRIBED,
        Permission.DELETED,
    )


def claims(world: World, mailbox: Mailbox) -> frozenset[AudienceId]:
    agreed = world.synced.get(mailbox)
    return agreed.audiences if agreed else frozenset()


def wish(world: World, mailbox: Mailbox) -> frozenset[AudienceId]:
    wanted = world.wanted(mailbox)
    return wanted.audiences if wanted else frozenset()


def held(world: World) -> set[Mailbox]:
    return {each.mailbox for each in changes_of(world) if isinstance(each, Hold)}


def vanished(world: World) -> set[Membership]:
    """Ours and wanted, though its active contact is not there."""
    return {
        (mailbox, audience)
        for mailbox, seen in world.observed.items()
        if active(seen)
        for audience in (claims(world, mailbox) & wish(world, mailbox))
        if audience not in seen.audiences
    }


def by_id(world: World) -> dict[ProviderContactId | None, tuple[Mailbox, Observed]]:
    """Contacts as the provider knows them: a new address is still the same one."""
    return {
        seen.provider_id: (mailbox, seen)
        for mailbox, seen in world.observed.items()
        if seen.provider_id
    }


def do_not_contact(world: World, mailbox: Mailbox) -> bool:
    desired = world.desired.get(mailbox)
    return desired is not None and desired.stop is Stop.DO_NOT_CONTACT


@given(worlds(some_policies), st.randoms(use_true_random=False))
def test_quiet_three_passes_leave_only_holds(world: World, rng: Random) -> None:  # I1
    after = settled(world, rng)
    assert all(isinstance(change, Hold) for change in changes_of(after))


@given(worlds(live_policies), st.randoms(use_true_random=False))
def test_true_their_lists_are_our_lists(world: World, rng: Random) -> None:
    after = settled(world, rng)
    for mailbox in after.desired.keys() | after.observed.keys():
        seen = after.observed.get(mailbox)
        if mailbox in held(after) or (seen and not active(seen)):
            continue
        assert claims(after, mailbox) == wish(after, mailbox)
        there = seen.audiences if seen else frozenset()
        assert wish(after, mailbox) <= there
        if wish(after, mailbox):
            assert told(after.synced[mailbox]) == told(after.desired[mailbox])


def told(view: Synced | Desired) -> object:
    return view.person, view.carried_by


@given(worlds(live_policies), st.randoms(use_true_random=False))
def test_true_who_must_not_be_contacted_is_ended(world: World, rng: Random) -> None:
    after = settled(world, rng)
    for mailbox, seen in world.observed.items():
        concerned = bool(seen.audiences) or mailbox in world.synced
        if do_not_contact(after, mailbox) and active(seen) and concerned:
            assert after.observed[mailbox].permission is Permission.DELETED
        elif do_not_contact(after, mailbox):
            assert after.observed[mailbox] == seen


@given(worlds(live_policies), st.randoms(use_true_random=False))
def test_true_who_changes_address_is_the_same_contact(
    world: World, rng: Random
) -> None:
    world.pull()
    after = settled(world, rng)
    for views in world.views():
        if readdresses(views, world.policies):
            assert views.moved_from is not None
            old = views.moved_from.mailbox
            assert old not in after.observed
            same = world.observed[old].provider_id
            assert after.observed[views.mailbox].provider_id == same
            assert old not in {change.mailbox for change in changes_of(world)}


@given(worlds(live_policies), st.randoms(use_true_random=False))
def test_true_what_we_told_and_take_back_is_empty_over_there(
    world: World, rng: Random
) -> None:
    after = settled(world, rng)
    for mailbox, agreed in world.synced.items():
        now = after.observed.get(mailbox)
        if now is None or not active(now) or not wish(after, mailbox):
            continue
        ours = after.desired[mailbox].person
        for name in FIELDS:
            if getattr(agreed.person, name) and not getattr(ours, name):
                assert not getattr(now.person, name)


@given(worlds(live_policies), st.randoms(use_true_random=False))
def test_true_who_is_gone_and_wanted_is_held_or_back(world: World, rng: Random) -> None:
    after = settled(world, rng)
    for mailbox, seen in after.observed.items():
        if seen.permission is Permission.DELETED:
            assert mailbox in held(after) or not wish(after, mailbox)


@given(worlds(some_policies), st.randoms(use_true_random=False))
def test_true_who_refused_all_mail_is_on_none_of_our_lists(
    world: World, rng: Random
) -> None:
    after = settled(world, rng)
    for mailbox, desired in after.desired.items():
        seen = after.observed.get(mailbox)
        if desired.stop and seen and active(seen):
            assert seen.audiences.isdisjoint(claims(world, mailbox))


@given(worlds(some_policies), st.randoms(use_true_random=False))
def test_gentle_strangers_stay_where_they_were(world: World, rng: Random) -> None:
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
    desired, seen = world.desired.get(mailbox), world.observed[mailbox]
    stopped = desired is not None and desired.stop is not None
    ours = claims(world, mailbox) & seen.audiences
    strange = seen.audiences - ours - wish(world, mailbox)
    return frozenset(
        audience
        for audience in strange | ours
        if (policy := world.policies.get(audience)) is None
        or (audience in strange and (stopped or policy.strangers is Strangers.KEEP))
        or (audience in ours and not stopped and policy.leaving is Leaving.KEEP)
    )


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


@given(worlds(some_policies))
def test_gentle_nobody_wanted_anywhere_is_ended_not_for_a_second(
    world: World,
) -> None:  # I5
    for change in changes_of(world):
        if isinstance(change, Disable):
            assert not wish(world, change.mailbox)


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


@given(worlds(live_policies), st.randoms(use_true_random=False))
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


@given(worlds(live_policies), st.randoms(use_true_random=False))
def test_cautious_who_left_a_list_stays_off(world: World, rng: Random) -> None:
    after = settled(world, rng)
    assert vanished(world) <= after.left
    for mailbox, audience in after.left:
        seen = after.observed.get(mailbox)
        assert seen is None or audience not in seen.audiences


@given(worlds(some_policies), st.randoms(use_true_random=False))
def test_cautious_exactly_what_their_staff_deleted_is_held(
    world: World, rng: Random
) -> None:
    after = settled(world, rng)
    deleted = {mailbox for mailbox in world.synced if deleted_by_them(world, mailbox)}
    for mailbox in deleted:
        assert after.observed[mailbox] == world.observed[mailbox]
    moved_away = {views.mailbox for views in after.views() if moved(views, deleted)}
    expected = {mailbox for mailbox in deleted | moved_away if wish(after, mailbox)}
    assert held(after) == expected


def deleted_by_them(world: World, mailbox: Mailbox) -> bool:
    agreed = world.synced[mailbox]
    gone = world.observed[mailbox].permission is Permission.DELETED
    return gone and bool(agreed.audiences) and not agreed.disabled


def moved(views: Views, deleted: set[Mailbox]) -> bool:
    """Is it the new mailbox, unknown over there, of somebody deleted over there?"""
    move = views.moved_from
    return views.observed is None and move is not None and move.mailbox in deleted


@given(worlds(live_policies), st.randoms(use_true_random=False))
def test_a_plan_carried_out_in_part_ends_at_the_same(  # I3
    world: World, rng: Random
) -> None:
    whole, halting = settled(world, rng), world.copy()
    halting.pull()
    for _ in range(rng.randint(1, 3)):
        one_pass(halting, rng, partly=True)
    assert state(settled(halting, rng)) == state(whole)


@given(worlds(some_policies), st.randoms(use_true_random=False))
def test_a_change_made_twice_is_a_change_made_once(  # I3
    world: World, rng: Random
) -> None:
    calls = [
        change
        for change in changes_of(world)
        if isinstance(change, Add | Remove) and not is_fact(change)
    ]
    once, twice = world.copy(), world.copy()
    once.apply(calls)
    twice.apply([*calls, *rng.sample(calls, len(calls))])
    assert state(once) == state(twice)


def state(world: World) -> object:
    return world.observed, world.synced, world.left
