from __future__ import annotations

import pytest
from attrs import evolve

from rollkeeper.web.steps import Progress, steps

EMPTY = Progress(contacts=0, lists_on=0, account="", synced=False)


@pytest.mark.parametrize(
    ("progress", "states"),
    [
        (EMPTY, ["now", "later", "later", "later"]),
        (evolve(EMPTY, contacts=5), ["done", "now", "later", "later"]),
        (
            evolve(EMPTY, contacts=5, account="Harbor"),
            ["done", "done", "now", "later"],
        ),
        (
            evolve(EMPTY, contacts=5, account="Harbor", lists_on=2),
            ["done", "done", "done", "now"],
        ),
        (evolve(EMPTY, account="Harbor"), ["now", "done", "later", "later"]),
    ],
)
def test_the_first_step_that_is_not_done_is_the_one_to_take(
    progress: Progress, states: list[str]
) -> None:
    assert [step.state for step in steps(progress).steps] == states


def test_the_steps_end_when_all_are_done() -> None:
    done = evolve(EMPTY, contacts=5, account="Harbor", lists_on=2, synced=True)

    assert steps(done).all_done
    assert not steps(evolve(done, synced=False)).all_done
