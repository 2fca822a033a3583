from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.system.house import House, a_twin

LAKESIDE = Path(__file__).parents[3] / "shared" / "data" / "lakeside"


@pytest.fixture
def house(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    """A house whose twin takes the options of the test's parameter, if it has one."""
    options = getattr(request, "param", ())
    with a_twin(tmp_path, "--job-seconds", "0.1:0.6", *options) as twin:
        house = House(home=tmp_path / "home", twin=twin)
        yield house
        house.stop()


@pytest.fixture
def lakeside() -> Path:
    if not LAKESIDE.exists():
        pytest.skip("the sample chamber ../shared/data/lakeside is not here")
    return LAKESIDE
