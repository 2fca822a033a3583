"""The communication history: found, filtered, read as sent, taken away as a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from django_scopes import scope
from tests.builders import a_connection, a_contact, an_association

from rollkeeper.audit.models import Entry
from rollkeeper.directory.models import Association
from rollkeeper.notices.events import Event, MessageState
from rollkeeper.notices.models import Incident, Mention, Message, Telling

PAGE = "/communications/"


def a_message(chamber: Association, subject: str, **fields: Any) -> Message:
    event = fields.pop("event", Event.CONNECTION_FAILED)
    now = timezone.now()
    with scope(association=chamber):
        incident = Incident.objects.create(
            association=chamber,
            event=event,
            about=uuid4().hex,
            happened_at=now,
            found_at=now,
            connection=fields.get("connection"),
        )
        message: Message = Message.objects.create(
            **{
                "association": chamber,
                "number": uuid4(),
                "recipient": "staff:1",
                "name": "Pat",
                "address": "pat@harbor.example",
                "event": event,
                "incident": incident,
                "subject": subject,
                "body": f"All about {subject}.",
                "state": MessageState.SENT,
                **fields,
            }
        )
        Telling.objects.create(message=message, incident=incident)
    return message


def subjects(answer: Any) -> list[str]:
    page = answer.content.decode()
    return re.findall(r'<a href="/communications/\d+/">([^<]+)</a>', page)


def test_everything_that_was_sent_is_listed_the_newest_first(
    staff: Client, chamber: Association
) -> None:
    for subject in ("First", "Second"):
        a_message(chamber, subject)
    a_message(an_association(), "Of others")
    assert subjects(staff.get(PAGE)) == ["Second", "First"]


@pytest.mark.parametrize(
    "query",
    [
        {"q": "harbour needle"},
        {"event": Event.UNSUBSCRIBED},
        {"state": MessageState.GIVEN_UP},
        {"to": "staff:2"},
        {"until": "2026-01-31"},
    ],
)
def test_messages_are_found_by_what_is_known_of_them(
    staff: Client, chamber: Association, query: dict[str, str]
) -> None:
    a_message(chamber, "Other")
    a_message(
        chamber,
        "Wanted",
        body="A needle in the harbour.",
        event=Event.UNSUBSCRIBED,
        state=MessageState.GIVEN_UP,
        recipient="staff:2",
        made_at=timezone.now().replace(year=2026, month=1, day=31),
    )
    assert subjects(staff.get(PAGE, query)) == ["Wanted"]


def test_messages_are_found_by_contact_and_by_connection(
    staff: Client, chamber: Association
) -> None:
    contact, connection = a_contact(chamber), a_connection(chamber)
    about = a_message(chamber, "About somebody")
    a_message(chamber, "About the account", connection=connection)
    assert about.incident
    Mention.objects.create(
        incident=about.incident, contact_id=contact.pk, mailbox="a@x.example"
    )
    answer = staff.get(PAGE, {"contact": contact.pk})
    assert subjects(answer) == ["About somebody"]
    assert str(contact) in answer.content.decode()
    found = subjects(staff.get(PAGE, {"connection": connection.pk}))
    assert found == ["About the account"]


def test_the_page_of_an_account_leads_to_what_was_told_of_it(
    staff: Client, chamber: Association
) -> None:
    connection = a_connection(chamber)
    page = staff.get("/settings/integrations/constant_contact/").content.decode()
    assert f'href="{PAGE}?connection={connection.pk}"' in page


def test_older_pages_begin_behind_the_last_that_was_shown(
    staff: Client, chamber: Association
) -> None:
    for n in range(30):
        a_message(chamber, f"No {n}")
    first = staff.get(PAGE)
    (older,) = re.findall(r'rel="next" href="\?(before=\d+)"', first.content.decode())
    a_message(chamber, "Came meanwhile")
    second = subjects(staff.get(f"{PAGE}?{older}"))
    assert subjects(first) + second == [f"No {n}" for n in range(29, -1, -1)]


def test_a_message_is_shown_as_it_was_sent_with_what_became_of_it(
    staff: Client, chamber: Association
) -> None:
    message = a_message(
        chamber,
        "Not delivered",
        body="Dear <b>Pat</b>,\nit failed.",
        state=MessageState.GIVEN_UP,
        words="550 No such mailbox",
        attempts=3,
    )
    page = staff.get(f"{PAGE}{message.pk}/").content.decode()
    assert "Dear &lt;b&gt;Pat&lt;/b&gt;,\nit failed." in page
    assert "550 No such mailbox" in page
    message.refresh_from_db()
    assert message.seen_at is None  # it was not theirs


def test_a_message_of_another_association_is_not_there(staff: Client) -> None:
    message = a_message(an_association(), "Of others")
    assert staff.get(f"{PAGE}{message.pk}/").status_code == 404


def test_a_file_of_what_matches_holds_no_formulas_and_is_recorded(
    staff: Client, chamber: Association
) -> None:
    a_message(chamber, "=1+1", name="@SUM(A1)")
    a_message(chamber, "Other", made_at=timezone.now() - timedelta(days=2))
    answer = staff.post(f"{PAGE}export?q=sum")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    header, row = csv.reader(io.StringIO(text))
    assert dict(zip(header, row, strict=True))["subject"] == "'=1+1"
    assert dict(zip(header, row, strict=True))["to"] == "'@SUM(A1)"
    with scope(association=chamber):
        assert Entry.objects.latest("pk").action == "communications_exported"


def test_an_empty_history_says_how_to_begin(staff: Client) -> None:
    assert "Nothing was sent yet" in staff.get(PAGE).content.decode()
    assert "Nothing like that was sent" in staff.get(f"{PAGE}?q=x").content.decode()


@pytest.mark.parametrize("query", ["before=x", "contact=x", "since=x", "state=x"])
def test_what_makes_no_sense_is_passed_over(
    staff: Client, chamber: Association, query: str
) -> None:
    a_message(chamber, "There")
    assert subjects(staff.get(f"{PAGE}?{query}")) == ["There"]
