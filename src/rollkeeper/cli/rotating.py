"""`rotate-keys`: another key for the sign-ins that are kept."""

from __future__ import annotations

import click
from attrs import asdict
from django.conf import settings

from rollkeeper.cli.choosing import actor
from rollkeeper.cli.output import FAILED, WRONG_USE, Stopped, answer_json, end, say
from rollkeeper.connections import rotating
from rollkeeper.connections.rotating import CannotRotate, Rotated


def run(*, prepare: bool, to: str | None, as_json: bool) -> None:
    """Make a new key, or seal with one; end with status 1 when some are lost."""
    if prepare and to:
        raise Stopped("Say --prepare or --to, not both.", status=WRONG_USE)
    try:
        if prepare:
            _prepared(rotating.prepare(settings.DATA_KEY_FILE), as_json=as_json)
        else:
            done = rotating.rotate(settings.DATA_KEY_FILE, by=actor(), to=to)
            _rotated(done, as_json=as_json)
    except CannotRotate as error:
        raise Stopped(str(error)) from None


def _prepared(key_id: str, *, as_json: bool) -> None:
    if as_json:
        answer_json({"key_id": key_id})
    else:
        click.echo(key_id)
    say(
        f"The key file {settings.DATA_KEY_FILE} has a new last line. Copy it to every"
        " machine that runs Rollkeeper. Then run, on one of them,"
        f" 'rollkeeper rotate-keys --to {key_id}', and copy the file once more."
    )


def _rotated(done: Rotated, *, as_json: bool) -> None:
    if as_json:
        answer_json(asdict(done))
    else:
        click.echo(f"{done.resealed:,} sealed anew, with the key {done.key_id}.")
    if done.unused:
        say(
            "No connection needs these any more: "
            + ", ".join(done.unused)
            + ". Backups"
            " of the database made until now do: keep a copy of the key file with them"
            " before you take lines out."
        )
    if done.lost:
        say(
            f"{len(done.lost):,} connections are sealed with a key that the file does"
            " not have. Bring it back from a backup, or connect them again."
        )
        end(FAILED)
