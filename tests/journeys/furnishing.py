"""Furnishes chambers: runs the product's commands one after another in one process.

Each line that comes in is a JSON list of words, each that goes out says what was
answered. Three words stand for what no command does: `association SLUG NAME` makes one,
`night SLUG` has its next night begin, and `morning SLUG` fails until a night is over.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from io import StringIO
from time import time
from typing import Any

from rollkeeper.cli.commands import cli
from rollkeeper.config.wiring import Installation


class Prepared(Installation):
    """An installation that was made ready before the first command."""

    def ready(self, *, serves: bool = False) -> None:
        pass


def main() -> None:
    Installation().ready()
    for line in sys.stdin:
        words = json.loads(line)
        sys.stdout.write(json.dumps(answer(words)) + "\n")
        sys.stdout.flush()


def answer(words: list[str]) -> Any:
    match words:
        case ["association", slug, name]:
            return associate(slug, name)
        case ["night", slug]:
            return have_a_night(slug)
        case ["morning", slug]:
            return is_morning(slug)
        case _:
            return command(words)


def command(words: list[str]) -> Any:
    said, remarked = StringIO(), StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(remarked):
            status = cli.main(words, obj=Prepared(), standalone_mode=False) or 0
    except SystemExit as end:
        status = end.code
    return {"status": status, "said": said.getvalue(), "remarked": remarked.getvalue()}


def associate(slug: str, name: str) -> Any:
    from rollkeeper.directory.services import create_association

    create_association(name=name, slug=slug, by="command line:furnishing")
    return {"status": 0, "said": ""}


def have_a_night(slug: str) -> Any:
    """Begin the chamber's next night now, or say that another run is at work."""
    from django_scopes import scope

    from rollkeeper.connections.clock import database_time
    from rollkeeper.directory.models import Association
    from rollkeeper.engine import connecting
    from rollkeeper.engine.nights import Watch
    from rollkeeper.jobs.tasks import _ask_by_night
    from rollkeeper.ledger.models import Night

    def look(*first: datetime) -> int:
        """Look after the nights, with a clock that shows these before the time."""
        shown = iter(first)
        return Watch(
            capabilities=connecting.capabilities,
            ask=_ask_by_night,
            now=lambda: next(shown, None) or database_time(),
        ).look()

    look()
    association = Association.objects.get(slug=slug)
    with scope(association=association):
        comes = Night.objects.latest("night").starts_at
    return {"status": 0 if look(comes) else 1, "said": ""}


def is_morning(slug: str) -> Any:
    """Say whether the night is over; then staff are told of it, as every 5 minutes."""
    from django_scopes import scope

    from rollkeeper.directory.models import Association
    from rollkeeper.jobs.tasks import seldom
    from rollkeeper.ledger.models import Night
    from rollkeeper.ledger.services.nights import follow_runs

    follow_runs()
    association = Association.objects.get(slug=slug)
    with scope(association=association):
        over = Night.objects.filter(finished_at__isnull=False).exists()
    if over:
        seldom(timestamp=int(time()))
    return {"status": 0 if over else 1, "said": ""}


if __name__ == "__main__":
    main()
