"""Every scenario of L2, undisturbed: it sends what it says and ends as it says."""

from __future__ import annotations

import pytest
from tests.prove.histories.faults import Fault
from tests.prove.level import Cell
from tests.prove.scenarios import matrix
from tests.prove.scenarios.cases import SCENARIOS, WRITES, Life, cases, live_through
from tests.prove.scenarios.points import Survey
from tests.prove.scenarios.scenario import Scenario


def test_there_are_enough_scenarios_and_no_two_of_one_name() -> None:
    assert len(SCENARIOS) >= 40
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_scenario_ends_as_it_says(scenario: Scenario) -> None:
    life = Life(scenario, Survey)
    life.live(point=1)
    requests = life.world.chamber.account.requests
    assert {operation for operation, _ in requests} & WRITES == scenario.sends
    life.come_to_rest()
    life.judge()
    assert life.watch.violations == []


def test_no_fault_that_can_happen_to_a_scenario_is_left_out() -> None:
    reached: set[Cell] = {(case.scenario.name, str(case.fault)) for case in cases()}
    assert matrix.wanted() <= reached


def test_a_case_strikes_once_where_it_says() -> None:
    case = next(one for one in cases() if one.fault is Fault.ANSWER_LOST)
    trace = live_through(case)
    assert trace.violations == ()
    assert trace.counts == {matrix.key(case.scenario.name, Fault.ANSWER_LOST): 1}
