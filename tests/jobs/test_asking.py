"""Opt-outs come every five minutes, and with them what waits to be asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_scopes import scope
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.builders import a_contact
from tests.engine.worlds import World, a_world

from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.core.budget import PULL_EVERY
from rollkeeper.core.values import ContactId, Mailbox, ProviderContactId, ProviderListId
from rollkeeper.engine import connecting
from rollkeeper.jobs import tasks
from rollkeeper.ledger.models import ResubscribeRequest, ResubscribeState
from rollkeeper.ledger.services import resubscribing
from rollkeeper.providers.memory import MemoryAsking

ANN = Mailbox("ann@members.example")


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """Ann unsubscribed over there, and an administrator wants her asked."""
    world = a_world()
    asking = MemoryAsking(held_by=world.account, gate=world.meter)
    monkeypatch.setattr(tasks, "surroundings", lambda: world.surroundings)
    monkeypatch.setattr(connecting, "open_asking", lambda *_: asking)
    news = world.account.make_list("News")
    there = world.account.hand_add(ANN)
    world.account.unsubscribe(ANN)
    wish(world, there, news)
    return world


def wish(world: World, there: ProviderContactId, news: ProviderListId) -> None:
    ann = a_contact(world.association, address=ANN)
    with scope(association=world.association):
        resubscribing.ask(
            association_id=world.association.pk,
            connection_id=world.connection.pk,
            mailbox=ANN,
            contact_id=ContactId(ann.pk),
            provider_id=there,
            lists={news: "News"},
            by="staff:pat",
        )


def jobs_of(world: World) -> list[str]:
    lock = f"connection:{world.connection.pk}"
    rows = ProcrastinateJob.objects.filter(lock=lock).order_by("id")
    return [job.task_name.removeprefix("rollkeeper.") for job in rows]


def state_of(world: World) -> str:
    with scope(association=world.association):
        return str(ResubscribeRequest.objects.get().state)


def test_opt_outs_are_fetched_every_five_minutes() -> None:
    crons = [
        one.cron
        for one in app.periodic_registry.periodic_tasks.values()
        if one.task.name == "rollkeeper.pull_all"
    ]
    assert crons == ["*/5 * * * *"]
    assert timedelta(minutes=5) == PULL_EVERY


def test_what_waits_is_taken_up_with_the_opt_outs_and_once(world: World) -> None:
    for _ in range(2):
        tasks.pull_all(timestamp=0)
    assert jobs_of(world) == ["pull", "ask_to_resubscribe"]


def test_the_task_has_the_mail_sent(world: World) -> None:
    tasks.ask_to_resubscribe(world.connection.pk, by="staff:pat")

    assert state_of(world) == ResubscribeState.SENT
    assert world.held(ANN).asked_back_to == frozenset({world.list_id("News")})
    tasks.pull_all(timestamp=0)
    assert jobs_of(world) == ["pull"]


def test_without_a_connection_the_task_leaves_it_waiting(world: World) -> None:
    with scope(association=world.association):
        Connection.objects.update(state=ConnectionState.DISCONNECTED)

    tasks.ask_to_resubscribe(world.connection.pk, by="staff:pat")

    assert state_of(world) == ResubscribeState.ASKED
