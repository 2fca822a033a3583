from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import define, frozen
from click.testing import CliRunner

from rollkeeper.cli.commands import cli
from rollkeeper.cli.house import Finding


@define
class StandInHouse:
    """The house of the tests: its database is up already."""

    folder: Path
    found: Sequence[Finding] = ()

    def ready(self, *, serves: bool = False) -> None:
        pass

    def start_database(self) -> None:
        pass

    def stop_database(self) -> None:
        pass

    def home(self) -> Path:
        return self.folder

    def base_url(self) -> str:
        return "http://127.0.0.1:8000"

    def findings(self) -> Sequence[Finding]:
        return self.found


@frozen
class Said:
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def house(tmp_path: Path) -> StandInHouse:
    return StandInHouse(tmp_path)


@pytest.fixture
def run(house: StandInHouse, transactional_db: None) -> Run:
    """Run a command in this process, through the door that users have."""

    def run(*words: str, typed: str | None = None) -> Said:
        done = CliRunner().invoke(cli, words, input=typed, obj=house)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Click's runner types for a person, but its input says it is no terminal."""
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True)
