"""Living through histories with a bug, in a fork, until one breaks a promise."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from attrs import frozen
from tests.prove.bugs import over_both_stores
from tests.prove.bugs.bug import BOTH_STORES, Bug
from tests.prove.level import Level
from tests.prove.levels import level_named
from tests.prove.running import lived

MOST: Final = 10_000


class NotTheBug(Exception):
    """What was found is there without the bug as well."""


@frozen(kw_only=True)
class Catch:
    level: str
    histories: int
    """How many it took."""
    law: str
    """Which one was broken."""


def hunt(bug: Bug, most: int | None = None) -> Catch | None:
    """Return what caught the bug; None when nothing did within so many histories."""
    if bug.level == BOTH_STORES:
        return _where_stores_disagree(bug, most or MOST)
    return _in_a_fork(bug, level_named(bug.level), most or MOST)


def _where_stores_disagree(bug: Bug, most: int) -> Catch | None:
    if found := over_both_stores.hunt(bug, most=most):
        histories, law = found
        return Catch(level=bug.level, histories=histories, law=law)
    return None


def _in_a_fork(bug: Bug, level: Level, most: int) -> Catch | None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os._exit(_tell(bug, level, most, writing))
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    found = json.loads(told)
    if found is None:
        return None
    number, seed, law = found
    if lived(level, seed).violations:
        raise NotTheBug(f"{level.name} breaks a promise with seed {seed} anyhow")
    return Catch(level=level.name, histories=number, law=law)


def _tell(bug: Bug, level: Level, most: int, writing: int) -> int:
    """In the fork: whatever goes wrong is told through the pipe."""
    try:
        told = json.dumps(_caught(bug, level, most))
    except BaseException as error:  # noqa: BLE001 (nothing may get out of the fork)
        told = f"the hunt itself failed: {error!r}"
    os.write(writing, told.encode())
    return 0


def _caught(bug: Bug, level: Level, most: int) -> tuple[int, int, str] | None:
    """Return how many histories it took, the seed of the last, and the law it broke."""
    bug.put_in()
    for number, seed in enumerate(_seeds(level, most), start=1):
        for violation in lived(level, seed).violations:
            return number, seed, violation.law
    return None


def _seeds(level: Level, most: int) -> Sequence[int] | Iterator[int]:
    """Of cases, those far from each other first."""
    if not level.exhaustive:
        return range(most)
    return Random(0).sample(range(level.full), min(level.full, most))
