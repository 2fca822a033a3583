from __future__ import annotations

from datetime import date, timedelta

from rollkeeper.web.charts import FLOOR, TOP, columns, lines

FIRST = date(2026, 3, 1)
LAST = FIRST + timedelta(days=9)


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


def test_a_line_goes_on_at_the_height_of_the_last_day_that_is_known() -> None:
    chart = lines({"Weekly": {day(2): 50, day(5): 100}}, first=FIRST, last=LAST)

    assert chart
    (one,) = chart.series
    assert one.values == [None, None, 50, 50, 50, 100, 100, 100, 100, 100]
    heights = [int(point.split(",")[1]) for point in one.points.split()]
    assert heights == [(TOP + FLOOR) // 2] * 3 + [TOP] * 5


def test_the_table_of_lines_has_the_days_on_which_something_changed() -> None:
    values = {"A": {day(0): 1, day(4): 2}, "B": {day(2): 5}}
    chart = lines(values, first=FIRST, last=LAST)

    assert chart
    assert chart.rows == [
        (day(0), [1, None]),
        (day(2), [1, 5]),
        (day(4), [2, 5]),
    ]


def test_no_line_is_drawn_through_a_single_day() -> None:
    assert lines({}, first=FIRST, last=LAST) is None
    assert lines({"A": {LAST: 3}}, first=FIRST, last=LAST) is None


def test_lists_without_anybody_are_drawn_at_the_floor() -> None:
    chart = lines({"A": {FIRST: 0}}, first=FIRST, last=LAST)

    assert chart
    assert chart.series[0].last[1] == FLOOR


def test_who_came_stands_above_the_line_and_who_went_hangs_below() -> None:
    chart = columns({day(1): (30, 10, 10), day(2): (1, 0, 0)}, first=FIRST, last=LAST)

    assert chart
    high, low = chart.columns[1], chart.columns[2]
    assert high.joined_y == TOP
    assert high.unsubscribed_y == chart.line + high.left_height
    assert abs(high.unsubscribed_y + high.unsubscribed_height - FLOOR) <= 1
    assert low.joined_height >= 2
    assert [one.day for one in chart.rows] == [day(1), day(2)]


def test_nothing_is_drawn_of_days_on_which_nothing_changed() -> None:
    assert columns({}, first=FIRST, last=LAST) is None
    assert columns({day(1): (0, 0, 0)}, first=FIRST, last=LAST) is None
