"""Log lines: one JSON event each, on stderr, with nothing in them that is secret."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REMOVED = "[removed]"

_SECRET_KEYS = re.compile(
    r"authorization|bearer|cookie|code|key|passw|secret|session|state|token|verifier",
    re.IGNORECASE,
)
_HARMLESS_KEYS = frozenset({"state", "status_code", "error_key", "state_before"})
_ADDRESS = re.compile(
    r"[^\s@<>\"(),;:]+@[^\s@<>\"'(),;:]+|[\w.!#$%'*+~-]+%40[\w.-]+"  # in URLs too
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+")
_SECRET_PARAMETER = re.compile(
    r"(?i)\b((?:access_|refresh_|id_)?token|client_secret|code|code_verifier|password"
    r"|state|secret)([\"']?\s*[=:]\s*[\"']?)[^\s&\"',}]+"
)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take out of an event what no log may hold: addresses, tokens, line breaks."""
    for key, value in event.items():
        event[key] = REMOVED if _is_secret(key, value) else _clean(value)
    return event


def _is_secret(key: str, value: object) -> bool:
    harmless = key in _HARMLESS_KEYS or isinstance(value, bool | int | float)
    return not harmless and bool(_SECRET_KEYS.search(key))


def _clean(value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case dict():
            return {
                clean_text(str(key)): (
                    REMOVED if _is_secret(str(key), inner) else _clean(inner)
                )
                for key, inner in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [_clean(inner) for inner in value]
        case _:
            return clean_text(str(value))


def clean_text(text: str) -> str:
    """Return *text* without addresses and tokens."""
    text = _BEARER.sub(rf"\1 {REMOVED}", text)
    text = _SECRET_PARAMETER.sub(rf"\1\2{REMOVED}", text)
    return _ADDRESS.sub(REMOVED, text)


class _Handler(logging.StreamHandler[TextIO]):
    """Known by its class, so that configuring twice does not write twice."""


# Of these, every request or every start would be a line, with its whole address.
_TALKATIVE = ("httpx2", "httpcore2", "procrastinate")

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(*, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send every log line of this process, ours and others', through `redact`.

    They go to *stream*, or to standard error.
    """
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.handlers = [kept for kept in root.handlers if not isinstance(kept, _Handler)]
    root.addHandler(handler)
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def formatter() -> logging.Formatter:
    """Return what turns a log record into one redacted line of JSON."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_SHARED, structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(),
        ],
    )
