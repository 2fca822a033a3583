from __future__ import annotations

import pytest
from tests.engine.worlds import World, a_world


@pytest.fixture
def world(transactional_db: None) -> World:
    return a_world()
