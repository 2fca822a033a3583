"""Sending messages by mail, and trying again what failed.

Each attempt is written down before it begins, with the time at which the next may be
made. Killed between the mail server's word and ours, a message is sent again after that
time, under the same Message-ID, by which mail programs know the two for one.
"""

from __future__ import annotations

import random
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import structlog
from attrs import frozen
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django_scopes import scopes_disabled

from rollkeeper.connections.clock import database_time
from rollkeeper.core.retry import Backoff
from rollkeeper.notices.events import DUE_STATES, MessageState
from rollkeeper.notices.models import Message

ATTEMPTS: Final = Backoff(
    attempts=72,
    base=timedelta(minutes=1),
    cap=timedelta(hours=1),
    certain=0.5,
)
"""At first every minute or two, later every hour: for some two days."""

AN_ATTEMPT: Final = timedelta(minutes=10)
"""Longer than one can take; whoever made it is dead after that."""

MOST_AT_ONCE: Final = 500
_WORDS_KEPT: Final = 500

IN_A_FILE: Final = "No mail server is set: it was written to a file."

log = structlog.get_logger()


@frozen(kw_only=True)
class Failure:
    """Why a message did not leave."""

    words: str
    final: bool
    """Would the same message be refused again?"""
    server: bool
    """Is it the server that failed, and would do so for other messages too?"""


def goes_nowhere() -> bool:
    """Is mail only written to files, because no mail server is set?"""
    return bool(settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"))


def deliver(
    *,
    clock: Callable[[], datetime] = database_time,
    chance: Callable[[], float] = random.random,
    connect: Callable[[], BaseEmailBackend] = get_connection,
) -> int:
    """Send what is due; return how many were sent. Ends when the server fails."""
    sent = 0
    server = connect()
    try:
        with scopes_disabled():
            while sent < MOST_AT_ONCE and (message := _claim(clock())):
                failure = send(message, server)
                _note(message, failure, now=clock(), chance=chance())
                sent += failure is None
                if failure is not None and failure.server:
                    break
    finally:
        server.close()
    return sent


@transaction.atomic
def _claim(now: datetime) -> Message | None:
    """Take the message that is due the longest, for one attempt."""
    message = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(state__in=DUE_STATES, next_try_at__lte=now)
        .order_by("next_try_at", "id")
        .first()
    )
    if message is not None:
        message.attempts += 1
        message.next_try_at = now + AN_ATTEMPT
        message.save(update_fields=["attempts", "next_try_at"])
    return message


def send(message: Message, server: BaseEmailBackend) -> Failure | None:
    """Hand the message to the mail server; return what kept it from being taken."""
    host = urlsplit(settings.BASE_URL).hostname
    headers = {
        "Message-ID": f"<{message.number.hex}@{host}>",
        "Auto-Submitted": "auto-generated",
    }
    mail = EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[message.address],
        headers=headers,
        connection=server,
    )
    return _hand_over(mail, server)


def send_test(address: str, server: BaseEmailBackend) -> Failure | None:
    """Send a mail that shows that mail can be sent."""
    mail = EmailMessage(
        subject="Rollkeeper: a test",
        body=f"Mail from Rollkeeper at {settings.BASE_URL} reaches you.\n",
        to=[address],
        connection=server,
    )
    try:
        return _hand_over(mail, server)
    finally:
        server.close()


def _hand_over(mail: EmailMessage, server: BaseEmailBackend) -> Failure | None:
    try:
        server.open()
        mail.send()
    except (OSError, ValueError) as error:  # smtplib's own are OSErrors
        return failure_of(error)
    return None


def failure_of(error: OSError | ValueError) -> Failure:
    """Say what an error of sending means for this message, and for others."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            refusals = list(error.recipients.values())
            final = bool(refusals) and all(code >= 500 for code, _ in refusals)
            said = "; ".join(_answer(code, words) for code, words in refusals)
            return Failure(words=said, final=final, server=False)
        case smtplib.SMTPDataError():
            final = error.smtp_code >= 500
            said = _answer(error.smtp_code, error.smtp_error)
            return Failure(words=said, final=final, server=False)
        case smtplib.SMTPResponseException():
            said = _answer(error.smtp_code, error.smtp_error)
            return Failure(words=said, final=False, server=True)
        case OSError():
            return Failure(
                words=f"The mail server cannot be reached: {error}",
                final=False,
                server=True,
            )
        case ValueError():
            return Failure(
                words=f"The address cannot be written to: {error}",
                final=True,
                server=False,
            )


def _answer(code: int, words: bytes | str) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {text}"


def _note(
    message: Message, failure: Failure | None, *, now: datetime, chance: float
) -> None:
    """Write down what became of the attempt, unless somebody else has made another."""
    wait = ATTEMPTS.wait(attempt=message.attempts, chance=chance)
    if failure is None:
        said = {
            "state": MessageState.SENT,
            "sent_at": now,
            "next_try_at": None,
            "words": IN_A_FILE if goes_nowhere() else "",
        }
    elif failure.final or wait is None:
        said = {"state": MessageState.GIVEN_UP, "next_try_at": None}
    else:
        said = {"state": MessageState.FAILED, "next_try_at": now + wait}
    if failure is not None:
        said["words"] = failure.words[:_WORDS_KEPT]
    Message.objects.filter(
        Q(attempts=message.attempts), pk=message.pk, state__in=DUE_STATES
    ).update(**said)
    log.info("message_tried", message=message.pk, became=said["state"])
