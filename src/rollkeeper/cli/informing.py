"""`notices`, `mail-test` and `history --messages`."""

from __future__ import annotations

from typing import Any

import click
from django.conf import settings
from django.core.mail import get_connection
from django_scopes import scope

from rollkeeper.cli.choosing import actor, association_named
from rollkeeper.cli.output import WRONG_USE, Stopped, answer_json, answer_table, say
from rollkeeper.core.values import Email, InvalidAddress
from rollkeeper.directory.models import Staff
from rollkeeper.engine.noticing.delivering import goes_nowhere, send_test
from rollkeeper.notices.events import ABOUT, Event, How
from rollkeeper.notices.history import Wanted, event_in_words, messages
from rollkeeper.notices.models import Message
from rollkeeper.notices.selectors import MUST, subscribers
from rollkeeper.notices.services import CannotSubscribe
from rollkeeper.notices.services import subscribe as have_told


def subscribe(event: str, user: str, how: str, slug: str | None) -> None:
    """Have one of the staff told of the event."""
    association = association_named(slug)
    if event not in Event.values:
        known = ", ".join(Event.values)
        raise Stopped(
            f"There is no event '{event}'. There are: {known}.", status=WRONG_USE
        )
    with scope(association=association):
        staff = Staff.objects.filter(user__username=user).first()
        if staff is None:
            raise Stopped(
                f"Nobody called '{user}' works for {association.name}."
                " 'rollkeeper staff add' lets somebody sign in.",
                status=WRONG_USE,
            )
        try:
            have_told(
                association_id=association.pk,
                staff_id=staff.pk,
                event=Event(event),
                how=How(how),
                by=actor(),
            )
        except CannotSubscribe as error:
            raise Stopped(str(error), status=WRONG_USE) from None


def show(slug: str | None, *, as_json: bool) -> None:
    """Show the events, and who is told of each."""
    with scope(association=association_named(slug)):
        told = subscribers()
    if as_json:
        answer_json(
            [
                {
                    "event": event,
                    "name": str(event.label),
                    "means": ABOUT[event].means,
                    "told": [
                        {"name": one.name, "address": one.address, "how": one.how}
                        for one in told[event]
                    ],
                }
                for event in Event
            ]
        )
        return
    answer_table(
        "What staff are told",
        ("event", "means", "who is told"),
        [
            (
                f"{event.label} ({event.value})",
                ABOUT[event].means,
                ", ".join(f"{one.name} ({one.how})" for one in told[event]) or "nobody",
            )
            for event in Event
        ],
    )
    for event in MUST:
        if not told[event]:
            say(f"Nobody is told of {event.label}. Administrators are, instead.")
    if goes_nowhere():
        say("Mail goes nowhere yet: set ROLLKEEPER_EMAIL_URL (docs/settings.md).")


def try_mail(address: str) -> None:
    """Send a mail, and say what became of it."""
    try:
        to = Email.parse(address).typed
    except InvalidAddress as error:
        raise Stopped(f"'{address}' is no address: {error}", status=WRONG_USE) from None
    failure = send_test(to, get_connection())
    if failure is not None:
        raise Stopped(f"It was not sent. {failure.words}")
    if goes_nowhere():
        click.echo(
            f"No mail server is set: it was written to {settings.EMAIL_FILE_PATH}."
        )
    else:
        click.echo(f"{settings.EMAIL_HOST} has taken it. Look whether it arrives.")


def communications(limit: int, slug: str | None, *, as_json: bool) -> None:
    """Show the last messages to staff, the newest first."""
    with scope(association=association_named(slug)):
        found = list(messages(Wanted())[:limit])
    if as_json:
        answer_json([_document(one) for one in found])
    elif not found:
        click.echo("Nothing was sent yet. 'rollkeeper notices' shows who is told what.")
    else:
        answer_table(
            "Last messages to staff",
            ("message", "written", "about", "to", "subject", "state"),
            [
                (
                    one.pk,
                    one.made_at,
                    event_in_words(one),
                    one.name or "nobody",
                    one.subject,
                    one.get_state_display(),
                )
                for one in found
            ],
        )


def _document(one: Message) -> dict[str, Any]:
    return {
        "message": one.pk,
        "event": one.event or None,
        "to": one.name or None,
        "address": one.address or None,
        "subject": one.subject,
        "state": one.state,
        "made_at": one.made_at,
        "sent_at": one.sent_at,
        "seen_at": one.seen_at,
        "attempts": one.attempts,
        "words": one.words,
        "body": one.body,
    }
