"""What staff are told, at the command line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_scopes import scope
from pytest_django import Settings
from tests.builders import a_connection, an_association
from tests.cli.conftest import Run
from tests.notices.mailing import Post, a_free_port, a_mail_server
from tests.web.people import a_person

from rollkeeper.connections.models import ConnectionState
from rollkeeper.directory.models import Association
from rollkeeper.engine.noticing.looking import look_often
from rollkeeper.engine.noticing.telling import tell
from rollkeeper.notices.events import Event


@pytest.fixture
def chamber(transactional_db: None) -> Association:
    return an_association(name="Harbor Chamber")


@pytest.fixture
def smtp(settings: Settings) -> int:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", a_free_port()
    return int(settings.EMAIL_PORT)


def test_every_event_is_listed_with_who_is_told(run: Run, chamber: Association) -> None:
    pat = a_person(chamber)
    said = run("notices", "--json").document
    assert [one["event"] for one in said] == Event.values
    assert said[0]["told"] == [
        {"name": pat.username, "address": pat.email, "how": "each"}
    ]
    assert str(Event.UNSUBSCRIBED.label) in run("notices").out


def test_somebody_is_told_from_now_on(run: Run, chamber: Association) -> None:
    pat = a_person(chamber)
    words = ("notices", "--subscribe", "unsubscribed", "--user", pat.username)
    assert run(*words, "--how", "daily").status == 0
    (row,) = (o for o in run("notices", "--json").document if o["event"] == words[2])
    assert [one["how"] for one in row["told"]] == ["daily"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--subscribe", "unsubscribed"), "belong together"),
        (("--subscribe", "rain", "--user", "pat"), "There are: connection_failed"),
        (("--subscribe", "unsubscribed", "--user", "nobody"), "staff add"),
    ],
)
def test_what_cannot_be_told_is_refused_with_what_can(
    run: Run, chamber: Association, words: tuple[str, ...], complaint: str
) -> None:
    said = run("notices", *words)
    assert said.status == 2
    assert complaint in said.err


def test_nobody_being_told_of_a_failure_is_said(run: Run, chamber: Association) -> None:
    assert "Nobody is told of Integration Connection Failed" in run("notices").err


def test_the_messages_that_were_sent_are_the_history(
    run: Run, chamber: Association
) -> None:
    a_person(chamber)
    assert "Nothing was sent yet" in run("history", "--messages").out
    now = timezone.now()
    a_connection(chamber, state=ConnectionState.RECONNECT_NEEDED, state_since=now)
    look_often(now=now + timedelta(seconds=15))
    with scope(association=chamber):
        tell(now=now)
    (message,) = run("history", "--messages", "--json").document
    assert message["event"] == "connection_failed"
    assert message["state"] == "waiting"
    assert "Nothing is lost" in message["body"]


def test_a_test_mail_reaches_the_server(
    run: Run, chamber: Association, smtp: int
) -> None:
    post = Post()
    with a_mail_server(post, smtp):
        said = run("mail-test", "pat@harbor.example")
    assert "127.0.0.1 has taken it" in said.out
    assert [mail["To"] for mail in post.taken] == ["pat@harbor.example"]


def test_a_mail_server_that_is_not_there_is_an_error_in_words(
    run: Run, chamber: Association, smtp: int
) -> None:
    said = run("mail-test", "pat@harbor.example")
    assert said.status == 1
    assert "The mail server cannot be reached" in said.err


def test_a_test_mail_without_a_server_is_a_file(
    run: Run, chamber: Association, settings: Settings, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    assert str(tmp_path / "mail") in run("mail-test", "pat@harbor.example").out
    assert run("mail-test", "nowhere").status == 2
