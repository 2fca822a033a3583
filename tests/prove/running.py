"""Living through the histories of a level, in several processes."""

from __future__ import annotations

import multiprocessing
import os
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.prove.level import Level, Promise, Trace, Violation
from tests.prove.levels import level_named
from tests.prove.outcome import Outcome

SHARES_OF_A_PROCESS = 16


def prove(
    name: str, *, seed: int, histories: int | None, processes: int | None
) -> Outcome:
    """Live through *histories* of the level, the first one that of *seed*."""
    started = time.monotonic()
    level = level_named(name)
    seeds = seeds_of(level, seed, histories or level.full)
    at_once = min(processes or os.cpu_count() or 1, level.processes or len(seeds))
    outcome, again = Outcome(), Outcome()
    with _new_processes(at_once) as some, _new_processes(1) as another:
        another.submit(_load, name).result()  # the same code, whatever is written now
        for part in _lived_through(some, name, _shares(seeds, at_once)):
            outcome.add(part)
        if level.repeatable:
            shares = _shares(sorted(outcome.digests), 1)
            for part in _lived_through(another, name, shares):
                again.add(part)
            outcome.compare(again.digests)
    outcome.seconds = time.monotonic() - started
    return outcome


def seeds_of(level: Level, first: int, histories: int) -> Sequence[int]:
    """Return the seeds from *first* on; of an exhaustive level, cases spread evenly."""
    if not level.exhaustive or histories == 1:
        return range(first, first + histories)
    return range(0, level.full, max(1, level.full // histories))


def live_through(level: Level, seeds: Sequence[int]) -> Outcome:
    """Do it here and now, one after another."""
    outcome = Outcome()
    started = time.process_time()
    with level.prepare():
        for seed in seeds:
            outcome.take(seed, lived(level, seed))
    outcome.busy = time.process_time() - started
    return outcome


def lived(level: Level, seed: int) -> Trace:
    """Return the trace of one history; an exception that gets out breaks a promise."""
    try:
        return level.run(seed)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is a finding)
        told = "".join(traceback.format_exception(error)[-3:])
        crash = Violation(
            promise=Promise.CRASHES, law=type(error).__name__, what=told.strip()
        )
        return Trace(violations=(crash,))


def _new_processes(at_once: int) -> ProcessPoolExecutor:
    """Return processes that are begun anew, with hashes of their own."""
    spawned = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(at_once, mp_context=spawned)


def _lived_through(
    pool: ProcessPoolExecutor, name: str, shares: Sequence[Sequence[int]]
) -> Iterator[Outcome]:
    """Yield what came of each share, as soon as it is known."""
    waiting = [pool.submit(_live_through, name, share) for share in shares]
    for done in as_completed(waiting):
        yield done.result()


def _load(name: str) -> None:
    level_named(name)


def _live_through(name: str, seeds: Sequence[int]) -> Outcome:
    return live_through(level_named(name), seeds)


def _shares(seeds: Sequence[int], at_once: int) -> list[Sequence[int]]:
    size = max(1, -(-len(seeds) // (at_once * SHARES_OF_A_PROCESS)))
    return [seeds[at : at + size] for at in range(0, len(seeds), size)]
