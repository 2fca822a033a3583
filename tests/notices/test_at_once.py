"""Workers that look, tell and send at one moment, and the clock that has them do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connections
from django_scopes import scopes_disabled
from pytest_django import Settings
from tests.builders import a_connection, an_association
from tests.notices.mailing import Post, a_free_port, a_mail_server
from tests.web.people import a_person

from rollkeeper.connections.models import ConnectionState
from rollkeeper.engine.noticing.delivering import deliver
from rollkeeper.engine.noticing.looking import look_often, look_seldom
from rollkeeper.engine.noticing.telling import tell
from rollkeeper.jobs import tasks
from rollkeeper.notices.models import Incident, Message

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
WORKERS, CHAMBERS = 4, 12


@pytest.fixture(autouse=True)
def everywhere(transactional_db: None) -> Iterator[None]:
    with scopes_disabled():
        yield


@pytest.fixture
def smtp(settings: Settings) -> int:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", a_free_port()
    return int(settings.EMAIL_PORT)


def chambers_cut_off(count: int) -> None:
    for _ in range(count):
        chamber = an_association()
        a_person(chamber)
        a_connection(chamber, state=ConnectionState.RECONNECT_NEEDED, state_since=NOW)


def all_at_once(act: Callable[[], object]) -> None:
    def work(_: int) -> None:
        try:
            with scopes_disabled():
                act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))


def test_many_at_once_find_tell_and_send_everything_once(smtp: int) -> None:
    chambers_cut_off(CHAMBERS)
    post = Post()
    all_at_once(lambda: look_often(now=NOW))
    all_at_once(lambda: look_seldom(now=NOW))
    assert Incident.objects.count() == CHAMBERS
    all_at_once(lambda: tell(now=NOW))
    assert Message.objects.count() == CHAMBERS
    with a_mail_server(post, smtp):
        all_at_once(lambda: deliver(clock=lambda: NOW))
    assert len(post.taken) == CHAMBERS
    assert len({mail["Message-ID"] for mail in post.taken}) == CHAMBERS


def test_the_clock_has_a_failure_found_told_and_mailed(smtp: int) -> None:
    chambers_cut_off(1)
    post = Post()
    with a_mail_server(post, smtp):
        for task in (tasks.notices, tasks.seldom, tasks.mail) * 2:
            task(timestamp=0)
    (mail,) = post.taken
    assert "no longer lets us in" in mail["Subject"]
