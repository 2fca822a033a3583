"""The installation as the command line sees it (`cli.house.House`)."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path

from rollkeeper.cli.house import Finding
from rollkeeper.config import embedded, startup
from rollkeeper.config.environment import read_environment

_PATIENCE_SECONDS = 60.0
"""How long a process that serves others waits for a database that is coming up."""


class Installation:
    """This machine, its environment and its database. Cheap until it is made ready."""

    def ready(self, *, serves: bool = False) -> None:
        startup.setup(log_level=logging.INFO if serves else logging.WARNING)
        startup.prepare_database(patience=_PATIENCE_SECONDS if serves else 0.0)

    def start_database(self) -> None:
        startup.start_database()

    def stop_database(self) -> None:
        environment = read_environment(os.environ)
        if environment.database_url is None:
            from django.db import connections

            connections.close_all()
            embedded.stop(environment.home)

    def home(self) -> Path:
        return read_environment(os.environ).home

    def base_url(self) -> str:
        return read_environment(os.environ).base_url

    def findings(self) -> Sequence[Finding]:
        from rollkeeper.config.checks import run_checks

        return [
            Finding(
                name=check.name,
                ok=check.ok,
                message=check.message,
                remedy=check.remedy,
            )
            for check in run_checks()
        ]
