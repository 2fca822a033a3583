"""The nights of an association as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from attrs import frozen
from django.utils import timezone
from django.utils.translation import gettext as _

from rollkeeper.engine.stored import told
from rollkeeper.ledger.nightly import NightReport, nights
from rollkeeper.ledger.states import NightState
from rollkeeper.web.runs import did
from rollkeeper.web.words import clock, count

MOODS = {
    NightState.PLANNED: "going",
    NightState.CARRIED_OVER: "going",
    NightState.NOT_POSSIBLE: "need",
    NightState.STARTED: "true",
    NightState.MADE_UP: "need",
    NightState.MISSED: "need",
}

SHOWN = 7
MINUTE = timedelta(minutes=1)


@frozen(kw_only=True)
class NightRow:
    """What staff read of a night."""

    night: date
    mood: str
    state: str
    run_id: int | None
    began: str
    did: str
    remark: str


def rows() -> Sequence[NightRow]:
    """Return the last nights of the association in scope, the newest first."""
    return [_row(one, timezone.now()) for one in nights(SHOWN)]


def _row(one: NightReport, now: datetime) -> NightRow:
    return NightRow(
        night=one.night,
        mood=MOODS[one.state],
        state=str(one.state.label),
        run_id=one.run_id,
        began=_began(one, now),
        did=_did(one),
        remark=told(one.remark),
    )


def _began(one: NightReport, now: datetime) -> str:
    if one.started_at is None:
        if one.state is NightState.MISSED:
            return _("Did not begin")
        return _("To begin %(starts_at)s") % {"starts_at": clock(one.starts_at, now)}
    said = _("Began %(started_at)s") % {"started_at": clock(one.started_at, now)}
    if one.took is None:
        return said
    minutes = one.took // MINUTE
    took = count(minutes, "minute") if minutes else _("seconds")
    return _("%(began)s, took %(took)s") % {"began": said, "took": took}


def _did(one: NightReport) -> str:
    """What its run changed, and what of it is not done."""
    if one.run_id is None:
        return ""
    said = [did(one.counts) or _("Nothing had to change")]
    said += [_("%(held)s held for you") % {"held": count(one.held)}] if one.held else []
    said += (
        [_("%(waiting)s on their way") % {"waiting": count(one.waiting)}]
        if one.waiting
        else []
    )
    return ", ".join(said)
