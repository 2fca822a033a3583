"""A page whose statement takes too long is given up, and says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.db.backends.signals import connection_created
from django.test import Client
from structlog.testing import capture_logs
from tests.builders import an_association
from tests.web.people import a_person, signed_in

from rollkeeper.web import patience
from rollkeeper.web.patience import limit_statements, without_limit


@pytest.fixture
def limited() -> Iterator[Any]:
    """A connection of a process that lets no statement take longer than a second."""
    limit_statements(1)
    fresh = connections.create_connection("default")
    fresh.inc_thread_sharing()
    yield fresh
    fresh.close()
    connection_created.disconnect(dispatch_uid=patience.__name__)


@pytest.mark.django_db
def test_a_statement_that_takes_too_long_is_ended(limited: Any) -> None:
    with limited.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("SELECT pg_sleep(60)")
    with limited.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_a_file_of_everybody_may_take_its_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '7s'")
    with without_limit():
        assert timeout() == "0"
    assert timeout() == "7s"


def timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


def asleep(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    """Let whatever asks for contacts wait for a minute."""
    if 'FROM "directory_contact"' in sql:
        _params, many, context = rest
        return execute("SELECT pg_sleep(60)", None, many, context)
    return execute(sql, *rest)


@pytest.mark.django_db(transaction=True)
def test_the_page_says_what_to_do_and_the_log_where_it_was() -> None:
    client: Client = signed_in(a_person(an_association()))
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '300ms'")
    try:
        with connection.execute_wrapper(asleep), capture_logs() as logs:
            answer = client.get("/contacts/?q=ann")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")

    assert answer.status_code == 503
    assert "Try again, or search for less." in answer.content.decode()
    (event,) = (one for one in logs if one["event"] == "statement_took_too_long")
    assert (event["page"], event["method"]) == ("contacts", "GET")
    assert event["where"].startswith("rollkeeper.")
    assert "ann" not in str(event)
