"""The record of all calls, and of what a careful client must never do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from mailtwin.clock import day, stamp
from mailtwin.exchange import Answer, Call, Json, Remarks, Violation

SCHEMA = """
CREATE TABLE IF NOT EXISTS call (
    n INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    day TEXT NOT NULL,
    api_key TEXT,
    account TEXT,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    query TEXT NOT NULL,
    status INTEGER,
    error_key TEXT,
    bytes INTEGER NOT NULL,
    rows INTEGER,
    fault TEXT
);
CREATE INDEX IF NOT EXISTS call_by_day ON call (day, api_key);
CREATE TABLE IF NOT EXISTS violation (
    n INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    api_key TEXT
);
"""


class Recorder:
    """Writes down each call with its sizes; bodies and tokens are not kept."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def record(
        self, call: Call, answer: Answer | None, remarks: Remarks, fault: str | None
    ) -> None:
        """Note one call. *answer* is None when the caller never got one."""
        query = "&".join(f"{name}={value}" for name, value in call.query.items())
        with self._database:
            self._database.execute(
                "INSERT INTO call (at, day, api_key, account, method, path, query,"
                " status, error_key, bytes, rows, fault)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    call.at,
                    day(call.at),
                    remarks.api_key,
                    remarks.account,
                    call.method,
                    call.path,
                    query,
                    answer.status if answer else None,
                    _error_key(answer),
                    len(call.body),
                    remarks.rows,
                    fault,
                ),
            )
            self._note(call, remarks.api_key, remarks.violations)

    def _note(
        self, call: Call, api_key: str | None, violations: Iterable[Violation]
    ) -> None:
        self._database.executemany(
            "INSERT INTO violation (at, kind, detail, method, path, api_key)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (call.at, each.kind, each.detail, call.method, call.path, api_key)
                for each in violations
            ],
        )

    def calls(self, *, after: int = 0) -> list[dict[str, Json]]:
        """Return the calls numbered above *after*, oldest first."""
        rows = self._database.execute(
            "SELECT n, at, api_key, account, method, path, query, status, error_key,"
            " bytes, rows, fault FROM call WHERE n > ? ORDER BY n",
            (after,),
        )
        return [{**dict(row), "at": stamp(row["at"])} for row in rows]

    def per_day(self) -> list[dict[str, Json]]:
        """Return how many calls each API key made on each UTC day, refused or not."""
        rows = self._database.execute(
            "SELECT day, api_key, count(*) AS calls FROM call"
            " WHERE api_key IS NOT NULL AND path LIKE '/v3/%'"
            " GROUP BY day, api_key ORDER BY day, api_key"
        )
        return [dict(row) for row in rows]

    def violations(self) -> list[dict[str, Json]]:
        rows = self._database.execute("SELECT * FROM violation ORDER BY n")
        return [{**dict(row), "at": stamp(row["at"])} for row in rows]

    def forget_calls(self) -> None:
        with self._database:
            self._database.execute("DELETE FROM call")

    def forget_violations(self) -> None:
        with self._database:
            self._database.execute("DELETE FROM violation")


def _error_key(answer: Answer | None) -> str | None:
    body = answer.body if answer else None
    if isinstance(body, list) and body and isinstance(body[0], dict):
        body = body[0]
    if isinstance(body, dict):
        return body.get("error_key") or body.get("error")
    return None
