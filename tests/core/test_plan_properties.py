"""The laws of docs/algorithm.md: quiet, true and cautious; and I3, plans in part."""

from __future__ import annotations

from random import Random
from typing import get_args

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from tests.core.pretend import World
from tests.core.running import (
    FIELDS,
    active,
    changes_of,
    claims,
    do_not_contact,
    held,
    is_fact,
    one_pass,
    settled,
    vanished,
    wish,
)
from tests.core.strategies import live_policies, some_policies, worlds

from rollkeeper.core.changes import (
    Add,
    Change,
    Hold,
    Remove,
)
from rollkeeper.core.decide import readdresses
from rollkeeper.core.values import Mailbox
from rollkeeper.core.views import Desired, Permission, Synced, Views


@pytest.mark.parametrize("kind", get_args(Change))
def test_random_worlds_call_for_every_kind_of_change(kind: type[Change]) -> None:
    def called_for(world: World) -> bool:
        return any(isinstance(change, kind) for change in changes_of(world))

    found = find(
        worlds(live_policies), called_for, settings=settings(phases=[Phase.generate])
    )
    assert called_for(found)


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


@given(worlds(live_policies), st.randoms(use_true_random=False))
def test_cautious_who_left_a_list_stays_off(world: World, rng: Random) -> None:
    world.pull()
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


@given(worlds(some_policies), st.randoms(use_true_random=False))
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
