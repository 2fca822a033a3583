"""The command about what was recorded: its options and its help."""

from __future__ import annotations

import click

from rollkeeper.cli.house import House
from rollkeeper.cli.options import association_and_json


@click.command()
@click.option("--action", metavar="ACTION", default="", help="Only this action.")
@click.option("--by", "actor", metavar="WHO", default="", help="Only who is called so.")
@click.option("--about", metavar="SUBJECT", default="", help="Such as list, or list:7.")
@click.option("--limit", default=20, show_default=True, help="How many entries.")
@click.option(
    "--verify", is_flag=True, help="Find out whether an entry was changed or taken out."
)
@association_and_json
@click.pass_obj
def audit(
    house: House,
    action: str,
    actor: str,
    about: str,
    limit: int,
    verify: bool,
    association: str | None,
    as_json: bool,
) -> None:
    """Show who did what, the newest first, or whether the record is whole."""
    house.ready()
    from rollkeeper.audit.selectors import Sought
    from rollkeeper.cli import auditing

    if verify:
        auditing.verify(association, as_json=as_json)
    else:
        sought = Sought(action=action, actor=actor, subject=about)
        auditing.show(sought, limit, association, as_json=as_json)
