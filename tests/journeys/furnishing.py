"""Furnishes chambers: runs the product's commands one after another in one process.

Each line that comes in is a JSON list of words, each that goes out says what was
answered. Besides the commands there are two words for what no command does:
`association SLUG NAME` makes one, and `night SLUG` has a night come at once.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
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
        case _:
            return command(words)


def command(words: list[str]) -> Any:
    said, remarked = StringIO(), StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(remarked):
            cli.main(words, obj=Prepared(), standalone_mode=False)
    except SystemExit as end:
        status = end.code
    else:
        status = 0
    return {"status": status, "said": said.getvalue(), "remarked": remarked.getvalue()}


def associate(slug: str, name: str) -> Any:
    from rollkeeper.directory.services import create_association

    create_association(name=name, slug=slug, by="command line:furnishing")
    return {"status": 0, "said": ""}


def have_a_night(slug: str) -> Any:
    from django_scopes import scope

    from rollkeeper.directory.models import Association
    from rollkeeper.engine import connecting
    from rollkeeper.engine.nights import Watch
    from rollkeeper.jobs.tasks import _ask_by_night
    from rollkeeper.ledger.models import Night

    Watch(capabilities=connecting.capabilities, ask=_ask_by_night).look()
    association = Association.objects.get(slug=slug)
    with scope(association=association):
        comes = Night.objects.latest("night").starts_at
    begun = Watch(
        capabilities=connecting.capabilities, ask=_ask_by_night, now=lambda: comes
    ).look()
    return {"status": 0, "said": json.dumps(begun)}


if __name__ == "__main__":
    main()
