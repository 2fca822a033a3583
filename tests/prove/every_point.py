"""L2: every scenario with every fault at every effect point."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.config.settings")
django.setup()

from tests.prove.level import Level, Trace  # noqa: E402 (needs Django's registry)
from tests.prove.scenarios import matrix  # noqa: E402
from tests.prove.scenarios.cases import cases, live_through  # noqa: E402


def run(number: int) -> Trace:
    return live_through(cases()[number])


LEVEL = Level(
    name="L2",
    what="every scenario, effect point and fault",
    run=run,
    full=len(cases()),
    everyday=300,
    cells=matrix.wanted(),
    exhaustive=True,
    explain=matrix.in_terminal,
)
