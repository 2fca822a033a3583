"""Has everything compared once a night, for each connection that wants it.

Asked every minute by the clock. What is left to do stands in the nights' own rows, so
that nothing is lost while no worker runs, and two that ask at once begin one run.

A night begins in a transaction that holds the connection's lock: no run is under way
then, and none can begin before the wish is durable. So the next run takes it up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final, TypeAlias

import structlog
from attrs import frozen
from django.db import connection as database
from django.db import transaction

from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import ConnectionState
from rollkeeper.core.night import DAY, Due, Step
from rollkeeper.engine.coordinator import LOCK_SPACE
from rollkeeper.engine.nights.costs import Quota, costs, quota
from rollkeeper.engine.nights.standings import Standing, standings
from rollkeeper.engine.reconcile import NotConnected
from rollkeeper.ledger.models import NightState
from rollkeeper.ledger.services import nights
from rollkeeper.ledger.services.nights import Planned
from rollkeeper.providers.port import Capabilities

log = structlog.get_logger()

NO_WORKER: Final = "No worker ran in its window."
WINDOW_MOVED: Final = "The window was changed when this night's had passed."
BUSY: Final = "Another run was at work when its time came."

Found: TypeAlias = tuple[Standing, Step]


@frozen(kw_only=True)
class Watch:
    """What looking after the nights takes from outside."""

    capabilities: Callable[[str], Capabilities]
    ask: Callable[[int], None]
    """Has a worker compare everything of a connection, by `nights.NIGHTLY`. It joins
    the transaction it is called in."""
    now: Callable[[], datetime] = database_time

    def look(self) -> int:
        """Plan the nights that come, begin those that are due; return how many."""
        nights.follow_runs()
        nights.drop_unwanted()
        now = self.now()
        found = [(one, one.step(now)) for one in standings()]
        _plan(found, now)
        return self._begin_due(found)

    def _begin_due(self, found: Sequence[Found]) -> int:
        begun, possible = 0, list[Found]()
        due = [(one, step) for one, step in found if step.due is not Due.NOT_YET]
        for one, step in sorted(due, key=_longest_due):
            if one.state == ConnectionState.CONNECTED:
                possible.append((one, step))
            else:
                _hold_up(one, step, NightState.NOT_POSSIBLE, _not_connected(one))
        quotas: dict[int, Quota] = {}
        expected = self._costs(possible)
        for one, step in possible:
            key = one.application_id
            quotas[key] = left = quotas.get(key) or quota(key)
            takes, there_are = expected[one.connection_id], left.left(one.connection_id)
            if takes > there_are:
                why = _not_enough(takes, there_are)
                _hold_up(one, step, NightState.CARRIED_OVER, why, takes)
            elif self._begin(one, step, takes):
                left.expect(takes)
                begun += 1
        return begun

    def _costs(self, possible: Sequence[Found]) -> dict[int, int]:
        """Return what each takes; for those carried over, what was found before."""
        known = {
            one.connection_id: one.waits.requests
            for one, step in possible
            if one.waits and one.waits.night == step.night and one.waits.requests
        }
        new = [one for one, _ in possible if one.connection_id not in known]
        return {**known, **costs(new, self.capabilities)}

    def _begin(self, one: Standing, step: Step, takes: int) -> bool:
        over = step.due is Due.OVER
        try:
            with transaction.atomic():
                if not _nobody_works_on(one.connection_id):
                    _note_busy(one, step)
                    return False
                begun = nights.begin(
                    one.of(step.night),
                    state=NightState.MADE_UP if over else NightState.STARTED,
                    at=self.now(),
                    requests=takes,
                    why=NO_WORKER if over else "",
                )
                if begun:
                    # Nobody may look for days: what is planned by then is missed.
                    nights.plan([one.planned(step.night + DAY)])
                    self.ask(one.connection_id)
        except NotConnected:  # since we looked; the next look says so
            return False
        if begun:
            log.info("night_begun", connection=one.connection_id, night=str(step.night))
        return begun


def asker(connection_id: int, by: str) -> str:
    """Return who asks for a run: the night, as long as one is under way, else *by*."""
    nights.follow_runs(connection_id)
    return nights.NIGHTLY if nights.is_under_way(connection_id) else by


def _longest_due(found: Found) -> tuple[date, datetime, int]:
    one, step = found
    starts = one.window.starts(step.night, one.association_id)
    return step.night, starts, one.connection_id


def _plan(found: Sequence[Found], now: datetime) -> None:
    """Have each connection wait for its next night, at the time it has by now."""
    if new := [(one, step) for one, step in found if one.waits is None]:
        nights.plan([one.planned(step.night) for one, step in new])
    if moved := [(one, step) for one, step in found if _is_moved(one, step)]:
        nights.move([_moved(one, step, now) for one, step in moved])
    if given_up := [(one, step) for one, step in found if step.given_up]:
        _give_up(given_up)


def _is_moved(one: Standing, step: Step) -> bool:
    if one.waits is None or one.waits.night != step.night:
        return False
    return one.waits.starts_at != one.window.starts(step.night, one.association_id)


def _moved(one: Standing, step: Step, now: datetime) -> Planned:
    was_to_come = one.waits is not None and one.waits.starts_at > now
    passed = was_to_come and step.due is Due.OVER
    return one.planned(step.night, held_up=WINDOW_MOVED if passed else "")


def _give_up(found: Sequence[Found]) -> None:
    nights.give_up(
        [
            one.planned(
                night,
                held_up=NO_WORKER,
                note=f"The night of {step.night} makes up for it.",
            )
            for one, step in found
            for night in step.given_up
        ],
        instead=[
            one.planned(step.night, note=_makes_up(one, step)) for one, step in found
        ],
        reason=NO_WORKER,
    )


def _makes_up(one: Standing, step: Step) -> str:
    first, last = step.given_up[0], step.given_up[-1]
    which = f"night of {first}" if first == last else f"nights of {first} to {last}"
    why = (one.waits and one.waits.held_up) or NO_WORKER
    return f"Makes up for the {which}. {why}"


def _hold_up(
    one: Standing, step: Step, state: NightState, why: str, requests: int = 0
) -> None:
    """Say it once for each reason, however often it is looked at."""
    waits = one.waits if one.waits and one.waits.night == step.night else None
    if waits and waits.state == state:
        return
    if step.due is Due.OVER and not (waits and waits.held_up):
        why = f"{NO_WORKER} {why}"
    nights.hold_up(one.of(step.night), state=state, why=why, requests=requests)


def _note_busy(one: Standing, step: Step) -> None:
    waits = one.waits if one.waits and one.waits.night == step.night else None
    if waits is None or BUSY not in waits.held_up:
        state = waits.state if waits else NightState.PLANNED
        nights.hold_up(one.of(step.night), state=state, why=BUSY)


def _nobody_works_on(connection_id: int) -> bool:
    """Take the connection's lock until the transaction ends, if it is free."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_SPACE, connection_id]
        )
        return bool(cursor.fetchone()[0])


def _not_connected(one: Standing) -> str:
    reason = f" {one.reason}" if one.reason else ""
    return f"{one.state.label}.{reason}"


def _not_enough(takes: int, there_are: int) -> str:
    return (
        f"It takes about {takes:,} requests, and {there_are:,} are left for this"
        " account today."
    )
