"""Every command, its options and its help. What it does is in the module it calls.

Those that read and write files stand in `files`, those about nights in `newsletter`,
those about what staff are told in `notices`, those about accounts in `accounts`, those
about who may sign in in `staff`.
"""

from __future__ import annotations

from pathlib import Path

import click

from rollkeeper import __version__
from rollkeeper.cli import (
    accounts,
    consent,
    files,
    newsletter,
    notices,
    recorded,
    staff,
)
from rollkeeper.cli.house import House
from rollkeeper.cli.options import association_and_json


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rollkeeper")
def cli() -> None:
    """Keep newsletter lists true to a membership roll.

    Start with 'rollkeeper demo' to see it work on this machine.
    """


@cli.command()
@click.pass_obj
def demo(house: House) -> None:
    """Everything on this machine, with a sample chamber and a provider twin."""
    from rollkeeper.cli import demonstration

    demonstration.demo(house)


@cli.command()
@click.pass_obj
def run(house: House) -> None:
    """Web pages, a worker and the embedded database, until Ctrl-C."""
    from rollkeeper.cli import serving

    serving.run(house)


@cli.command()
@click.option("--bind", metavar="HOST:PORT", help="Default: that of the base address.")
@click.pass_obj
def web(house: House, bind: str | None) -> None:
    """Only the web pages."""
    from rollkeeper.cli import serving

    serving.web(house, bind)


@cli.command()
@click.option("--threads", default=8, show_default=True, help="Jobs at a time.")
@click.pass_obj
def worker(house: House, threads: int) -> None:
    """Only a worker. Start as many as you like, on any machine."""
    house.ready(serves=True)
    from rollkeeper.cli import working

    working.work(threads, house)


cli.add_command(accounts.connect)
cli.add_command(accounts.disconnect)
cli.add_command(accounts.rotate_keys)
cli.add_command(files.import_)
cli.add_command(files.export)
cli.add_command(consent.suppress)
cli.add_command(consent.resubscribe)
cli.add_command(newsletter.settings)
cli.add_command(newsletter.nights)
cli.add_command(notices.notices)
cli.add_command(notices.mail_test)
cli.add_command(recorded.audit)
cli.add_command(staff.staff)


@cli.command()
@click.option("--audience", metavar="LIST", help="Only this list, by name or id.")
@association_and_json
@click.pass_obj
def plan(
    house: House, audience: str | None, association: str | None, as_json: bool
) -> None:
    """Show what a sync would do now, without doing it."""
    house.ready()
    from rollkeeper.cli import syncing

    syncing.plan(audience, association, as_json=as_json)


@cli.command()
@click.option("--audience", metavar="LIST", help="Only this list, by name or id.")
@click.option("--wait", is_flag=True, help="Wait for the end; do the work if need be.")
@click.option("--yes", is_flag=True, help="Accept the preview of a first sync.")
@association_and_json
@click.pass_obj
def sync(
    house: House,
    audience: str | None,
    wait: bool,
    yes: bool,
    association: str | None,
    as_json: bool,
) -> None:
    """Make the provider's lists true to the directory."""
    house.ready()
    from rollkeeper.cli import syncing

    syncing.sync(audience, association, wait=wait, yes=yes, as_json=as_json)


@cli.command()
@association_and_json
@click.pass_obj
def pull(house: House, association: str | None, as_json: bool) -> None:
    """Fetch unsubscribes from the provider now."""
    house.ready()
    from rollkeeper.cli import syncing

    syncing.pull(association, as_json=as_json)


@cli.command()
@click.argument("hold", required=False)
@click.option("--all", "everything", is_flag=True, help="Decided ones, too.")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    metavar="FILE",
    help="Write the full list of one hold to this file.",
)
@association_and_json
@click.pass_obj
def holds(
    house: House,
    hold: str | None,
    everything: bool,
    csv_file: Path | None,
    association: str | None,
    as_json: bool,
) -> None:
    """Show what waits for a person to decide, or all about one HOLD."""
    house.ready()
    from rollkeeper.cli import holds as waiting

    waiting.show(
        hold, association, everything=everything, csv_file=csv_file, as_json=as_json
    )


@cli.command()
@click.argument("hold")
@click.option("--count", type=int, help="The number of people, where it is asked for.")
@click.option("--yes", is_flag=True, help="Do not ask; HOLD is written with its print.")
@association_and_json
@click.pass_obj
def approve(
    house: House,
    hold: str,
    count: int | None,
    yes: bool,
    association: str | None,
    as_json: bool,
) -> None:
    """Let pass what HOLD holds, such as 12-3fa91c, within the next 24 hours."""
    house.ready()
    from rollkeeper.cli import deciding

    deciding.approve(hold, association, count=count, yes=yes, as_json=as_json)


@cli.command()
@click.argument("hold")
@click.option("--yes", is_flag=True, help="Do not ask; HOLD is written with its print.")
@association_and_json
@click.pass_obj
def discard(
    house: House, hold: str, yes: bool, association: str | None, as_json: bool
) -> None:
    """Decide against what HOLD holds: it is not done and not asked again."""
    house.ready()
    from rollkeeper.cli import deciding

    deciding.discard(hold, association, yes=yes, as_json=as_json)


@cli.command()
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=PERCENT,LEAST,MOST",
    help="Set a limit; may be given several times.",
)
@association_and_json
@click.pass_obj
def limits(
    house: House, settings: tuple[str, ...], association: str | None, as_json: bool
) -> None:
    """Show, or set, how much is done within a day without asking."""
    house.ready()
    from rollkeeper.cli import limiting

    limiting.run(settings, association, as_json=as_json)


@cli.command()
@click.argument("list_name", metavar="[LIST]", required=False)
@click.argument("choice", type=click.Choice(["adopt", "new"]), required=False)
@association_and_json
@click.pass_obj
def namesakes(
    house: House,
    list_name: str | None,
    choice: str | None,
    association: str | None,
    as_json: bool,
) -> None:
    """Show lists that the provider had already, with people; or choose for one."""
    house.ready()
    from rollkeeper.cli import namesakes as choosing

    choosing.run(list_name, choice, association, as_json=as_json)


@cli.command()
@click.argument("list_name", metavar="[LIST]", required=False)
@click.option("--preset", type=click.Choice(["default", "live", "nightly", "replace"]))
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Set one field, such as strangers=remove; may be given several times.",
)
@click.option("--yes", is_flag=True, help="Do not show the plan, and do not ask.")
@association_and_json
@click.pass_obj
def policy(
    house: House,
    list_name: str | None,
    preset: str | None,
    settings: tuple[str, ...],
    yes: bool,
    association: str | None,
    as_json: bool,
) -> None:
    """Show what is done when people leave or move, or change it for one list."""
    house.ready()
    from rollkeeper.cli import policies

    policies.run(
        list_name,
        association,
        preset=preset,
        settings=settings,
        yes=yes,
        as_json=as_json,
    )


@cli.command()
@click.argument("email")
@association_and_json
@click.pass_obj
def explain(house: House, email: str, association: str | None, as_json: bool) -> None:
    """Say why somebody is, or is not, on the lists at the provider."""
    house.ready()
    from rollkeeper.cli import reading

    reading.explain(email, association, as_json=as_json)


@cli.command()
@association_and_json
@click.pass_obj
def audiences(house: House, association: str | None, as_json: bool) -> None:
    """Show the synchronized lists and how many are on them, here and there."""
    house.ready()
    from rollkeeper.cli import reading

    reading.audiences(association, as_json=as_json)


@cli.command()
@click.option("--limit", default=20, show_default=True, help="How many.")
@click.option("--messages", is_flag=True, help="What staff were told, instead.")
@association_and_json
@click.argument("run", type=int, required=False)
@click.pass_obj
def history(
    house: House,
    run: int | None,
    limit: int,
    messages: bool,
    association: str | None,
    as_json: bool,
) -> None:
    """Show the last runs, or one RUN by its number, and what they did and found."""
    house.ready()
    from rollkeeper.cli import informing, reading

    if messages:
        informing.communications(limit, association, as_json=as_json)
    elif run is None:
        reading.history(limit, association, as_json=as_json)
    else:
        reading.one_run(run, association, as_json=as_json)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document.")
@click.pass_obj
def doctor(house: House, as_json: bool) -> None:
    """Look at everything that can be looked at, and say what to mend."""
    house.ready()
    from rollkeeper.cli import reading

    reading.doctor(house, as_json=as_json)
