"""The commands about who may sign in: their options and their help."""

from __future__ import annotations

import click

from rollkeeper.cli.house import House
from rollkeeper.cli.options import association_and_json

_ROLE = click.Choice(["viewer", "operator", "approver", "administrator"])

_association = click.option(
    "--association",
    metavar="SLUG",
    help="Which association; may be left out when there is only one.",
)


@click.group()
def staff() -> None:
    """People who may sign in to the pages."""


@staff.command("list")
@association_and_json
@click.pass_obj
def show(house: House, association: str | None, as_json: bool) -> None:
    """Show who may sign in, in which role, and who is invited."""
    house.ready()
    from rollkeeper.cli import people

    people.show(association, as_json=as_json)


@staff.command()
@click.argument("username")
@click.option("--email", default="", help="Where to reach them.")
@click.option(
    "--role",
    type=_ROLE,
    default="operator",
    show_default=True,
    help="What they may do.",
)
@click.option("--administrator", is_flag=True, help="Short for --role administrator.")
@_association
@click.password_option(envvar="ROLLKEEPER_NEW_PASSWORD")
@click.pass_obj
def add(
    house: House,
    username: str,
    email: str,
    role: str,
    administrator: bool,
    association: str | None,
    password: str,
) -> None:
    """Let somebody sign in."""
    house.ready()
    from rollkeeper.cli import people

    people.add(
        username,
        email=email,
        role="administrator" if administrator else role,
        slug=association,
        password=password,
    )


@staff.command()
@click.argument("address")
@click.option(
    "--role",
    type=_ROLE,
    default="operator",
    show_default=True,
    help="What they may do.",
)
@association_and_json
@click.pass_obj
def invite(
    house: House, address: str, role: str, association: str | None, as_json: bool
) -> None:
    """Print a link with which whoever has it may join, once."""
    house.ready()
    from rollkeeper.cli import people

    people.invite(address, role, association, as_json=as_json)


@staff.command()
@click.argument("username")
@click.argument("role", type=_ROLE, metavar="ROLE")
@_association
@click.pass_obj
def role(house: House, username: str, role: str, association: str | None) -> None:
    """Give somebody another role."""
    house.ready()
    from rollkeeper.cli import people

    people.give(username, role, association)


@staff.command()
@click.argument("username")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_association
@click.pass_obj
def remove(house: House, username: str, yes: bool, association: str | None) -> None:
    """Take somebody off the staff, and sign them out wherever they are."""
    house.ready()
    from rollkeeper.cli import people

    people.remove(username, association, yes=yes)


@staff.command("new-password")
@click.argument("username")
@_association
@click.pass_obj
def new_password(house: House, username: str, association: str | None) -> None:
    """Print a link with which somebody chooses a new password, once."""
    house.ready()
    from rollkeeper.cli import people

    people.new_password(username, association)


@staff.command("drop-two-steps")
@click.argument("username")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_association
@click.pass_obj
def drop_two_steps(
    house: House, username: str, yes: bool, association: str | None
) -> None:
    """Let somebody in with the password alone who has lost telephone and codes."""
    house.ready()
    from rollkeeper.cli import people

    people.drop_two_steps(username, association, yes=yes)
