"""The commands about accounts at providers: their options and their help."""

from __future__ import annotations

import click

from rollkeeper.cli.house import House
from rollkeeper.cli.options import association_and_json

_PROVIDER = click.Choice(["constant_contact"])


@click.command()
@click.argument("provider", type=_PROVIDER)
@click.option(
    "--redirect-url",
    metavar="URL",
    help="The whole address that the browser was sent back to.",
)
@click.option(
    "--replace",
    metavar="ACCOUNT",
    default="",
    help="Let this account, by its id, take the place of the one before.",
)
@association_and_json
@click.pass_obj
def connect(
    house: House,
    provider: str,
    redirect_url: str | None,
    replace: str,
    association: str | None,
    as_json: bool,
) -> None:
    """Connect an account: print where to sign in, then take the way back."""
    house.ready()
    from rollkeeper.cli import connecting

    connecting.connect(
        provider, redirect_url, association, replacing_with=replace, as_json=as_json
    )


@click.command()
@click.argument("provider", type=_PROVIDER)
@click.option("--yes", is_flag=True, help="Do not ask.")
@association_and_json
@click.pass_obj
def disconnect(
    house: House, provider: str, yes: bool, association: str | None, as_json: bool
) -> None:
    """End a connection. Lists at the provider stay as they are."""
    house.ready()
    from rollkeeper.cli import connecting

    connecting.disconnect(provider, association, yes=yes, as_json=as_json)


@click.command("rotate-keys")
@click.option(
    "--prepare", is_flag=True, help="Only put a new key into the key file, for later."
)
@click.option("--to", metavar="KEY", help="Seal with this key of the file, by its id.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document.")
@click.pass_obj
def rotate_keys(house: House, prepare: bool, to: str | None, as_json: bool) -> None:
    """Seal all sign-ins with a new key. Online; may be interrupted and repeated."""
    house.ready()
    from rollkeeper.cli import rotating

    rotating.run(prepare=prepare, to=to, as_json=as_json)
