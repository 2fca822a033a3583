"""The web server's own log lines, by the way that all others go.

gunicorn gives its loggers handlers of their own, past those that `logs.configure` sets
up; a request that fails is told there with its whole address.
"""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]  # has no types

from rollkeeper.config import logs


class RedactedLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Named on gunicorn's command line."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(logs.formatter())
