"""Mail through a real server: what is taken, refused, or has to wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from attrs import define
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django_scopes import scopes_disabled
from pytest_django import Settings
from tests.builders import an_association
from tests.notices.mailing import Post, a_free_port, a_mail_server
from tests.web.people import a_person

from rollkeeper.directory.models import Association
from rollkeeper.engine.noticing.delivering import IN_A_FILE, deliver, goes_nowhere
from rollkeeper.engine.noticing.wording import SUBJECT_LENGTH, subject
from rollkeeper.notices.events import Event, MessageState
from rollkeeper.notices.models import Incident, Message

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


@define
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def everywhere() -> Iterator[None]:
    with scopes_disabled():
        yield


@pytest.fixture
def chamber() -> Association:
    return an_association(name="Harbor Chamber")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def port(settings: Settings) -> int:
    """Where a mail server is looked for; none runs there yet."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", a_free_port()
    settings.EMAIL_TIMEOUT = 5
    settings.DEFAULT_FROM_EMAIL = "notices@harbor.example"
    return int(settings.EMAIL_PORT)


def a_message(chamber: Association, **fields: Any) -> Message:
    number = uuid4()
    incident = Incident.objects.create(
        association=chamber,
        event=Event.CONNECTION_FAILED,
        about=number.hex,
        happened_at=NOW,
        found_at=NOW,
    )
    made: Message = Message.objects.create(
        **{
            "association": chamber,
            "number": number,
            "user": a_person(chamber),
            "recipient": "staff:1",
            "address": "pat@harbor.example",
            "event": Event.CONNECTION_FAILED,
            "incident": incident,
            "subject": "Harbor Chamber: it no longer lets us in",
            "body": "Zoë, look: http://127.0.0.1:8000/notices/go/abc\n",
            "state": MessageState.WAITING,
            "next_try_at": NOW,
            **fields,
        }
    )
    return made


def test_a_message_reaches_the_server_as_it_is_kept(
    chamber: Association, clock: Clock, port: int
) -> None:
    message, post = a_message(chamber), Post()
    with a_mail_server(post, port):
        assert deliver(clock=clock) == 1
        assert deliver(clock=clock) == 0
    (mail,) = post.taken
    assert mail["To"] == "pat@harbor.example"
    assert mail["From"] == "notices@harbor.example"
    assert mail["Subject"] == message.subject
    assert mail["Message-ID"] == f"<{message.number.hex}@127.0.0.1>"
    assert mail.get_content().replace("\r\n", "\n") == message.body
    message.refresh_from_db()
    assert (message.state, message.sent_at) == (MessageState.SENT, NOW)


def test_a_server_that_is_down_for_an_hour_loses_nothing(
    chamber: Association, clock: Clock, port: int
) -> None:
    messages, post = [a_message(chamber) for _ in range(5)], Post()
    for _ in range(4 * 60):
        clock.now += timedelta(seconds=15)
        assert deliver(clock=clock) == 0
    states = set(Message.objects.values_list("state", flat=True))
    assert states <= {MessageState.FAILED, MessageState.WAITING}
    assert "cannot be reached" in Message.objects.filter(state="failed")[0].words
    with a_mail_server(post, port):
        for _ in range(4 * 60):
            clock.now += timedelta(seconds=15)
            deliver(clock=clock)
    assert len(post.taken) == len(messages)
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}


def test_a_mailbox_that_there_is_not_is_given_up_with_the_servers_words(
    chamber: Association, clock: Clock, port: int
) -> None:
    a_message(chamber)
    a_message(chamber)
    with a_mail_server(Post(to_address="550 No such mailbox"), port):
        deliver(clock=clock)
    for message in Message.objects.all():
        assert (message.state, message.attempts) == (MessageState.GIVEN_UP, 1)
        assert message.words == "550 No such mailbox"
        assert message.next_try_at is None


@pytest.mark.parametrize(
    "post", [Post(to_address="451 Later"), Post(to_data="452 Full")]
)
def test_what_a_server_cannot_take_now_is_tried_again(
    chamber: Association, clock: Clock, port: int, post: Post
) -> None:
    a_message(chamber)
    with a_mail_server(post, port):
        deliver(clock=clock, chance=lambda: 1.0)
        message = Message.objects.get()
        assert message.state == MessageState.FAILED
        assert message.next_try_at == NOW + timedelta(minutes=1)
        post.to_address = post.to_data = ""
        assert deliver(clock=clock) == 0
        clock.now += timedelta(minutes=1)
        assert deliver(clock=clock) == 1
    assert Message.objects.get().attempts == 2


def test_after_two_days_a_message_is_given_up(
    chamber: Association, clock: Clock, port: int
) -> None:
    a_message(chamber)
    while Message.objects.get().state != MessageState.GIVEN_UP:
        clock.now += timedelta(hours=1)
        deliver(clock=clock)
    assert timedelta(days=2) < clock.now - NOW < timedelta(days=4)


class Killed(BaseException):
    """Stands for kill -9."""


class KilledAfterwards(EmailBackend):
    """Hands the mail over, and never comes back to say so."""

    def send_messages(self, email_messages: Any) -> int:
        super().send_messages(email_messages)
        raise Killed


def test_killed_before_its_answer_a_message_is_sent_again_under_the_same_id(
    chamber: Association, clock: Clock, port: int
) -> None:
    a_message(chamber)
    post = Post()
    with a_mail_server(post, port):
        with pytest.raises(Killed):
            deliver(clock=clock, connect=KilledAfterwards)
        assert deliver(clock=clock) == 0  # perhaps somebody is at it still
        clock.now += timedelta(minutes=10)
        assert deliver(clock=clock) == 1
    first, second = post.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_two_workers_do_not_send_one_message_twice(
    chamber: Association, clock: Clock, port: int
) -> None:
    a_message(chamber)
    post = Post()

    class Meanwhile(EmailBackend):
        def send_messages(self, email_messages: Any) -> int:
            assert deliver(clock=clock) == 0  # the other worker finds nothing
            return super().send_messages(email_messages)

    with a_mail_server(post, port):
        assert deliver(clock=clock, connect=Meanwhile) == 1
    assert len(post.taken) == 1


@pytest.mark.parametrize("address", ["a@x.example\nBcc: all@x.example", "no address"])
def test_an_address_that_is_none_is_given_up_and_never_a_header(
    chamber: Association, clock: Clock, port: int, address: str
) -> None:
    a_message(chamber, address=address)
    a_message(chamber)
    post = Post(to_address="" if "\n" in address else "553 Not an address")
    with a_mail_server(post, port):
        deliver(clock=clock)
    assert Message.objects.order_by("id")[0].state == MessageState.GIVEN_UP
    assert [mail["Bcc"] for mail in post.taken] == [None] * len(post.taken)


def test_a_subject_is_one_line_whatever_its_parts_are(
    chamber: Association, clock: Clock, port: int
) -> None:
    nasty = "Harbor\r\nBcc: all@x.example\u2028\u202egnirts" + "x" * 500
    said = subject(nasty, "it failed")
    assert len(said) == SUBJECT_LENGTH
    assert said.isprintable()
    a_message(chamber, subject=said)
    post = Post()
    with a_mail_server(post, port):
        deliver(clock=clock)
    (mail,) = post.taken
    assert mail["Bcc"] is None
    assert str(mail["Subject"]).strip() == said


def test_without_a_mail_server_messages_are_files_and_say_so(
    chamber: Association, clock: Clock, settings: Settings, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    a_message(chamber)
    assert goes_nowhere()
    assert deliver(clock=clock, connect=get_connection) == 1
    (file,) = (tmp_path / "mail").iterdir()
    assert "it no longer lets us in" in file.read_text()
    assert Message.objects.get().words == IN_A_FILE
