"""L2, twice: a second fault strikes the run that takes up what the first one left."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.config.settings")
django.setup()

from tests.prove.level import Level  # noqa: E402 (needs Django's registry)
from tests.prove.scenarios.cases import live_through_two  # noqa: E402

LEVEL = Level(
    name="L2+",
    what="scenarios with two faults",
    run=live_through_two,
    full=5_000,
    everyday=100,
)
