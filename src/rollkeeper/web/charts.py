"""Small charts as numbers for an SVG, and the same numbers as a table.

The units are those of the view box; colours come from the style sheet by class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from attrs import frozen

WIDTH, HEIGHT = 560, 210
LEFT, RIGHT, TOP, FLOOR = 54, 8, 14, 176
"""The frame of what is drawn within the view box."""


@frozen(kw_only=True)
class Mark:
    """A word beside an axis."""

    at: int
    day: date | None = None
    value: int | None = None


@frozen(kw_only=True)
class Series:
    """One line: its name, its points, and the class of its colour."""

    name: str
    number: int
    points: str
    last: tuple[int, int]
    """Where the newest point is."""
    values: Sequence[int | None]
    """By day; None where nothing is known yet."""


@frozen(kw_only=True)
class Lines:
    series: Sequence[Series]
    days: Sequence[date]
    along: Sequence[Mark]
    up: Sequence[Mark]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = FLOOR

    @property
    def rows(self) -> list[tuple[date, list[int | None]]]:
        """The table: for each day on which a value changed, those of all series."""
        rows = [
            (day, [one.values[n] for one in self.series])
            for n, day in enumerate(self.days)
        ]
        return [row for n, row in enumerate(rows) if not n or row[1] != rows[n - 1][1]]


def lines(
    values: Mapping[str, Mapping[date, int]], *, first: date, last: date
) -> Lines | None:
    """Draw each named series from *first* to *last*; a day without a value has that of
    the day before. None when there are not two days to draw a line between."""
    days = _days(first, last)
    known = {name: _carried(those, days) for name, those in values.items()}
    most = max((one or 0 for those in known.values() for one in those), default=0) or 1
    series = [
        _series(name, number, those, most)
        for number, (name, those) in enumerate(known.items(), 1)
        if sum(one is not None for one in those) > 1
    ]
    if not series:
        return None
    return Lines(series=series, days=days, along=_along(days), up=_up(most))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _carried(values: Mapping[date, int], days: Sequence[date]) -> list[int | None]:
    found: list[int | None] = []
    for day in days:
        found.append(values.get(day, found[-1] if found else None))
    return found


def _series(name: str, number: int, values: Sequence[int | None], most: int) -> Series:
    points = [
        (_x(n, len(values)), _y(value, most))
        for n, value in enumerate(values)
        if value is not None
    ]
    return Series(
        name=name,
        number=number,
        points=" ".join(f"{x},{y}" for x, y in points),
        last=points[-1],
        values=values,
    )


@frozen(kw_only=True)
class Column:
    """A day: what came stands above the line, what went hangs below it."""

    day: date
    x: int
    joined: int
    left: int
    unsubscribed: int
    joined_y: int
    joined_height: int
    left_height: int
    unsubscribed_y: int
    unsubscribed_height: int

    @property
    def gone(self) -> int:
        return self.left + self.unsubscribed


@frozen(kw_only=True)
class Columns:
    columns: Sequence[Column]
    along: Sequence[Mark]
    up: Sequence[Mark]
    """The most who joined on a day, and nobody."""
    line: int
    """Where nothing changed."""
    column_width: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    floor: int = FLOOR

    @property
    def rows(self) -> list[Column]:
        """The table: the days on which anything changed."""
        return [one for one in self.columns if one.joined or one.gone]


def columns(
    changes: Mapping[date, tuple[int, int, int]], *, first: date, last: date
) -> Columns | None:
    """Draw who joined, left and unsubscribed on each day; None when nobody did."""
    days = _days(first, last)
    up = max((changes[day][0] for day in days if day in changes), default=0)
    down = max((sum(changes[day][1:]) for day in days if day in changes), default=0)
    if not up + down:
        return None
    scale = (FLOOR - TOP) / (up + down)
    line = TOP + round(up * scale)
    return Columns(
        columns=[
            _column(day, _slot(n, len(days)), changes.get(day, (0, 0, 0)), line, scale)
            for n, day in enumerate(days)
        ],
        along=_along(days),
        up=[Mark(at=TOP, value=up), Mark(at=line, value=0)] if up else [],
        line=line,
        column_width=max((WIDTH - LEFT - RIGHT) // len(days) - 4, 3),
    )


def _column(
    day: date, x: int, change: tuple[int, int, int], line: int, scale: float
) -> Column:
    joined, left, unsubscribed = change
    up, down, far = (_tall(one, scale) for one in change)
    return Column(
        day=day,
        x=x,
        joined=joined,
        left=left,
        unsubscribed=unsubscribed,
        joined_y=line - up,
        joined_height=up,
        left_height=down,
        unsubscribed_y=line + down,
        unsubscribed_height=far,
    )


def _tall(value: int, scale: float) -> int:
    """At least a line for anything, so that one among thousands shows."""
    return max(round(value * scale), 2) if value else 0


def _x(n: int, of: int) -> int:
    return LEFT + round((WIDTH - LEFT - RIGHT) * n / max(of - 1, 1))


def _slot(n: int, of: int) -> int:
    """Where the column of a day begins."""
    return LEFT + round((WIDTH - LEFT - RIGHT) * n / of) + 2


def _y(value: int, most: int) -> int:
    return FLOOR - round((FLOOR - TOP) * value / most)


def _along(days: Sequence[date]) -> list[Mark]:
    """The first day, the last one, and one between."""
    those = sorted({0, (len(days) - 1) // 2, len(days) - 1})
    return [Mark(at=_x(n, len(days)), day=days[n]) for n in those]


def _up(most: int) -> list[Mark]:
    return [Mark(at=_y(value, most), value=value) for value in (0, most)]
