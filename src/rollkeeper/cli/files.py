"""The commands that read and write people's files: their options and their help."""

from __future__ import annotations

from pathlib import Path

import click

from rollkeeper.cli.house import House
from rollkeeper.cli.options import association_and_json

_A_FILE = click.Path(path_type=Path, dir_okay=False, writable=True)


@click.command("import")
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    metavar="FOLDER|FILE…",
)
@click.option(
    "--complete",
    is_flag=True,
    help="The files hold everything: who is missing leaves, or waits for a decision.",
)
@association_and_json
@click.pass_obj
def import_(
    house: House,
    paths: tuple[Path, ...],
    complete: bool,
    association: str | None,
    as_json: bool,
) -> None:
    """Import members, contacts, lists and who is on them. Repeatable."""
    house.ready()
    from rollkeeper.cli import importing

    importing.run(paths, association, complete=complete, as_json=as_json)


@click.command()
@click.argument("list_name", metavar="[LIST]", required=False)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["constant_contact", "mailchimp", "xlsx"]),
    default="constant_contact",
    show_default=True,
    help="For whom: a provider's own CSV, or a workbook for people.",
)
@click.option("--output", type=_A_FILE, metavar="FILE", help="Where to write it.")
@click.option(
    "--reasons",
    type=_A_FILE,
    metavar="FILE",
    help="Where to write who is left out, and why. Default: beside the file.",
)
@click.option("--contacts", metavar="ID,ID", help="Only these contacts, by their ids.")
@click.option("--all", "everybody", is_flag=True, help="Everybody in the directory.")
@association_and_json
@click.pass_obj
def export(
    house: House,
    list_name: str | None,
    kind: str,
    output: Path | None,
    reasons: Path | None,
    contacts: str | None,
    everybody: bool,
    association: str | None,
    as_json: bool,
) -> None:
    """Write who may be mailed to a file that a provider imports."""
    house.ready()
    from rollkeeper.cli import exporting

    exporting.run(
        exporting.Choice(list_name=list_name, contacts=contacts, everybody=everybody),
        exporting.Targets(output=output, reasons=reasons),
        association,
        kind=kind,
        as_json=as_json,
    )
