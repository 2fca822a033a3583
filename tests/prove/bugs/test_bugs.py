"""The table of seeded bugs stays true, and a bug that does no harm is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve
from tests.prove.bugs import in_core, in_engine, in_postgres
from tests.prove.bugs.bug import BOTH_STORES, Bug, NoSuchText
from tests.prove.bugs.hunting import hunt
from tests.prove.levels import LEVELS

pytestmark = pytest.mark.slow

BUGS = (*in_core.BUGS, *in_engine.BUGS, *in_postgres.BUGS)


def test_there_are_thirty_bugs_at_least_each_with_a_name_of_its_own() -> None:
    assert len({bug.wrong for bug in BUGS}) == len(BUGS) >= 30


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.wrong)
def test_what_a_bug_replaces_is_there_once(bug: Bug) -> None:
    assert bug.changed() != bug.text
    assert bug.level in {*LEVELS, BOTH_STORES}


def test_a_text_that_is_there_no_more_is_told() -> None:
    with pytest.raises(NoSuchText, match="0 times, not once"):
        evolve(BUGS[0], text="no such text").changed()


def test_a_bug_is_found_and_does_not_stay() -> None:
    bug = next(one for one in BUGS if "policy about deleted" in one.wrong)
    for _ in range(2):
        catch = hunt(bug)
        assert catch is not None
        assert catch.level == "L0"


@pytest.mark.parametrize(
    "bug",
    [BUGS[0], in_core.BUGS[-1], in_engine.BUGS[0], in_postgres.BUGS[0]],
    ids=lambda bug: bug.wrong,
)
def test_a_few_bugs_are_caught_every_day(
    bug: Bug, record_property: Callable[[str, object], None]
) -> None:
    catch = hunt(bug)
    assert catch is not None
    record_property("figure", f"{catch.level} after {catch.histories} histories")


def test_what_is_no_bug_is_not_found() -> None:
    harmless = evolve(BUGS[0], instead=f"{BUGS[0].text}  # a remark")
    hunted = hunt(harmless, most=200)
    assert hunted is None
