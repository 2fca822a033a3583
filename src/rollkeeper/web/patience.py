"""How long one statement of a page may take.

A statement whose plan went wrong holds a thread of the web server for minutes, and a
few of them all threads. So PostgreSQL ends one after a while, and the page says so.
Only `config/wsgi.py` sets the limit: workers, commands and migrations have none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg.errors import QueryCanceled

log = structlog.get_logger()

Line = TypeVar("Line")

_NAME = "rollkeeper.web.patience"


def limit_statements(seconds: int) -> None:
    """Let no statement of this process take longer, on connections made from now on.

    With 0 seconds there is no limit.
    """

    def on_connection(*, connection: Any, **_more: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_SET, [f"{seconds}s"])

    connection_created.connect(on_connection, weak=False, dispatch_uid=_NAME)


_SET = "SELECT set_config('statement_timeout', %s, false)"


@contextmanager
def without_limit() -> Iterator[None]:
    """Lift the limit, for what may well take minutes: a file of everybody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        (before,) = cursor.fetchone()
        cursor.execute(_SET, ["0"])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(_SET, [before])


def read_without_limit(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield them, also after the view has ended."""
    with without_limit():
        yield from lines


class TooLong:
    """Answers with a page that says what to do, where a statement took too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not _took_too_long(exception):
            return None
        match = request.resolver_match
        log.error(
            "statement_took_too_long",
            page=match.view_name if match else None,
            method=request.method,
            where=_where(exception),
        )
        return render(request, "web/too_long.html", status=503)


def _took_too_long(exception: Exception) -> bool:
    return isinstance(exception, OperationalError) and isinstance(
        exception.__cause__, QueryCanceled
    )


def _where(exception: Exception) -> str:
    """Return the line of ours that asked the database."""
    ours, traceback = "", exception.__traceback__
    while traceback:
        module = traceback.tb_frame.f_globals.get("__name__", "")
        if module.startswith("rollkeeper.") and module != __name__:
            ours = f"{module}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return ours
