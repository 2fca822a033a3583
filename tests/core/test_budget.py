"""Which request may leave, when, and who gets the last of a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.core.budget import (
    LEAST_TURN,
    SECOND,
    Answer,
    Budget,
    Others,
    Purpose,
    ceiling,
    days,
    days_needed,
    jitter_of,
    level,
    pulls_at_once,
    reopening,
    slot,
)

NOON = datetime(2025, 3, 9, 12, tzinfo=UTC)
MIDNIGHT = datetime(2025, 3, 10, tzinfo=UTC)


def a_budget(
    used: int, own: int = 0, *others: int, waited_longer: bool = False
) -> Budget:
    return Budget(
        per_day=10_000,
        used=used,
        own=own,
        others=Others(used=others, waited_longer=waited_longer),
    )


@pytest.mark.parametrize(
    ("purpose", "last"),
    [
        (Purpose.SUPPRESS, 10_000),
        (Purpose.REMOVE, 9_000),
        (Purpose.ADD, 8_800),
        (Purpose.UPDATE, 8_600),
        (Purpose.READ, 8_400),
    ],
)
def test_the_less_urgent_a_request_the_earlier_in_the_day_it_stops(  # I20
    purpose: Purpose, last: int
) -> None:
    assert a_budget(last - 1).answer(purpose) is Answer.YES
    assert a_budget(last).answer(purpose) is Answer.DAY_SPENT
    assert a_budget(last + 1).answer(purpose) is Answer.DAY_SPENT


def test_purposes_are_written_down_by_numbers_that_stay() -> None:
    assert [purpose.value for purpose in Purpose] == [1, 2, 3, 4, 5]
    assert LEAST_TURN == 20  # docs/scale.md reasons with it


@given(st.integers(0, 20_000))
def test_of_any_day_nothing_more_urgent_stops_before_anything_less(
    per_day: int,
) -> None:
    ceilings = [ceiling(purpose, per_day) for purpose in Purpose]

    assert ceilings == sorted(ceilings, reverse=True)
    assert ceilings[0] == per_day
    assert per_day - ceilings[1] == per_day // 10


@pytest.mark.parametrize(
    ("room", "used", "fair"),
    [
        (90, [0], 90),
        (90, [50], 90),
        (90, [0, 0, 0], 30),
        (90, [10, 20, 30], 30),
        (91, [0, 0, 0], 30),
        (92, [0, 0, 0], 30),
        (90, [60, 0, 0], 15),
        (90, [60, 15, 0], 15),
        (90, [60, 15, 1], 15),
        (90, [60, 15, 2], 15),
        (89, [60, 15, 2], 14),
        (90, [60, 30, 0], 0),
        (90, [60, 20, 0], 10),
        (90, [60, 20, 10], 10),
        (5, [0, 0, 0, 0, 0, 0], 0),
    ],
)
def test_who_had_more_keeps_it_and_the_others_come_to_one_level(
    room: int, used: list[int], fair: int
) -> None:
    assert level(room=room, used=used) == fair


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8), st.integers(0, 400))
def test_the_level_is_the_highest_that_there_is_room_for(
    used: list[int], beyond: int
) -> None:
    room = sum(used) + beyond

    fair = level(room=room, used=used)

    assert sum(max(fair, each) for each in used) <= room
    assert sum(max(fair + 1, each) for each in used) > room


def test_alone_a_connection_may_use_all_that_its_purpose_leaves_open() -> None:
    assert a_budget(8_799, 8_799).answer(Purpose.ADD) is Answer.YES
    assert a_budget(8_799, 0).answer(Purpose.ADD) is Answer.YES


def test_what_those_who_are_done_did_not_need_the_others_have() -> None:
    # 800 are used by those who want nothing more; 8,000 are left for two
    assert a_budget(5_300, 3_999, 501, waited_longer=True).allowance(Purpose.ADD) == (
        4_000
    )


@pytest.mark.parametrize(
    ("own", "answer"), [(2_199, Answer.YES), (2_200, Answer.SHARE_SPENT)]
)
def test_nobody_takes_what_others_wait_for(own: int, answer: Answer) -> None:  # I20
    asked = a_budget(own, own, 0, 0, 0, waited_longer=True)
    assert asked.answer(Purpose.ADD) is answer


@pytest.mark.parametrize(
    ("own", "answer"), [(4_399, Answer.YES), (4_400, Answer.SHARE_SPENT)]
)
def test_who_waits_longest_may_have_half_a_day(own: int, answer: Answer) -> None:
    assert a_budget(own, own, *[0] * 5_000).answer(Purpose.ADD) is answer


@pytest.mark.parametrize(
    ("own", "answer"),
    [(LEAST_TURN - 1, Answer.YES), (LEAST_TURN, Answer.SHARE_SPENT)],
)
def test_however_many_wait_a_turn_is_enough_to_finish_something(
    own: int, answer: Answer
) -> None:
    asked = a_budget(own, own, *[0] * 5_000, waited_longer=True)
    assert asked.answer(Purpose.READ) is answer


def test_what_is_most_urgent_has_no_share_to_keep_to() -> None:
    asked = a_budget(9_999, 9_999, *[0] * 5_000, waited_longer=True)
    assert asked.answer(Purpose.SUPPRESS) is Answer.YES
    assert asked.answer(Purpose.REMOVE) is Answer.DAY_SPENT


@given(
    st.sampled_from(Purpose),
    st.lists(st.integers(0, 300), max_size=6),
    st.integers(0, 300),
    st.integers(0, 300),
    st.booleans(),
)
def test_what_is_left_is_how_often_the_answer_is_yes(
    purpose: Purpose, others: list[int], own: int, done: int, waited_longer: bool
) -> None:
    used, per_day = own + done + sum(others), 1_000
    asked = Others(used=tuple(others), waited_longer=waited_longer)
    given_out = 0
    while (
        Budget(
            per_day=per_day, used=used + given_out, own=own + given_out, others=asked
        ).answer(purpose)
        is Answer.YES
    ):
        given_out += 1

    left = Budget(per_day=per_day, used=used, own=own, others=asked).left(purpose)

    assert given_out == left


@pytest.mark.parametrize(
    ("requests", "left", "per_day", "needed"),
    [
        (0, 0, 100, 1),
        (50, 50, 100, 1),
        (51, 50, 100, 2),
        (150, 50, 100, 2),
        (151, 50, 100, 3),
        (7, 0, 0, 8),
    ],
)
def test_work_takes_what_is_left_of_this_day_and_whole_days_after_it(
    requests: int, left: int, per_day: int, needed: int
) -> None:
    assert days_needed(requests=requests, left=left, per_day=per_day) == needed


@pytest.mark.parametrize(
    ("left", "rest_of_day", "at_once"),
    [
        (10_000, timedelta(hours=24), 9),
        (11_520, timedelta(hours=24), 10),
        (11_521, timedelta(hours=24), 11),
        (1_152, timedelta(hours=24), 1),
        (1, timedelta(hours=24), 1),
        (0, timedelta(hours=24), 0),
        (13, timedelta(minutes=5), 4),
        (13, timedelta(minutes=5, seconds=1), 2),
        (13, timedelta(0), 4),
    ],
)
def test_the_clock_spends_a_quarter_of_what_is_left_evenly_until_the_day_ends(
    left: int, rest_of_day: timedelta, at_once: int
) -> None:
    assert pulls_at_once(left=left, rest_of_day=rest_of_day) == at_once


def counted_for(at: datetime) -> list[str]:
    return [f"{day.start + timedelta(minutes=1):%m-%d}" for day in days(at)]


@pytest.mark.parametrize(
    ("at", "dates"),
    [
        (NOON, ["03-09"]),
        (MIDNIGHT - timedelta(seconds=61), ["03-09"]),
        (MIDNIGHT - timedelta(seconds=60), ["03-09", "03-10"]),
        (MIDNIGHT, ["03-09", "03-10"]),
        (MIDNIGHT + timedelta(seconds=59), ["03-09", "03-10"]),
        (MIDNIGHT + timedelta(seconds=60), ["03-10"]),
    ],
)
def test_near_midnight_a_request_counts_for_both_days(  # I18
    at: datetime, dates: list[str]
) -> None:
    assert counted_for(at) == dates


@given(
    st.timedeltas(timedelta(0), timedelta(days=3)),
    st.timedeltas(-timedelta(seconds=59), timedelta(seconds=59)),
)
def test_whatever_day_the_provider_counts_a_request_for_we_do_too(
    after: timedelta, skew: timedelta
) -> None:
    at = datetime(2024, 2, 28, tzinfo=UTC) + after  # a leap day is among them
    their_day = f"{at + skew:%m-%d}"

    assert their_day in counted_for(at)
    assert all(day.start <= at < day.end for day in days(at))


def test_a_window_is_its_day_and_what_may_be_counted_for_it_on_either_side() -> None:
    [day] = days(NOON)
    assert day.start == MIDNIGHT - timedelta(days=1, seconds=60)
    assert day.end == MIDNIGHT + timedelta(seconds=60)


@given(st.lists(st.floats(0, 0.4), max_size=60), st.integers(1, 6))
def test_no_second_has_more_requests_than_allowed(  # I18
    gaps: list[float], per_second: int
) -> None:
    now, booked = NOON, list[datetime]()
    for gap in gaps:
        now += timedelta(seconds=gap)
        latest = [at for at in reversed(booked) if at > now - SECOND]
        booked.append(slot(now=now, latest=latest, per_second=per_second))

    assert booked == sorted(booked)
    for early, late in zip(booked, booked[per_second:], strict=False):
        assert late - early >= SECOND


def test_a_second_is_little_longer_than_a_second() -> None:
    assert timedelta(seconds=1) < SECOND < timedelta(seconds=1.2)


def test_with_room_in_the_second_nobody_waits() -> None:
    assert slot(now=NOON, latest=[NOON] * 3, per_second=4) == NOON


def test_the_next_request_waits_for_the_oldest_of_the_second_only() -> None:
    latest = [NOON + timedelta(seconds=after) for after in (0.9, 0.6, 0.3, 0.0)]

    at = slot(now=latest[0], latest=latest, per_second=4)

    assert at == NOON + SECOND


@pytest.mark.parametrize("jitter", [0.0, 0.999])
@pytest.mark.parametrize("before", [timedelta(hours=3), -timedelta(seconds=30)])
def test_after_a_spent_day_work_begins_when_it_counts_for_the_new_one_only(
    jitter: float, before: timedelta
) -> None:
    begin = reopening(days(MIDNIGHT - before)[0], jitter=jitter)

    assert counted_for(begin) == ["03-10"]
    assert begin - MIDNIGHT < timedelta(minutes=6)


def test_the_longest_jitter_is_five_minutes() -> None:
    begin = reopening(days(NOON)[0], jitter=1.0)
    assert begin == MIDNIGHT + timedelta(minutes=6)


def test_neighbours_begin_their_day_well_apart() -> None:
    jitters = [jitter_of(number) for number in range(1, 9)]

    assert all(0 <= jitter < 1 for jitter in jitters)
    assert min(abs(a - b) for a, b in combinations(jitters, 2)) > 0.05


def test_the_purposes_stand_in_the_order_of_urgency() -> None:
    assert [purpose.name for purpose in sorted(Purpose)] == [
        "SUPPRESS",
        "REMOVE",
        "ADD",
        "UPDATE",
        "READ",
    ]
