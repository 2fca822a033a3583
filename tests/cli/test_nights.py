"""The list of nights at the command line."""

from __future__ import annotations

import pytest
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.cli.conftest import Run
from tests.engine.nightly import a_nightly_world, is_night, turn
from tests.engine.worlds import World

from rollkeeper.connections.models import ConnectionState
from rollkeeper.jobs import tasks


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    world = a_nightly_world()
    monkeypatch.setattr(tasks, "surroundings", lambda: world.surroundings)
    a_list(world.association, a_contact(world.association), name="News")
    world.sync(everything=True)
    return world


def test_before_the_first_night_it_says_when_there_will_be_one(
    run: Run, world: World
) -> None:
    assert "'rollkeeper sync' makes it" in run("nights").out
    run("settings", "nightly", "off")
    assert "'rollkeeper settings nightly on'" in run("nights").out


def test_a_night_is_told_with_its_run(run: Run, world: World) -> None:
    is_night(world.association)
    tasks.nights(timestamp=0)
    tasks.sync(world.connection.pk, by="rule:night")
    to_come, night = run("nights", "--json").document
    assert (to_come["state"], to_come["run"]) == ("planned", None)
    assert (night["state"], night["held"], night["waiting"]) == ("started", 0, 0)
    (last,) = run("history", "--limit", "1", "--json").document
    assert (last["run"], last["by"]) == (night["run"], "rule:night")
    assert night["finished_at"] == last["finished_at"]
    table = run("nights").out
    assert "by the clocks of UTC" in table


def test_it_is_said_why_there_was_none(run: Run, world: World) -> None:
    is_night(world.association)
    turn(world.connection, ConnectionState.RECONNECT_NEEDED, "Signed out.")
    tasks.nights(timestamp=0)
    (night,) = run("nights", "--json").document
    assert night["state"] == "not_possible"
    assert "Reconnect needed. Signed out." in " ".join(run("nights").out.split())


def test_as_many_nights_as_asked_for(run: Run, world: World) -> None:
    is_night(world.association)
    tasks.nights(timestamp=0)
    assert len(run("nights", "--limit", "1", "--json").document) == 1


def test_how_much_of_a_night_waits_for_a_decision_is_counted(
    run: Run, world: World
) -> None:
    people = [a_contact(world.association) for _ in range(40)]
    full = a_list(world.association, *people, name="Full")
    world.sync()
    is_night(world.association)
    tasks.nights(timestamp=0)
    with scope(association=world.association):
        full.memberships.all().delete()
    tasks.sync(world.connection.pk, by="rule:night")
    assert run("nights", "--json").document[1]["held"] == 40
