"""L4: does the proof itself notice mistakes? Seeded bugs, and mutants of the core."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.prove.bugs import in_core, in_engine, in_postgres
from tests.prove.bugs.bug import Bug
from tests.prove.bugs.hunting import MOST, hunt
from tests.prove.level import Level, Promise, Trace, Violation
from tests.prove.mutation.groups import GROUPS, LEAST_PERCENT, ROOT, equivalent

BUGS: Final = (*in_core.BUGS, *in_engine.BUGS, *in_postgres.BUGS)


def run(number: int) -> Trace:
    """A bug, or all mutants of a group of modules."""
    if number < len(BUGS):
        return _bug(BUGS[number])
    return _mutants(list(GROUPS)[number - len(BUGS)])


def _bug(bug: Bug) -> Trace:
    catch = hunt(bug)
    if catch is None:
        what = f"nothing noticed within {MOST:,} histories: {bug.wrong}"
        return Trace(counts={"bugs": 1}, violations=(_violation("bugs", what),))
    return Trace(
        counts={
            "bugs": 1,
            "bugs caught": 1,
            f"bug: {catch.level:6} {bug.wrong}": catch.histories,
        },
        most={"histories until caught": catch.histories},
        record=(bug.wrong, catch.level, catch.histories),
    )


def _mutants(group: str) -> Trace:
    results = mutated(group)
    same = equivalent()
    alike = [one for one in results if not one["killed"] and one["name"] in same]
    killed = sum(one["killed"] for one in results)
    counts = {
        f"mutants: {group}": len(results),
        f"noticed: {group}": killed,
        f"equivalent: {group}": len(alike),
    }
    percent = score(counts, group)
    low = f"{group}: {percent:.1f} %, at least {LEAST_PERCENT} % are promised"
    return Trace(
        counts=counts,
        violations=(_violation("mutants", low),) if percent < LEAST_PERCENT else (),
        record=[(one["name"], one["killed"]) for one in results],
    )


def mutated(group: str, *, every: int = 1, first: int = 0) -> list[dict[str, Any]]:
    """Return what became of the mutants of a group, from a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mutants.json"
        worker = "tests.prove.mutation.worker"
        subprocess.run(
            [
                *(sys.executable, "-m", worker, group, "--json", str(file)),
                *("--every", str(every), "--first", str(first)),
            ],
            cwd=ROOT,
            env=os.environ,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        results: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return results


def score(counts: Mapping[str, int], group: str) -> float:
    """Return the percentage noticed of those that change anything."""
    changing = counts[f"mutants: {group}"] - counts[f"equivalent: {group}"]
    return 100 * counts[f"noticed: {group}"] / max(1, changing)


def explain(counts: Mapping[str, int]) -> str:
    """Say which bug was caught where, and how many mutants were noticed."""
    bugs = [
        f"  {count:>6} {name.removeprefix('bug: ')}"
        for name, count in sorted(counts.items())
        if name.startswith("bug: ")
    ]
    groups = [
        f"  {group:12} {counts[f'mutants: {group}']:>7}"
        f" {counts[f'noticed: {group}']:>7} {counts[f'equivalent: {group}']:>10}"
        f" {score(counts, group):>6.1f} %"
        for group in GROUPS
        if f"mutants: {group}" in counts
    ]
    return "\n".join(
        [
            "L4: bugs, and the histories until the level caught them",
            *bugs,
            "L4: module        mutants noticed equivalent    score",
            *groups,
        ]
    )


def _violation(law: str, what: str) -> Violation:
    return Violation(promise=Promise.LAWS, law=law, what=what)


LEVEL: Final = Level(
    name="L4",
    what="seeded bugs, and mutants of the core and the token store",
    run=run,
    full=len(BUGS) + len(GROUPS),
    everyday=4,
    exhaustive=True,
    explain=explain,
)
