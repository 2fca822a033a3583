"""The commands about who must be left in peace: their options and help."""

from __future__ import annotations

import click

from rollkeeper.cli.house import House
from rollkeeper.cli.options import association_and_json


@click.command()
@click.argument("email")
@click.option("--because", required=True, metavar="TEXT", help="Why, in a sentence.")
@click.option("--list", "list_name", metavar="LIST", help="Only this list's mail.")
@association_and_json
@click.pass_obj
def suppress(
    house: House,
    email: str,
    because: str,
    list_name: str | None,
    association: str | None,
    as_json: bool,
) -> None:
    """Note that EMAIL asked not to be mailed. Only the person can lift it."""
    house.ready()
    from rollkeeper.cli import consenting

    consenting.suppress(email, because, list_name, association, as_json=as_json)


@click.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not show what it means, and do not ask.")
@association_and_json
@click.pass_obj
def resubscribe(
    house: House, email: str, yes: bool, association: str | None, as_json: bool
) -> None:
    """Have EMAIL, who unsubscribed, asked to come back: one mail, once ever."""
    house.ready()
    from rollkeeper.cli import consenting

    consenting.resubscribe(email, association, yes=yes, as_json=as_json)
