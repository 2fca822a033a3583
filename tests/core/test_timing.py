"""What of a plan is done now, and what waits until its list's time has come."""

from __future__ import annotations

import pytest
from attrs import evolve
from tests.core.shorthand import HOLDER, ID, ME, NAMED, OLD, A, B

from rollkeeper.core import timing
from rollkeeper.core.changes import (
    Add,
    Agree,
    Cause,
    Change,
    Disable,
    Hold,
    Left,
    Readdress,
    Remove,
    Update,
)
from rollkeeper.core.guards import items_of
from rollkeeper.core.policy import LIVE, When
from rollkeeper.core.values import AudienceId, Person

POLICIES = {A: LIVE, B: evolve(LIVE, when=When.NIGHTLY)}
HAND = {A: evolve(LIVE, when=When.BY_HAND)}
BOTH, NEITHER = frozenset({A, B}), frozenset[AudienceId]()


def disable(*audiences: AudienceId, cause: Cause = Cause.NO_LIST_LEFT) -> Disable:
    return Disable(
        mailbox=ME, provider_id=ID, audiences=frozenset(audiences), cause=cause
    )


def remove(*audiences: AudienceId, cause: Cause = Cause.NOT_WANTED) -> Remove:
    return Remove(
        mailbox=ME, provider_id=ID, audiences=frozenset(audiences), cause=cause
    )


ADD = Add(
    mailbox=ME,
    provider_id=None,
    audiences=BOTH,
    person=NAMED,
    carried_by=HOLDER,
    cause=Cause.JOINED,
    renames=True,
)
UPDATE = Update(
    mailbox=ME,
    provider_id=ID,
    audiences=frozenset({B}),
    person=NAMED,
    before=Person(),
    carried_by=HOLDER,
)
READDRESS = Readdress(
    mailbox=ME,
    before=OLD,
    provider_id=ID,
    person=NAMED,
    person_before=NAMED,
    carried_by=HOLDER,
    audiences=frozenset({B}),
)
HELD = Hold(mailbox=ME, audiences=frozenset({B}), cause=Cause.DELETED_OVER_THERE)


def by_day(change: Change) -> list[Change]:
    due = timing.due(POLICIES, comparing_everything=False)
    return list(timing.only_due([change], due=due, audiences=len(POLICIES)))


def test_by_day_only_live_lists_are_due_and_at_night_nightly_ones_as_well() -> None:
    assert timing.due(POLICIES, comparing_everything=False) == {A}
    assert timing.due(POLICIES, comparing_everything=True) == BOTH


def test_a_list_kept_by_hand_is_due_only_when_somebody_asked_for_it() -> None:
    assert timing.due(HAND, comparing_everything=True) == NEITHER
    assert timing.due(HAND, comparing_everything=False, asked_for={A}) == {A}


def test_who_joins_two_lists_joins_the_live_one_by_day() -> None:
    assert by_day(ADD) == [evolve(ADD, audiences=frozenset({A}))]


@pytest.mark.parametrize(
    "change", [remove(B), disable(B), UPDATE, READDRESS, HELD], ids=str
)
def test_what_is_about_nightly_lists_alone_waits(change: Change) -> None:
    assert by_day(change) == []


def test_who_would_be_ended_only_comes_off_the_live_list_by_day() -> None:
    assert by_day(disable(A, B)) == [remove(A)]


@pytest.mark.parametrize(
    "change",
    [
        disable(B, cause=Cause.DO_NOT_CONTACT),
        disable(cause=Cause.DO_NOT_CONTACT),
        remove(B, cause=Cause.NO_MASS_EMAILS),
        Left(mailbox=ME, audiences=frozenset({B})),
        Agree(mailbox=ME, audiences=NEITHER, person=NAMED, carried_by=None),
    ],
    ids=str,
)
def test_nobody_who_refused_waits_nor_what_only_we_write_down(change: Change) -> None:
    assert by_day(change) == [change]


@pytest.mark.parametrize("change", [remove(B), disable(B), UPDATE], ids=str)
def test_what_somebody_approved_does_not_wait(change: Change) -> None:
    due = timing.due(POLICIES, comparing_everything=False)
    approved = set(items_of(change))
    assert list(
        timing.only_due([change], due=due, audiences=len(POLICIES), approved=approved)
    ) == [change]


def test_a_new_name_or_address_is_told_with_the_first_list_that_is_due() -> None:
    for change in (UPDATE, READDRESS):
        everywhere = evolve(change, audiences=BOTH)
        assert by_day(everywhere) == [everywhere]
