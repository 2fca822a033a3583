from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope
from tests.builders import a_connection, an_association
from tests.ledger.places import Place

from rollkeeper.ledger.models import Run, RunKind


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    association = an_association()
    connection = a_connection(association)
    with scope(association=association):
        run = Run.objects.create(
            association=association,
            connection=connection,
            kind=RunKind.CHANGES,
            by="test",
        )
        yield Place(association=association, connection=connection, run=run)
