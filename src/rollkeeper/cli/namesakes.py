"""`namesakes`: lists that the provider had already, with people on them."""

from __future__ import annotations

import click
from attrs import asdict
from django_scopes import scope

from rollkeeper.cli.choosing import actor, association_named, connection_of
from rollkeeper.cli.output import WRONG_USE, Stopped, answer_json, answer_table, say
from rollkeeper.core.policy import Namesake
from rollkeeper.engine import namesakes
from rollkeeper.engine.namesakes import Undecided


def run(
    name: str | None, choice: str | None, slug: str | None, *, as_json: bool
) -> None:
    """List what waits to be chosen, or choose for one list."""
    association = association_named(slug)
    with scope(association=association):
        connection = connection_of(association)
        if name is not None:
            one = _named(name, connection.pk)
            if choice is None:
                raise Stopped(
                    f"Say what to do: 'rollkeeper namesakes \"{one.name}\" adopt' uses"
                    " the list that is there, 'new' makes another one.",
                    status=WRONG_USE,
                )
            namesakes.choose(
                audience_id=one.audience_id, choice=Namesake(choice), by=actor()
            )
            say(f"{one.name} is filled with the next run.")
        _answer(list(namesakes.undecided(connection.pk)), as_json=as_json)


def _named(name: str, connection_id: int) -> Undecided:
    waiting = namesakes.undecided(connection_id)
    found = [one for one in waiting if one.name.casefold() == name.strip().casefold()]
    if not found:
        names = ", ".join(one.name for one in waiting)
        raise Stopped(
            f"No list called '{name}' waits for a choice. There wait:"
            f" {names or 'none'}.",
            status=WRONG_USE,
        )
    return found[0]


def _answer(waiting: list[Undecided], *, as_json: bool) -> None:
    if as_json:
        answer_json([asdict(one) for one in waiting])
    elif not waiting:
        click.echo("No list waits for a choice.")
    else:
        answer_table(
            "The provider has lists of these names, with people on them. Use them"
            " ('adopt') or make new ones ('new')?",
            ("list", "people there"),
            [(one.name, _people(one)) for one in waiting],
        )


def _people(one: Undecided) -> str:
    return "some" if one.members is None else f"{one.members:,}"
