"""What the web server itself logs goes through the same sieve."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from gunicorn.config import Config  # type: ignore[import-untyped]  # has no types

from rollkeeper.config import logs
from rollkeeper.config.serverlog import RedactedLogger

TOKEN = "canary-token-0123456789"
LOGS = ("gunicorn.error", "gunicorn.access")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What gunicorn's own handlers write, configured as `rollkeeper web` does."""
    before = {name: list(logging.getLogger(name).handlers) for name in LOGS}
    configured = Config()
    configured.set("accesslog", "-")
    RedactedLogger(configured)
    stream = io.StringIO()
    for name in LOGS:
        for handler in logging.getLogger(name).handlers:
            assert isinstance(handler, logging.StreamHandler)
            handler.setStream(stream)
    yield stream
    for name in LOGS:
        logging.getLogger(name).handlers = before[name]
        logging.getLogger(name).propagate = True


def test_a_request_that_fails_is_told_without_its_secrets(written: io.StringIO) -> None:
    try:
        raise ValueError("no mail for ann@members.example")
    except ValueError:
        logging.getLogger("gunicorn.error").exception(
            "Error handling request /connections/callback?code=%s&state=%s",
            TOKEN,
            TOKEN,
        )

    (line,) = written.getvalue().splitlines()
    assert TOKEN not in line
    assert "ann@" not in line
    assert json.loads(line)["event"].count(logs.REMOVED) == 2


def test_a_line_of_the_access_log_is_redacted_too(written: io.StringIO) -> None:
    logging.getLogger("gunicorn.access").info("GET /contacts/?q=ann%40members.example")

    assert "/contacts/" in written.getvalue()
    assert "members.example" not in written.getvalue()
