"""Who is carried where, and that reasons and wishes agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from rollkeeper.core.eligibility import Holder, Reason, StandingOnList, desired, why
from rollkeeper.core.values import AudienceId, ContactId, ListId, Person
from rollkeeper.core.views import Desired, Stop

CHOIR, BOARD, UNSYNCED = ListId(1), ListId(2), ListId(3)
AUDIENCES = {CHOIR: AudienceId(10), BOARD: AudienceId(20)}
NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC)

ACTIVE = StandingOnList()
DISABLED = StandingOnList(disabled=True)
MUTED = StandingOnList(no_mass_email=True)
LEFT = StandingOnList(left=True)


def a_holder(number: int = 1, /, **said: Any) -> Holder:
    said = {
        "speaks_for_member": False,
        "changed_at": NEW_YEAR,
        "do_not_contact": False,
        "active": True,
        "suppressed": False,
        "standings": {CHOIR: ACTIVE},
        **said,
    }
    person = Person(first_name=f"Holder {number}")
    return Holder(contact=ContactId(number), person=person, **said)


def wish(*holders: Holder, refused: bool = False) -> Desired:
    return desired(holders=holders, audiences=AUDIENCES, refused=refused)


def reason(
    *holders: Holder, of: int = 1, on: ListId = CHOIR, refused: bool = False
) -> Reason | None:
    return why(contact=ContactId(of), holders=holders, list_id=on, refused=refused)


def test_a_contact_on_a_synced_list_is_wanted_in_its_audience() -> None:
    one = a_holder(standings={CHOIR: ACTIVE, UNSYNCED: ACTIVE})
    assert wish(one) == Desired(
        audiences=frozenset({AUDIENCES[CHOIR]}),
        person=one.person,
        carried_by=one.contact,
    )
    assert reason(one) is None


@pytest.mark.parametrize(
    ("holder", "expected"),
    [
        (a_holder(standings={}), Reason.NOT_ON_LIST),
        (a_holder(standings={CHOIR: DISABLED}), Reason.DISABLED_IN_LIST),
        (a_holder(standings={CHOIR: MUTED}), Reason.NO_MASS_EMAILS),
        (a_holder(standings={CHOIR: LEFT}), Reason.LEFT_LIST),
        (a_holder(do_not_contact=True), Reason.DO_NOT_CONTACT),
        (a_holder(suppressed=True), Reason.NO_MASS_EMAILS),
    ],
)
def test_each_obstacle_of_a_contact_has_its_reason(
    holder: Holder, expected: Reason
) -> None:
    assert reason(holder) is expected
    assert wish(holder).audiences == frozenset()
    assert wish(holder).carried_by is None


def test_a_refusal_of_the_mailbox_stops_it_everywhere() -> None:
    assert wish(a_holder(), refused=True).stop is Stop.NO_MASS_EMAILS
    assert reason(a_holder(), refused=True) is Reason.NO_MASS_EMAILS


def test_do_not_contact_of_any_holder_stops_the_mailbox_everywhere() -> None:
    both = a_holder(1), a_holder(2, do_not_contact=True, suppressed=True)
    assert wish(*both, refused=True).stop is Stop.DO_NOT_CONTACT
    assert reason(*both) is Reason.DO_NOT_CONTACT


def test_a_refusal_of_any_holder_stops_the_mailbox_everywhere() -> None:
    both = a_holder(1), a_holder(2, suppressed=True, standings={})
    assert wish(*both).stop is Stop.NO_MASS_EMAILS


def test_who_is_not_on_the_list_is_told_so_before_anything_else() -> None:
    elsewhere = a_holder(do_not_contact=True, standings={BOARD: ACTIVE})
    assert reason(elsewhere) is Reason.NOT_ON_LIST


def test_no_mass_email_of_any_holder_stops_the_mailbox_for_that_list_alone() -> None:
    everywhere = {CHOIR: ACTIVE, BOARD: ACTIVE}
    both = a_holder(1, standings=everywhere), a_holder(2, standings={CHOIR: MUTED})
    assert wish(*both).audiences == {AUDIENCES[BOARD]}
    assert reason(*both, of=1) is Reason.NO_MASS_EMAILS
    assert reason(*both, of=1, on=BOARD) is None


@pytest.mark.parametrize("standing", [DISABLED, LEFT])
def test_disabled_and_left_speak_for_one_holder_alone(standing: StandingOnList) -> None:
    both = a_holder(1, standings={CHOIR: standing}), a_holder(2)
    assert wish(*both).carried_by == ContactId(2)
    assert reason(*both, of=2) is None
    assert reason(*both, of=1) is not None


@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize("standing", [ACTIVE, DISABLED])
def test_the_status_in_the_list_decides_not_that_of_the_contact(  # S22
    active: bool, standing: StandingOnList
) -> None:
    holder = a_holder(active=active, standings={CHOIR: standing})
    assert bool(wish(holder).audiences) is not standing.disabled


def test_the_name_sent_is_of_who_speaks_for_the_member() -> None:
    fresh = a_holder(1, changed_at=NEW_YEAR + timedelta(days=1))
    speaker = a_holder(2, speaks_for_member=True)
    assert wish(fresh, speaker).carried_by == ContactId(2)
    assert reason(fresh, speaker, of=1) is Reason.CARRIED_BY_ANOTHER
    assert reason(fresh, speaker, of=2) is None


def test_else_the_name_sent_is_of_who_changed_last_then_of_the_older_contact() -> None:
    old, fresh = a_holder(1), a_holder(2, changed_at=NEW_YEAR + timedelta(days=1))
    assert wish(old, fresh).carried_by == ContactId(2)
    assert wish(a_holder(2), a_holder(1)).carried_by == ContactId(1)


def test_the_name_sent_is_of_a_holder_who_carries_it_somewhere() -> None:
    speaker = a_holder(1, speaks_for_member=True, standings={CHOIR: DISABLED})
    assert wish(speaker, a_holder(2)).person == Person(first_name="Holder 2")


standings = st.builds(
    StandingOnList,
    disabled=st.booleans(),
    no_mass_email=st.integers(0, 4).map(lambda number: number == 0),
    left=st.integers(0, 2).map(lambda number: number == 0),
)


@st.composite
def mailboxes(draw: DrawFn) -> tuple[Holder, ...]:
    return tuple(
        evolve(
            a_holder(number),
            speaks_for_member=draw(st.booleans()),
            changed_at=NEW_YEAR + timedelta(days=draw(st.integers(0, 2))),
            do_not_contact=draw(st.integers(0, 9)) == 0,
            suppressed=draw(st.integers(0, 9)) == 0,
            standings=draw(
                st.dictionaries(st.sampled_from([CHOIR, BOARD, UNSYNCED]), standings)
            ),
        )
        for number in range(draw(st.integers(1, 4)))
    )


@given(mailboxes(), st.booleans())
def test_exactly_one_contact_of_a_wanted_mailbox_has_no_reason(
    holders: tuple[Holder, ...], refused: bool
) -> None:
    wanted = wish(*holders, refused=refused)
    for list_id, audience in AUDIENCES.items():
        free = [
            holder
            for holder in holders
            if reason(*holders, of=holder.contact, on=list_id, refused=refused) is None
        ]
        assert len(free) == (1 if audience in wanted.audiences else 0)


@given(mailboxes(), st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_holders_does_not_matter(
    holders: tuple[Holder, ...], refused: bool, rng: Any
) -> None:
    shuffled = rng.sample(holders, len(holders))
    assert wish(*shuffled, refused=refused) == wish(*holders, refused=refused)


@given(mailboxes())
def test_who_speaks_carries_the_mailbox_somewhere(holders: tuple[Holder, ...]) -> None:
    wanted = wish(*holders)
    if wanted.carried_by is not None:
        reasons = {
            reason(*holders, of=wanted.carried_by, on=each) for each in AUDIENCES
        }
        assert reasons & {None, Reason.CARRIED_BY_ANOTHER}
    assert (wanted.carried_by is None) == (not wanted.audiences)
