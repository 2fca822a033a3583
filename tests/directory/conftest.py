"""A chamber that somebody follows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope
from tests.builders import an_association

from rollkeeper.core.values import AssociationId
from rollkeeper.directory.models import Association, Follower
from rollkeeper.directory.services import follow


@pytest.fixture
def chamber(db: None) -> Iterator[Association]:
    association = an_association()
    with scope(association=association):
        yield association


@pytest.fixture
def follower(chamber: Association) -> Follower:
    return follow(association_id=AssociationId(chamber.pk), name="a connection")
