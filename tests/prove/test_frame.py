"""The frame of the proof finds what levels break, and counts it."""

from __future__ import annotations

from pathlib import Path

from tests.prove import kept, table
from tests.prove.level import Level, Promise, Trace, Violation
from tests.prove.outcome import Outcome
from tests.prove.running import live_through, seeds_of


def one_in_ten_is_wrong(seed: int) -> Trace:
    wrong = Violation(promise=Promise.LAWS, law="ten", what=f"{seed} ends in zero")
    return Trace(
        counts={"changes": 2},
        most={"passes": 1 + seed % 3},
        cells=frozenset({("digit", str(seed % 10))}),
        violations=() if seed % 10 else (wrong,),
        record=seed,
    )


def crashes(seed: int) -> Trace:
    raise ZeroDivisionError(f"in {seed}")


LEVEL = Level(name="L9", what="tests", run=one_in_ten_is_wrong, full=1000, everyday=10)


def test_traces_add_up() -> None:
    outcome = live_through(LEVEL, range(100))
    assert outcome.histories == 100
    assert outcome.counts == {"changes": 200}
    assert outcome.most == {"passes": 3}
    assert len(outcome.cells) == 10
    assert outcome.broken == {Promise.LAWS: 10}
    assert [seed for seed, _ in outcome.failures] == list(range(0, 100, 10))


def test_shares_add_up_to_the_whole() -> None:
    whole, parts = live_through(LEVEL, range(100)), Outcome()
    for share in (range(50, 100), range(50)):
        parts.add(live_through(LEVEL, share))
    parts.busy = whole.busy
    assert parts.figures() == whole.figures()
    assert parts.failures == whole.failures


def test_an_exception_breaks_a_promise_and_ends_nothing() -> None:
    level = Level(name="L9", what="tests", run=crashes, full=1, everyday=1)
    outcome = live_through(level, range(3))
    assert outcome.broken == {Promise.CRASHES: 3}
    assert "in 0" in outcome.failures[0][1].what


def test_a_seed_that_does_something_else_the_second_time_is_told() -> None:
    outcome = live_through(LEVEL, range(1, 301))
    outcome.compare({100: outcome.digests[100], 200: "another"})
    assert outcome.repeated == 2
    assert outcome.broken[Promise.REPEATS] == 1
    assert outcome.failures[-1][0] == 200


def test_the_order_of_a_set_is_nothing_that_must_repeat() -> None:
    one, other = Trace(record=[{8, 16, 0}]), Trace(record=[{0, 16, 8}])
    assert one.digest() == other.digest()
    assert one.digest() != Trace(record=[{0, 16}]).digest()
    assert Trace(record=[0, 8]).digest() != Trace(record=[8, 0]).digest()


def test_the_cases_of_an_exhaustive_level_are_spread_evenly() -> None:
    level = Level(
        name="L9",
        what="tests",
        run=one_in_ten_is_wrong,
        full=1000,
        everyday=10,
        exhaustive=True,
    )
    assert list(seeds_of(level, 0, 1000)) == list(range(1000))
    assert list(seeds_of(level, 0, 4)) == [0, 250, 500, 750]
    assert list(seeds_of(level, 77, 1)) == [77]


def test_the_table_tells_what_broke(tmp_path: Path) -> None:
    outcome = live_through(LEVEL, range(100))
    figures = {"L9": kept.figures_of(LEVEL, outcome, processes=1, commit="abc")}
    kept.write(figures, tmp_path / "figures.json")
    read = kept.read(tmp_path / "figures.json")
    assert "| L9 | tests | 100 | 0 | - | 10 |" in table.in_markdown(read)
    assert "10 other laws broken, 0 histories" in table.promises(read)
    assert table.promises(read).endswith("at most 3 passes")
