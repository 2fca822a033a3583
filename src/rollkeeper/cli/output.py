"""What commands say: one JSON document on stdout, or tables; messages on stderr."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.table import Table

FAILED, WRONG_USE, HELD = 1, 2, 3

stderr = Console(stderr=True, highlight=False)


class Stopped(click.ClickException):
    """The command could not do its work; the message says why and what to do."""

    exit_code: int  # type: ignore[misc]  # click declares it for the class alone

    def __init__(self, message: str, *, status: int = FAILED) -> None:
        super().__init__(message)
        self.exit_code = status


def say(message: str) -> None:
    """Tell a person something, beside the result."""
    stderr.print(message, markup=False)


def answer_json(document: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print the one document of the command."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False, default=_plain))


def answer_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Print a table; numbers stand to the right."""
    console = Console(highlight=False)
    console.print(title, style="bold")
    table = Table(header_style="bold")
    lines = [list(row) for row in rows]
    for index, column in enumerate(columns):
        numeric = all(isinstance(line[index], int) for line in lines) and lines
        table.add_column(
            column, justify="right" if numeric else "left", overflow="fold"
        )
    for line in lines:
        table.add_row(*(_cell(value) for value in line))
    console.print(table)


def end(status: int) -> NoReturn:
    """Leave with this exit status; everything has been said."""
    raise SystemExit(status)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
