"""Bugs in SQL: with one of them, do PostgreSQL and memory still remember the same?

python -m tests.prove.bugs.over_both_stores "Secondary addresses are sent to as well."
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import click
import pytest
from attrs import define
from tests.prove.bugs.bug import Bug

ROOT: Final = Path(__file__).parents[3]
AGREEMENT: Final = "tests/engine/test_stores_agree.py"
IN_A_TEST: Final = 10
"""So many histories are lived through by each of its tests."""


def hunt(bug: Bug, *, most: int) -> tuple[int, str] | None:
    """Return after how many histories, at most, the stores disagreed, and in what."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "found.json"
        subprocess.run(
            [sys.executable, "-m", __name__, bug.wrong, "--json", str(file)],
            cwd=ROOT,
            env={**os.environ, "STORES_AGREE": str(most)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        found = json.loads(file.read_text(encoding="utf-8"))
    return (found["histories"], found["what"]) if found else None


@define
class Mistaken:
    """The pytest plugin that puts the bug in, and takes down what failed first."""

    bug: Bug
    histories: int = 0
    what: str = ""

    def pytest_collection_finish(self) -> None:
        self.bug.put_in()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.histories += IN_A_TEST
        if report.failed and not self.what:
            crash = getattr(report.longrepr, "reprcrash", None)
            self.what = str(crash.message if crash else report.longrepr).splitlines()[0]


@click.command()
@click.argument("wrong")
@click.option("--json", "file", type=click.Path(path_type=Path))
def main(wrong: str, file: Path | None) -> None:
    """Live through histories over both stores, one of which makes the mistake."""
    from tests.prove.bugs.in_postgres import BUGS

    (bug,) = (one for one in BUGS if one.wrong == wrong)
    plugin = Mistaken(bug)
    status = pytest.main([AGREEMENT, "-x", "-q", "-p", "no:cacheprovider"], [plugin])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise SystemExit(f"pytest ended with {status!r}")
    found = {"histories": plugin.histories, "what": plugin.what} if plugin.what else {}
    if file:
        file.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
