"""A bar for each day and key, in the units of the drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from mailtwin.exchange import Json

WIDTH = 400
STEP = 28


@frozen(kw_only=True)
class Bar:
    """One line of the chart: its label, its number, where it is and how long."""

    label: str
    calls: int
    y: int
    width: float
    over: bool


def bars(per_day: Sequence[Mapping[str, Json]], *, most: int) -> list[Bar]:
    """Return a bar for each day and key; those of more than *most* calls are over."""
    longest = max((row["calls"] for row in per_day), default=1)
    return [
        Bar(
            label=f"{row['day']} {row['api_key']}",
            calls=row["calls"],
            y=number * STEP,
            width=max(1.0, round(WIDTH * row["calls"] / longest, 1)),
            over=row["calls"] > most,
        )
        for number, row in enumerate(per_day)
    ]
