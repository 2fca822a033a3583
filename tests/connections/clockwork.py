"""PostgreSQL's own clock, set to another time for this session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection as database


@contextmanager
def database_clock_at(at: datetime) -> Iterator[None]:
    """Let the time be *at* and go on from there, for whoever asks `clock_timestamp`."""
    with database.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS another_time")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION another_time.clock_timestamp()"
            " RETURNS timestamptz LANGUAGE sql VOLATILE AS"
            " $$ SELECT pg_catalog.clock_timestamp() + %s * interval '1 s' $$",
            [(at - _now()).total_seconds()],
        )
        cursor.execute("SET search_path = another_time, pg_catalog, public")
    try:
        yield
    finally:
        with database.cursor() as cursor:
            cursor.execute("RESET search_path")
            cursor.execute("DROP SCHEMA another_time CASCADE")


def _now() -> datetime:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
