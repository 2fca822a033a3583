"""Newsletter settings at the command line."""

from __future__ import annotations

import pytest
from django_scopes import scope
from tests.builders import a_list
from tests.cli.conftest import Run
from tests.engine.nightly import a_nightly_world
from tests.engine.worlds import World

from rollkeeper.audit.models import Entry
from rollkeeper.directory.models import Mark


@pytest.fixture
def world(transactional_db: None) -> World:
    world = a_nightly_world()
    a_list(world.association, name="News")
    world.sync(everything=True)
    return world


def marked(world: World) -> set[int | None]:
    with scope(association=world.association):
        return set(Mark.objects.values_list("list_id", flat=True))


def test_the_settings_begin_with_the_defaults(run: Run, world: World) -> None:
    assert run("settings", "--json").document == {
        "solution": "constant_contact",
        "representatives": False,
        "membership_types": False,
        "lists": True,
        "switch_on_new_lists": False,
        "representatives_name": (
            "All Active and Courtesy Representatives from Rollkeeper"
        ),
        "nightly": True,
        "window": "01:00-04:00",
        "time_zone": "America/Chicago",
    }


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("solution", "none", "none"),
        ("representatives", "on", True),
        ("membership_types", "yes", True),
        ("lists", "off", False),
        ("switch_on_new_lists", "On", True),
        ("representatives_name", "Everybody", "Everybody"),
        ("nightly", "no", False),
        ("window", "22:30 - 1:30", "22:30-01:30"),
        ("time_zone", "Asia/Kolkata", "Asia/Kolkata"),
    ],
)
def test_each_setting_can_be_changed_and_that_is_on_record(
    run: Run, world: World, name: str, value: str, shown: object
) -> None:
    said = run("settings", name, value, "--json")
    assert (said.status, said.document[name]) == (0, shown)
    assert run("settings", "--json").document[name] == shown
    with scope(association=world.association):
        entry = Entry.objects.order_by("-pk")[0]
    assert entry.action == "newsletter_settings_changed"
    assert entry.actor.startswith("command line:")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("color", "red"), "There is no setting 'color'. There are solution,"),
        (("nightly",), "rollkeeper settings nightly VALUE"),
        (("nightly", "maybe"), "'maybe' is neither on nor off"),
        (("window", "1-4"), "Write it like 01:00-04:00"),
        (("window", "25:00-04:00"), "Write it like 01:00-04:00"),
        (("window", "01:00-01:00"), "must end at another time"),
        (("time_zone", "Chicago"), "Give one such as America/Chicago"),
        (("solution", "post"), "one of constant_contact, mailchimp, none"),
        (("representatives_name", " "), "needs a name"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(
    run: Run, world: World, words: tuple[str, ...], says: str
) -> None:
    said = run("settings", *words)
    assert (said.status, said.out) == (2, "")
    assert says in said.err


def test_a_set_that_is_switched_has_its_lists_compared(run: Run, world: World) -> None:
    with scope(association=world.association):
        (news,) = world.association.contactlist_set.filter(name="News")
    assert marked(world) == set()
    run("settings", "lists", "off")
    assert marked(world) == {news.pk}
    world.sync()
    run("settings", "nightly", "off")
    assert marked(world) == set()
    run("settings", "lists", "on")
    assert marked(world) == {news.pk}


def test_people_see_what_each_setting_means(run: Run, world: World) -> None:
    said = run("settings")
    assert "01:00-04:00" in said.out
    assert "compare everything" in said.out
