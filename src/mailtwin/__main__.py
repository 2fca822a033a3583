"""The command line: ``mailtwin serve``."""

from __future__ import annotations

from pathlib import Path

import click

from mailtwin.server import serve
from mailtwin.settings import Settings
from mailtwin.switches import UnknownSwitch


@click.group()
@click.version_option(package_name="rollkeeper")
def main() -> None:
    """A local twin of Constant Contact, to try things on."""


def _job_seconds(_context: object, _option: object, text: str) -> tuple[float, float]:
    shortest, _, longest = text.partition(":")
    try:
        return float(shortest), float(longest or shortest)
    except ValueError as error:
        raise click.BadParameter(f"{text} is not MIN:MAX, such as 0.5:3") from error


def _answers(
    _context: object, _option: object, pairs: tuple[str, ...]
) -> dict[str, str]:
    if wrong := [pair for pair in pairs if "=" not in pair]:
        raise click.BadParameter(f"{wrong[0]} is not NAME=VALUE, such as blanks=clear")
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


@main.command("serve")
@click.option("--port", default=9000, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option("--no-limits", is_flag=True, help="No 4 a second, no 10,000 a day.")
@click.option("--seed", default=0, help="The same seed gives the same story.")
@click.option("--mood", type=click.Choice(["careful", "worst"]), default="careful")
@click.option("--state", type=click.Path(path_type=Path), help="Keep the state here.")
@click.option("--account", help="Name of the first account.")
@click.option("--job-seconds", default="0.5:3", callback=_job_seconds)
@click.option("--answer", "answers", multiple=True, callback=_answers)
def serve_command(port: int, no_limits: bool, **options: object) -> None:
    """Answer on 127.0.0.1 until interrupted; the first line printed is the address."""
    chosen = {name: value for name, value in options.items() if value is not None}
    try:
        settings = Settings(limits=not no_limits, **chosen)  # type: ignore[arg-type]
        serve(settings, port, announce=click.echo)
    except (UnknownSwitch, ValueError) as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on port {port}: {error.strerror}; choose another --port"
        ) from error


if __name__ == "__main__":
    main()
