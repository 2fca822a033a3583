"""What no log may hold: these canaries must never come out."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from rollkeeper.config import logs

ADDRESS = "ann.o'neil+news@members.example"
TOKEN = "canary-token-0123456789"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, as it would reach a file."""
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers, root.level
    root.handlers = []
    logs.configure(stream=stream)
    yield stream
    root.handlers = before
    root.setLevel(level)
    structlog.reset_defaults()


def events(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_an_event_is_one_line_with_its_keys(written: io.StringIO) -> None:
    structlog.get_logger().info("change_applied", run=7, state="sending", kind="add")

    [event] = events(written)
    assert event["event"] == "change_applied"
    assert (event["run"], event["state"], event["kind"]) == (7, "sending", "add")
    assert event["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    "told",
    [
        {"mailbox": ADDRESS},
        {"why": f"no such contact: <{ADDRESS}>"},
        {"found": [{"deep": (ADDRESS,)}]},
        {"found": {ADDRESS: 1}},
        {"asked": "GET /v3/contacts?email=ann%2Bnews%40members.example&limit=1"},
    ],
)
def test_an_address_is_taken_out_wherever_it_stands(
    written: io.StringIO, told: dict[str, Any]
) -> None:
    structlog.get_logger().info("looked", **told)

    assert "members.example" not in written.getvalue()
    assert logs.REMOVED in written.getvalue()


@pytest.mark.parametrize(
    "told",
    [
        {"access_token": TOKEN},
        {"client_secret": TOKEN},
        {"headers": {"Authorization": TOKEN, "Cookie": TOKEN}},
        {"url": f"https://chamber.example/callback?code={TOKEN}&state={TOKEN}"},
        {"body": f'{{"refresh_token": "{TOKEN}", "expires_in": 5}}'},
        {"header": f"Bearer {TOKEN}"},
        {"why": f"password={TOKEN}"},
    ],
)
def test_a_secret_is_taken_out_wherever_it_stands(
    written: io.StringIO, told: dict[str, Any]
) -> None:
    structlog.get_logger().info("asked", **told)

    assert TOKEN not in written.getvalue()


def test_what_others_log_goes_the_same_way(written: io.StringIO) -> None:
    logging.getLogger("some.library").warning(
        "mail to %s failed", ADDRESS, extra={"token": TOKEN, "attempt": 3}
    )

    [event] = events(written)
    assert event["event"] == f"mail to {logs.REMOVED} failed"
    assert event["attempt"] == 3
    assert TOKEN not in written.getvalue()


def test_an_exception_is_told_without_what_it_holds(written: io.StringIO) -> None:
    try:
        raise ValueError(f"Key (mailbox)=({ADDRESS}) exists, token={TOKEN}")
    except ValueError:
        structlog.get_logger().exception("run_failed")

    [event] = events(written)
    assert "ValueError" in event["exception"]
    assert ADDRESS not in written.getvalue()
    assert TOKEN not in written.getvalue()


def test_a_line_break_in_a_value_cannot_forge_a_line(written: io.StringIO) -> None:
    structlog.get_logger().info("read", title='x\n{"event": "forged"}')

    assert [event["event"] for event in events(written)] == ["read"]


def test_configuring_twice_writes_once(written: io.StringIO) -> None:
    logs.configure(stream=written)
    structlog.get_logger().info("begun")

    assert len(events(written)) == 1
