"""LC: histories of refusing and coming back, with everything that happens to people."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.config.settings")
django.setup()

from tests.prove.consenting.history import run  # noqa: E402 (needs Django's registry)
from tests.prove.level import Level  # noqa: E402

LEVEL = Level(
    name="LC",
    what="histories of consent alone",
    run=run,
    full=10_000,
    everyday=2_000,
)
