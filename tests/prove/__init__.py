"""The proof: histories by seed, on every level, and the promises none may break.

    python -m tests.prove                               every level in full
    python -m tests.prove --level L0 --histories 50000 --seed 7 --processes 2
    python -m tests.prove --level L0 --histories 1 --seed 4711    one of them again

**A level** is a value of `tests.prove.level.Level`, named in `tests.prove.levels`. It
needs one function, `run(seed) -> Trace`: live through the history that this seed stands
for, and tell what came of it.

* Everything a history does follows from its seed, which is the level's only chance:
  `Random(seed)`, not the clock, not the order of a set of texts. One seed of a hundred
  is lived through a second time in a fresh process, whose hashes differ, and must leave
  the same `Trace.record`. A level of real processes sets `repeatable=False`.
* An exhaustive level (scenarios, mutants) sets `exhaustive=True`: its seeds are the
  numbers below `full`, each one case.
* What goes wrong is a `Violation` of a `Promise`; an exception that gets out of `run`
  is one too. The frame counts it, prints the command that repeats it, and goes on.
* `Trace.cells` names what the history reached, in tuples such as `("add", "timeout",
  "deleted")`; `Level.cells` are those that a full run must reach, or it fails.
* `Trace.counts` are added up over all histories; of `Trace.most`, such as `{"passes":
  3}`, the highest is kept.
* `prepare` is entered in every worker process before each of its shares of seeds: start
  a server there. `processes` bounds how many run at a time.
* `minimise(seed)` may return the smallest history that still breaks a promise, as JSON
  that `replay` understands. `explain(counts)` may return more to print, as a matrix.

Seeds that once failed are kept in `tests/seeds/`; everyday tests replay all of them.
"""

from __future__ import annotations
