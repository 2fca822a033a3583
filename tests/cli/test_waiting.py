"""Whole syncs at the command line, with an account in memory."""

from __future__ import annotations

import pytest
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.cli.conftest import Run
from tests.engine.worlds import World, a_world

from rollkeeper.directory.models import ContactList
from rollkeeper.jobs import tasks


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """Forty people on a list, true over there."""
    world = a_world()
    monkeypatch.setattr(tasks, "surroundings", lambda: world.surroundings)
    people = [a_contact(world.association) for _ in range(40)]
    a_list(world.association, *people, name="News")
    world.sync(everything=True)
    return world


def wipe(world: World) -> None:
    with scope(association=world.association):
        ContactList.objects.get(kind="list").memberships.all().delete()


def test_a_sync_that_leaves_something_to_decide_ends_with_3(
    run: Run, world: World
) -> None:
    assert run("sync", "--wait").status == 0
    wipe(world)
    said = run("sync", "--wait")
    assert said.status == 3
    assert "'rollkeeper holds' shows it" in said.err
    assert len(world.on("News")) == 40


def test_what_was_approved_is_done_by_the_next_sync(run: Run, world: World) -> None:
    wipe(world)
    run("sync", "--wait")
    while waiting := run("holds", "--json").document:
        for hold in waiting:
            done = run(
                *("approve", hold["hold"], "--yes", "--count", str(hold["people"])),
            )
            assert done.status == 0
    assert run("sync", "--wait").status == 0
    assert world.on("News") == set()


def test_a_policy_shows_its_plan_before_it_takes_effect(
    run: Run, world: World, at_a_terminal: None
) -> None:
    wipe(world)
    refused = run("policy", "News", "--preset", "nightly", typed="n\n")
    assert refused.status == 1
    assert "Nothing to do" in refused.out
    assert run("policy", "News", "--json").document[0]["preset"] == "default"
    run("policy", "News", "--preset", "nightly", typed="y\n")
    assert run("policy", "News", "--json").document[0]["preset"] == "nightly"
    assert run("sync", "--wait").status == 0
    assert len(world.on("News")) == 40
