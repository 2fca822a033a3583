"""The commands about what staff are told: their options and their help."""

from __future__ import annotations

import click

from rollkeeper.cli.house import House
from rollkeeper.cli.options import association_and_json


@click.command()
@click.option("--subscribe", "event", metavar="EVENT", help="Tell somebody of this.")
@click.option("--user", metavar="NAME", help="Whom.")
@click.option(
    "--how",
    type=click.Choice(["each", "daily", "never"]),
    default="each",
    show_default=True,
    help="How.",
)
@association_and_json
@click.pass_obj
def notices(
    house: House,
    event: str | None,
    user: str | None,
    how: str,
    association: str | None,
    as_json: bool,
) -> None:
    """Show what staff can be told of, and who is told; or have somebody told."""
    if (event is None) != (user is None):
        raise click.UsageError("--subscribe EVENT and --user NAME belong together.")
    house.ready()
    from rollkeeper.cli import informing

    if event is not None and user is not None:
        informing.subscribe(event, user, how, association)
    informing.show(association, as_json=as_json)


@click.command("mail-test")
@click.argument("address")
@click.pass_obj
def mail_test(house: House, address: str) -> None:
    """Send a mail to ADDRESS now, and say what the mail server answered."""
    house.ready()
    from rollkeeper.cli import informing

    informing.try_mail(address)
