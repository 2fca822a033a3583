"""Options that many commands take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Command = Callable[..., Any]


def association_and_json(command: Command) -> Command:
    """The two options that every command about an association takes."""
    command = click.option(
        "--json", "as_json", is_flag=True, help="Answer with one JSON document."
    )(command)
    return click.option(
        "--association",
        metavar="SLUG",
        help="Which association; may be left out when there is only one.",
    )(command)
