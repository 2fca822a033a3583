"""Nights: plan one, hold it up, give it up, begin it once, see it end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from attrs import frozen
from django.db import connection as database
from django.db import transaction

from rollkeeper.ledger.models import NightState

# What waits has had no run; the constraints see to it that it gets one at most.
_WAITS = "night.state IN ('planned', 'carried_over', 'not_possible')"
_UNDER_WAY = "night.started_at IS NOT NULL AND night.finished_at IS NULL"

_OF_UNWANTED = """
    {} connections_connection AS connection, ledger_newslettersettings AS settings
     WHERE connection.id = night.connection_id
       AND settings.association_id = connection.association_id
       AND (NOT settings.nightly OR settings.solution <> connection.provider)
"""

NIGHTLY = "rule:night"
"""Who asked for a night's run."""


@frozen(kw_only=True)
class NightOf:
    """Names a night of a connection."""

    connection_id: int
    night: date


@frozen(kw_only=True)
class Planned:
    """A night that is to come."""

    association_id: int
    of: NightOf
    starts_at: datetime
    held_up: str = ""
    note: str = ""


def plan(nights: Sequence[Planned], *, state: NightState = NightState.PLANNED) -> None:
    """Write down which nights there are. Those that there are already stay."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ledger_night (association_id, connection_id, night, starts_at,
                                      state, requests, held_up, note)
            SELECT new.association_id, new.connection_id, new.night, new.starts_at,
                   %s, 0, new.held_up, new.note
              FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::timestamptz[],
                          %s::text[], %s::text[])
                AS new (association_id, connection_id, night, starts_at, held_up, note)
                ON CONFLICT DO NOTHING
            """,
            [
                state,
                [one.association_id for one in nights],
                [one.of.connection_id for one in nights],
                [one.of.night for one in nights],
                [one.starts_at for one in nights],
                [one.held_up for one in nights],
                [one.note for one in nights],
            ],
        )


@transaction.atomic
def give_up(
    given_up: Sequence[Planned], instead: Sequence[Planned], *, reason: str
) -> None:
    """Have other nights make up for some that were missed.

    *reason* is why, of those about which nothing else is known.
    """
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE ledger_night AS night
               SET state = %s, note = missed.note,
                   held_up = coalesce(nullif(night.held_up, ''), %s)
              FROM unnest(%s::bigint[], %s::date[], %s::text[])
                AS missed (connection_id, night, note)
             WHERE night.connection_id = missed.connection_id
               AND night.night = missed.night AND {_WAITS}
            """,
            [
                NightState.MISSED,
                reason,
                [one.of.connection_id for one in given_up],
                [one.of.night for one in given_up],
                [one.note for one in given_up],
            ],
        )
    plan(given_up, state=NightState.MISSED)
    plan(instead)


def move(nights: Sequence[Planned]) -> None:
    """Note other times for nights that wait, as their windows were changed."""
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE ledger_night AS night
               SET starts_at = moved.starts_at,
                   held_up = concat_ws(' ', nullif(night.held_up, ''),
                                       nullif(moved.held_up, ''))
              FROM unnest(%s::bigint[], %s::date[], %s::timestamptz[], %s::text[])
                AS moved (connection_id, night, starts_at, held_up)
             WHERE night.connection_id = moved.connection_id
               AND night.night = moved.night AND {_WAITS}
            """,
            [
                [one.of.connection_id for one in nights],
                [one.of.night for one in nights],
                [one.starts_at for one in nights],
                [one.held_up for one in nights],
            ],
        )


def hold_up(night: NightOf, *, state: NightState, why: str, requests: int = 0) -> None:
    """Note why a night that is due cannot begin. What was said before stays, and
    nothing is said twice."""
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE ledger_night AS night
               SET state = %s, requests = %s,
                   held_up = concat_ws(' ', nullif(held_up, ''), %s)
             WHERE connection_id = %s AND night = %s AND {_WAITS}
               AND NOT (state = %s AND strpos(held_up, %s) > 0)
            """,
            [state, requests, why, night.connection_id, night.night, state, why],
        )


def begin(
    night: NightOf, *, state: NightState, at: datetime, requests: int, why: str = ""
) -> bool:
    """Begin a night that waits, and return True; False if somebody else has begun it.

    *why* is what made it late, where nothing was noted before.
    """
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE ledger_night AS night
               SET state = %s, started_at = %s, requests = %s,
                   held_up = coalesce(nullif(held_up, ''), %s)
             WHERE connection_id = %s AND night = %s AND {_WAITS}
            """,
            [state, at, requests, why, night.connection_id, night.night],
        )
        return int(cursor.rowcount) == 1


@transaction.atomic
def drop_unwanted() -> None:
    """Plan no more nights for those that want none: switched off, or no newsletter.

    One that was held up meanwhile is not made up for any more.
    """
    with database.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM ledger_night AS night {_OF_UNWANTED.format('USING')}"
            " AND night.state = 'planned'"
        )
        cursor.execute(
            f"UPDATE ledger_night AS night SET state = %s, note = %s"
            f" {_OF_UNWANTED.format('FROM')} AND {_WAITS}",
            [
                NightState.MISSED,
                "Nightly runs were switched off before it was made up.",
            ],
        )


def follow_runs(connection_id: int | None = None) -> None:
    """Note which runs took up the nights that were begun, and which of them ended.

    Nobody works on a connection while its night is begun, so it is the next run that
    takes it up; and if that one does not end well, those after it.
    """
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE ledger_night AS night
               SET run_id = taken.id,
                   finished_at = CASE WHEN taken.well THEN taken.finished_at END
              FROM (
                   SELECT this.id AS night_id, run.*
                     FROM ledger_night AS this
                    CROSS JOIN LATERAL (
                          SELECT id, finished_at,
                                 state IN ('done', 'done_with_exceptions') AS well
                            FROM ledger_run
                           WHERE connection_id = this.connection_id
                             AND started_at >= this.started_at
                             AND kind NOT IN ('pull', 'look', 'asking')
                           ORDER BY well DESC, CASE WHEN state IN
                                    ('done', 'done_with_exceptions')
                                    THEN id ELSE -id END
                           LIMIT 1) AS run
                    WHERE this.started_at IS NOT NULL AND this.finished_at IS NULL
                      AND (%s::bigint IS NULL OR this.connection_id = %s)) AS taken
             WHERE night.id = taken.night_id
               AND (night.run_id IS DISTINCT FROM taken.id OR taken.well)
            """,
            [connection_id, connection_id],
        )


def is_under_way(connection_id: int) -> bool:
    """Was a night begun that no run has brought to its end?"""
    with database.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM ledger_night AS night"
            f" WHERE connection_id = %s AND {_UNDER_WAY})",
            [connection_id],
        )
        return bool(cursor.fetchone()[0])
