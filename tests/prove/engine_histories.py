"""L1: the whole engine in memory, with a fault at any effect point."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.config.settings")
django.setup()

from tests.prove.histories.faults import cells  # noqa: E402 (needs Django's registry)
from tests.prove.histories.history import run  # noqa: E402 (needs Django's registry)
from tests.prove.histories.refusing import CELLS  # noqa: E402
from tests.prove.level import Level  # noqa: E402

LEVEL = Level(
    name="L1",
    what="whole-engine histories in memory",
    run=run,
    full=100_000,
    everyday=2_000,
    cells=cells() | CELLS,
)
