"""Temporary tables that hold the rows of the files, for this transaction only."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.backends.utils import CursorWrapper

from rollkeeper.directory.importing.rows import Row
from rollkeeper.directory.importing.tables import TABLES, Table

WRITTEN = "import_written"
"""The contacts that were written, and whether they are new."""


def create(cursor: CursorWrapper) -> None:
    """Make an empty staging table for each table, and those the merge works with."""
    for table in TABLES:
        columns = ", ".join(f"{name} {kind}" for name, kind in columns_of(table))
        cursor.execute(f"CREATE TEMP TABLE {name_of(table)} ({columns})")
    cursor.execute(
        f"CREATE TEMP TABLE {WRITTEN} (contact_id bigint PRIMARY KEY, created boolean)"
    )


def drop(cursor: CursorWrapper) -> None:
    names = ", ".join(name_of(table) for table in TABLES)
    cursor.execute(f"DROP TABLE {names}, {WRITTEN}")


def fill(cursor: CursorWrapper, table: Table, rows: Iterable[Row]) -> None:
    """Copy the rows as they come."""
    names = ", ".join(name for name, _ in columns_of(table))
    with cursor.copy(f"COPY {name_of(table)} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"ANALYZE {name_of(table)}")


def name_of(table: Table) -> str:
    return f"import_{table.name}"


def columns_of(table: Table) -> list[tuple[str, str]]:
    """Return name and SQL type of each column, in the order of a `Row`."""
    columns = [("line", "integer")]
    columns += [(column.name, column.sql_type) for column in table.columns]
    if table.ends_with_addresses:
        columns[-2:] = [("typed", "text[]"), ("mailboxes", "text[]")]
    if table.keeps_others:
        columns.append(("fields", "jsonb"))
    return columns
