from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scopes_disabled
from tests.builders import an_association
from tests.engine.worlds import World, a_world
from tests.notices.incidents import staff_of

from rollkeeper.directory.models import Association, Staff


@pytest.fixture
def everywhere() -> Iterator[None]:
    """What looks does so for all associations."""
    with scopes_disabled():
        yield


@pytest.fixture
def world(transactional_db: None) -> World:
    return a_world()


@pytest.fixture
def chamber(db: None) -> Association:
    return an_association(name="Harbor Chamber")


@pytest.fixture
def pat(chamber: Association) -> Staff:
    """The first administrator, who is told of what nobody may miss."""
    return staff_of(chamber)
