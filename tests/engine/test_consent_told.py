"""Staff are told that somebody came back, and that a provider holds mail back."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.utils.formats import date_format
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.engine.worlds import World

from rollkeeper.core.values import Mailbox
from rollkeeper.core.views import Permission
from rollkeeper.directory.models import Contact
from rollkeeper.engine.explain import explain

ANN = Mailbox("ann@a.example")


@pytest.fixture
def ann(world: World) -> Contact:
    ann = a_contact(world.association, address=ANN)
    a_list(world.association, ann, a_contact(world.association), name="Board")
    world.sync(everything=True)
    world.clock.sleep(3600)
    return ann


def told(world: World, ann: Contact) -> str:
    with scope(association=world.association):
        (one,) = explain(connection=world.connection, contacts=[ann])
    return one.sentence


def test_who_came_back_is_said_to_have_done_so_themselves(
    world: World, ann: Contact
) -> None:
    world.account.unsubscribe(ANN)
    world.sync(everything=True)
    assert "No Mass Emails" in told(world, ann)
    world.clock.sleep(3600)
    world.account.resubscribe(ANN)
    day = world.clock.read().astimezone(ZoneInfo(world.association.time_zone)).date()
    world.sync(everything=True)
    said = told(world, ann)
    assert "is on the list" in said
    assert f"subscribed again by their own act on {date_format(day)}" in said


def test_whom_the_provider_holds_mail_back_from_is_said(
    world: World, ann: Contact
) -> None:
    world.held(ANN).permission = Permission.ON_HOLD
    world.sync(everything=True)
    assert ANN in world.on("Board")
    assert "holds back mail to the address for now" in told(world, ann)
