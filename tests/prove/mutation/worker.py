"""A pytest session that lives through its tests once, then again for every mutant.

Each mutant is put into a fork of the session and ends with it, so nothing is mutated
but memory. Only those tests are run that called the changed function the first time,
the quickest first, until one notices.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, Final

import attrs
import click
import pytest
from _pytest.runner import runtestprotocol
from tests.prove.mutation.groups import GROUPS
from tests.prove.mutation.installing import install
from tests.prove.mutation.operators import Mutant, mutants_of

EXAMPLES: Final = 40
"""So many, of each property: a mutant that needs more luck is not noticed."""

ENDLESS: Final = 20
"""Seconds of processor time after which a mutant is taken for an endless loop."""

STUCK: Final = 60
"""Seconds after which a mutant is taken to wait for something that never comes."""


@attrs.define(kw_only=True)
class Mutating:
    """The pytest plugin."""

    modules: Sequence[str]
    every: int
    first: int
    results: list[dict[str, Any]] = attrs.field(factory=list)
    calls: dict[str, set[tuple[str, str]]] = attrs.field(factory=dict)
    seconds: dict[str, float] = attrs.field(factory=dict)
    _files: dict[str, str] = attrs.field(factory=dict)
    _now: set[tuple[str, str]] = attrs.field(factory=set)

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self) -> None:
        from hypothesis import HealthCheck, Phase, settings  # not before pytest has

        settings.register_profile(
            "mutants",
            deadline=None,
            derandomize=True,
            database=None,
            max_examples=EXAMPLES,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        modules = [importlib.import_module(name) for name in self.modules]
        self._files = {str(one.__file__): one.__name__ for one in modules}
        items = list(session.items)
        for item in items:
            self._watch(item, items)
        items.sort(key=lambda item: self.seconds[item.nodeid])
        numbered = 0
        for module in modules:
            before, tree = _tree_of(module), _tree_of(module)
            for mutant in mutants_of(tree):
                numbered += 1
                if numbered % self.every == self.first % self.every:
                    by = [one for one in items if self._concerns(one, module, mutant)]
                    killed = _noticed(by, items, tree, before, module)
                    self._note(module, mutant, killed=killed)
        return True

    def _watch(self, item: pytest.Item, items: Sequence[pytest.Item]) -> None:
        """Run it, and remember what it called."""
        started = time.monotonic()
        self._now = self.calls[item.nodeid] = set()
        threading.setprofile(self._called)
        sys.setprofile(self._called)
        failed = _fails(item, items)
        sys.setprofile(None)
        threading.setprofile(None)
        self.seconds[item.nodeid] = time.monotonic() - started
        if failed:
            pytest.exit(f"{item.nodeid} fails without a mutant:\n{failed}", 2)

    def _called(self, frame: FrameType, event: str, _argument: object) -> None:
        module = self._files.get(frame.f_code.co_filename)
        if module and event == "call":
            name = frame.f_code.co_qualname.partition(".<locals>")[0]
            self._now.add((module, name))

    def _concerns(self, item: pytest.Item, module: ModuleType, mutant: Mutant) -> bool:
        """Outside of functions, any test may notice: what attrs makes of a class is
        called in no file."""
        in_no_function = isinstance(getattr(module, mutant.where or "", None), type)
        if in_no_function or not mutant.where:
            return True
        return (module.__name__, mutant.where) in self.calls[item.nodeid]

    def _note(self, module: ModuleType, mutant: Mutant, *, killed: bool) -> None:
        name = f"{module.__name__.rpartition('.')[2]}.{mutant.name}"
        self.results.append({"name": name, "line": mutant.line, "killed": killed})
        if not killed:
            click.echo(f"  survives: {name} (line {mutant.line})", err=True)


def _tree_of(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))


def _noticed(
    by: Sequence[pytest.Item],
    items: Sequence[pytest.Item],
    tree: ast.Module,
    before: ast.Module,
    module: ModuleType,
) -> bool:
    _close_databases()
    child = os.fork()
    if child == 0:
        os._exit(_live_with(by, items, tree, before, module))
    _, status = os.waitpid(child, 0)
    return status != 0


def _live_with(
    by: Sequence[pytest.Item],
    items: Sequence[pytest.Item],
    tree: ast.Module,
    before: ast.Module,
    module: ModuleType,
) -> int:
    """In the fork: return 1 as soon as a test fails, 0 when none does."""
    resource.setrlimit(resource.RLIMIT_CPU, (ENDLESS, ENDLESS))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(STUCK)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        install(tree, before, module)
        return int(any(_fails(item, items) for item in by))
    except BaseException:  # noqa: BLE001 (no mutant may get back into the session)
        return 1


def _fails(item: pytest.Item, items: Sequence[pytest.Item]) -> str:
    """Run one test, with everything that only it needs, and return how it failed."""
    item.session._setupstate.teardown_exact(item)
    after = next((one for one in items if one is not item), None)
    reports = runtestprotocol(item, nextitem=after, log=False)
    return "\n".join(str(one.longrepr) for one in reports if one.failed)


def _close_databases() -> None:
    """A connection cannot be shared with a fork."""
    from django.db import connections

    connections.close_all()


def _arguments(group: str) -> Iterator[str]:
    yield from GROUPS[group].tests
    yield from ("-q", "--tb=short", "-p", "no:cacheprovider")
    yield "--hypothesis-profile=mutants"


def outcome_of(group: str, *, every: int, first: int) -> list[dict[str, Any]]:
    """Return what became of the mutants: their name, their line, and if it was noticed.

    Runs pytest in this process, which should be one of its own.
    """
    plugin = Mutating(modules=GROUPS[group].modules, every=every, first=first)
    status = pytest.main(list(_arguments(group)), plugins=[plugin])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SystemExit(f"pytest ended with {status!r}")
    return plugin.results


@click.command()
@click.argument("group", type=click.Choice(list(GROUPS)))
@click.option("--every", default=1, help="Only each so-manieth mutant.")
@click.option("--first", default=0, help="Which of them comes first.")
@click.option("--json", "file", type=click.Path(path_type=Path))
def main(group: str, every: int, first: int, file: Path | None) -> None:
    """Mutate the modules of a group, and tell which mutants no test notices."""
    results = outcome_of(group, every=every, first=first)
    killed = sum(one["killed"] for one in results)
    click.echo(f"{group}: {killed} of {len(results)} mutants noticed")
    if file:
        file.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
