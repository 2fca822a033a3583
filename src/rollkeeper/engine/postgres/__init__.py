"""What the engine remembers, in PostgreSQL."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Final

from django.db import transaction
from django_scopes import scope

from rollkeeper.directory import marks
from rollkeeper.engine.coordinator import hold_fence, sole_coordinator
from rollkeeper.engine.postgres import (
    capture,
    connections,
    consent,
    directory,
    holds,
    sights,
)
from rollkeeper.engine.store import Store
from rollkeeper.ledger.services import (
    audiences,
    effects,
    operations,
    outcomes,
    runs,
    sightings,
)


def in_association(association_id: int) -> AbstractContextManager[None]:
    within: AbstractContextManager[None] = scope(association=association_id)
    return within


STORE: Final = Store(
    transaction=transaction.atomic,
    in_association=in_association,
    sole_coordinator=sole_coordinator,
    hold_fence=hold_fence,
    directory=directory,
    marks=marks,
    sights=sights,
    consent=consent,
    connections=connections,
    audiences=audiences,
    sightings=sightings,
    operations=operations,
    effects=effects,
    outcomes=outcomes,
    holds=holds,
    runs=runs,
    capture=capture,
)
"""Of the database session that asks; each thread has its own."""
