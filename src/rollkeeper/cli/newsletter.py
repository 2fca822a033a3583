"""The commands about what is sent where, and when: their options and their help."""

from __future__ import annotations

import click

from rollkeeper.cli.house import House
from rollkeeper.cli.options import association_and_json


@click.command()
@click.argument("name", required=False)
@click.argument("value", required=False)
@association_and_json
@click.pass_obj
def settings(
    house: House,
    name: str | None,
    value: str | None,
    association: str | None,
    as_json: bool,
) -> None:
    """Show the newsletter settings, or set the one called NAME to VALUE."""
    house.ready()
    from rollkeeper.cli import setting

    setting.run(name, value, association, as_json=as_json)


@click.command()
@click.option("--limit", default=14, show_default=True, help="How many nights.")
@association_and_json
@click.pass_obj
def nights(house: House, limit: int, association: str | None, as_json: bool) -> None:
    """Show the last nights: what each run changed, or why there was none."""
    house.ready()
    from rollkeeper.cli import nightly

    nightly.run(limit, association, as_json=as_json)
