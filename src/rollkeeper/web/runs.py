"""A run as its row in a table says it, and the last ones as a small chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from attrs import frozen
from django.template.defaultfilters import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rollkeeper.engine.done import done
from rollkeeper.engine.spoken import Spoken
from rollkeeper.engine.stored import told
from rollkeeper.ledger.models import Run, RunKind, RunState
from rollkeeper.ledger.services.nights import NIGHTLY
from rollkeeper.web.words import count

MOODS = {
    RunState.RUNNING: "going",
    RunState.DONE: "true",
    RunState.DONE_WITH_EXCEPTIONS: "need",
    RunState.WILL_TRY_AGAIN: "going",
    RunState.RECONNECT_NEEDED: "stop",
    RunState.FAILED: "stop",
}

WHAT = Spoken(
    {
        RunKind.CHANGES: gettext_noop("Changes"),
        RunKind.EVERYTHING: gettext_noop("Full comparison"),
        RunKind.AUDIENCE: gettext_noop("One list"),
        RunKind.PULL: gettext_noop("Unsubscribes"),
        RunKind.LOOK: gettext_noop("Reading your account"),
        RunKind.ASKING: gettext_noop("Asking to subscribe again"),
    }
)

NOTHING = Spoken(
    {
        RunState.RUNNING: gettext_noop("Not finished yet"),
        RunState.DONE: gettext_noop("Nothing had to change"),
    }
)


@frozen(kw_only=True)
class RunRow:
    """What staff read of a run."""

    id: int
    started_at: datetime
    what: str
    who: str
    mood: str
    ending: str
    did: str
    requests: int
    message: str


def what_of(kind: RunKind) -> str:
    """Return what runs of the kind are called."""
    return WHAT[kind]


def row_of(run: Run) -> RunRow:
    return RunRow(
        id=run.pk,
        started_at=run.started_at,
        what=WHAT[RunKind(run.kind)],
        who=actor_in_words(run.by),
        mood=MOODS[RunState(run.state)],
        ending=run.get_state_display(),
        did=did(run.counts)
        or NOTHING.get(RunState(run.state), _("Nothing was changed")),
        requests=run.requests,
        message=told(run.message),
    )


def did(counts: Mapping[str, int]) -> str:
    """Say what changed, in one line; nothing when nothing did."""
    return capfirst(", ".join(done(counts)))


def actor_in_words(by: str) -> str:
    """Say who it was: a person by name, a rule by what it is."""
    if by == NIGHTLY:
        return _("the nightly run")
    kind, _colon, name = by.partition(":")
    return _("itself") if kind == "rule" or not name else name


HEIGHT, FLOOR, STEP, WIDTH = 120, 140, 40, 26
MOST = 12
"""Runs that fit side by side; fewer leave room at the right."""


@frozen(kw_only=True)
class Bar:
    """One run in the chart, in the units of its view box."""

    x: int
    middle: int
    arrived: int
    ended: int
    arrived_y: int
    ended_y: int
    label: datetime
    title: str


@frozen(kw_only=True)
class Chart:
    bars: Sequence[Bar]
    width: int
    bar_width: int = WIDTH
    floor: int = FLOOR
    height: int = FLOOR + 22


def chart(runs: Iterable[Run]) -> Chart:
    """Draw who arrived and who ended in each run, the oldest at the left."""
    figures = [(run, run.counts.get("add", 0), _ended(run)) for run in runs]
    most = max((added + ended for _, added, ended in figures), default=0) or 1
    bars = []
    for n, (run, added, ended) in enumerate(reversed(figures)):
        up, down = (_height(value, most) for value in (added, ended))
        bars.append(
            Bar(
                x=n * STEP + (STEP - WIDTH) // 2,
                middle=n * STEP + STEP // 2,
                arrived=up,
                ended=down,
                arrived_y=FLOOR - up,
                ended_y=FLOOR - up - down,
                label=run.started_at,
                title=_("%(added)s added, %(ended)s ended")
                % {"added": count(added), "ended": count(ended)},
            )
        )
    return Chart(bars=bars, width=max(len(bars), MOST) * STEP)


def _ended(run: Run) -> int:
    return int(run.counts.get("remove", 0) + run.counts.get("disable", 0))


def _height(value: int, most: int) -> int:
    """At least a line for anything, so that one change among thousands shows."""
    return max(round(HEIGHT * value / most), 2) if value else 0
