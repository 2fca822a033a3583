"""What staff do about No Mass Emails: note a wish, and have somebody asked once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.builders import (
    a_connection,
    a_contact,
    an_address,
    an_association,
)
from tests.web.refusing import ANN, a_fact, ann_of, shown, the_list
from tests.web.test_lists import an_audience

from rollkeeper.audit.models import Entry
from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.core.views import Permission
from rollkeeper.directory.models import Association, Contact, ContactList
from rollkeeper.ledger.models import (
    RemoteContact,
    ResubscribeRequest,
    ResubscribeState,
)


@pytest.fixture
def ann(chamber: Association) -> Contact:
    return ann_of(chamber)


# Noted by staff


def note(client: Client, contact: Contact, because: str, of: int | str = "") -> str:
    answer = client.post(
        reverse("contact_refusal", args=[contact.pk]),
        {"because": because, "list": of},
        follow=True,
    )
    return " ".join(answer.content.decode().split())


def test_staff_note_that_somebody_asked_not_to_be_mailed(
    staff: Client, chamber: Association, ann: Contact
) -> None:
    page = note(staff, ann, "  Said so on the\nphone. ")

    assert "Only the person can lift it" in page
    assert "“Said so on the phone.”" in page
    with scope(association=chamber):
        fact, entry = Suppression.objects.get(), Entry.objects.get()
    assert (fact.kind, fact.mailbox, fact.contact_id) == ("staff", ANN, ann.pk)
    assert fact.actor == entry.actor
    assert (entry.action, entry.subject) == ("refusal_noted", f"contact:{ann.pk}")
    assert entry.details["because"] == "Said so on the phone."


def test_it_can_be_about_one_list(
    staff: Client, chamber: Association, ann: Contact
) -> None:
    golf = the_list(chamber, "Golf")

    page = note(staff, ann, "No golf any more.", golf.pk)

    assert "Asked not to be sent the mail of Golf" in page
    assert "Asked us," in shown(staff, "list", golf.pk)
    assert "Asked us," not in shown(staff, "list", the_list(chamber, "News").pk)


@pytest.mark.parametrize("because", ["", "   "])
def test_it_needs_a_sentence_why(
    staff: Client, chamber: Association, ann: Contact, because: str
) -> None:
    assert "Write why" in note(staff, ann, because)
    with scope(association=chamber):
        assert not Suppression.objects.exists()


def test_it_needs_an_address_to_be_about(staff: Client, chamber: Association) -> None:
    nobody = a_contact(chamber, address=None)

    assert "There is no address" in note(staff, nobody, "Said so.")


def test_noted_twice_is_noted_once(
    staff: Client, chamber: Association, ann: Contact
) -> None:
    note(staff, ann, "Said so.")

    assert "noted before" in note(staff, ann, "Said so again.")
    with scope(association=chamber):
        assert Suppression.objects.count() == Entry.objects.count() == 1


def test_nobody_notes_it_for_another_association(ann: Contact, admin: Client) -> None:
    elsewhere = a_contact(an_association())

    answer = admin.post(
        reverse("contact_refusal", args=[elsewhere.pk]), {"because": "x"}
    )

    assert answer.status_code == 404


# Asked about, once


@pytest.fixture
def gone(chamber: Association, ann: Contact) -> Connection:
    """Ann unsubscribed over there, where both her lists are ours."""
    connection = a_connection(chamber)
    a_fact(ann, ANN, Kind.UNSUBSCRIBED)
    with scope(association=chamber):
        RemoteContact.objects.create(
            association=chamber,
            connection=connection,
            mailbox=ANN,
            provider_id="c-1",
            permission=Permission.UNSUBSCRIBED,
            seen_at=datetime(2026, 5, 4, tzinfo=UTC),
        )
        for row in ContactList.objects.filter(name__in=("News", "Golf")):
            an_audience(connection, row)
    return connection


def asked(client: Client, contact: Contact) -> str:
    answer = client.post(reverse("contact_resubscribe", args=[contact.pk]), follow=True)
    return " ".join(answer.content.decode().split())


def test_before_asking_it_says_whom_that_it_is_once_and_which_lists(
    admin: Client, ann: Contact, gone: Connection
) -> None:
    assert "Ask them to subscribe again" in shown(admin, "contact", ann.pk)

    page = shown(admin, "contact_resubscribe", ann.pk)

    assert ANN in page
    assert "This can be done once, ever." in page
    assert "<li>Golf</li><li>News</li>" in page


def test_asking_is_kept_and_left_to_a_worker(
    admin: Client, chamber: Association, ann: Contact, gone: Connection
) -> None:
    page = asked(admin, ann)

    assert f"sends the mail to {ANN} within minutes" in page
    assert "The mail that asks them to subscribe again is on its way, by person" in page
    (job,) = ProcrastinateJob.objects.all()
    assert job.task_name == "rollkeeper.ask_to_resubscribe"
    assert (job.args["connection_id"], job.lock) == (gone.pk, f"connection:{gone.pk}")
    with scope(association=chamber):
        assert ResubscribeRequest.objects.get().state == ResubscribeState.ASKED
        assert Entry.objects.filter(action="resubscribe_asked").count() == 1


def test_nobody_is_asked_a_second_time(
    admin: Client, chamber: Association, ann: Contact, gone: Connection
) -> None:
    asked(admin, ann)

    assert "can be asked only once" in asked(admin, ann)
    assert "Ask them to subscribe again" not in shown(admin, "contact", ann.pk)
    with scope(association=chamber):
        assert ResubscribeRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "words", "said"),
    [
        (ResubscribeState.SENT, "", "there is no second mail"),
        (ResubscribeState.REFUSED, "It said no.", "could not be asked"),
        (ResubscribeState.UNKNOWN, "No answer came.", "may have been asked"),
    ],
)
def test_the_page_says_what_became_of_it(
    admin: Client,
    chamber: Association,
    ann: Contact,
    gone: Connection,
    state: str,
    words: str,
    said: str,
) -> None:
    asked(admin, ann)
    with scope(association=chamber):
        ResubscribeRequest.objects.update(state=state, words=words)

    page = shown(admin, "contact", ann.pk)

    assert said in page
    assert words in page


def test_only_administrators_ask(
    staff: Client, chamber: Association, ann: Contact, gone: Connection
) -> None:
    assert "An administrator can have them asked" in shown(staff, "contact", ann.pk)
    for method in (staff.get, staff.post):
        where = reverse("contact_resubscribe", args=[ann.pk])
        assert method(where).status_code == 403
    with scope(association=chamber):
        assert not ResubscribeRequest.objects.exists()


def test_who_cannot_be_asked_is_said_instead(
    admin: Client, chamber: Association, ann: Contact, gone: Connection
) -> None:
    with scope(association=chamber):
        ann.addresses.update(primary=False)
    an_address(ann, "new@members.example", primary=True)

    page = admin.get(reverse("contact_resubscribe", args=[ann.pk]), follow=True)

    assert "not known as unsubscribed" in page.content.decode()


def test_while_nothing_is_connected_nobody_is_asked(
    admin: Client, chamber: Association, ann: Contact, gone: Connection
) -> None:
    with scope(association=chamber):
        Connection.objects.update(state=ConnectionState.RECONNECT_NEEDED)

    assert "is not connected" in asked(admin, ann)
    assert "Ask them to subscribe again" not in shown(admin, "contact", ann.pk)
