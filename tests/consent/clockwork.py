"""The database's time, told by a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection

NOON = datetime(2025, 3, 9, 12, 0, tzinfo=UTC)

_CLOCK = """
    CREATE SCHEMA told;
    CREATE FUNCTION told.statement_timestamp() RETURNS timestamptz
        LANGUAGE sql AS $$ SELECT current_setting('told.now')::timestamptz $$;
    SET LOCAL search_path = told, public, pg_catalog
"""


def install() -> None:
    """Until the transaction ends the database's time is what it is told; noon first."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOCK)
    tell(timedelta(0))


def tell(after_noon: timedelta) -> None:
    with connection.cursor() as cursor:
        now = (NOON + after_noon).isoformat()
        cursor.execute("SELECT set_config('told.now', %s, true)", [now])
