"""No Mass Emails on the pages: shown to staff, noted by staff, and asked about once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.builders import (
    a_connection,
    a_contact,
    a_list,
    a_member,
    an_address,
    an_association,
    the_list_of,
)
from tests.builders import on_list as put_on_list

from rollkeeper.audit.models import Entry
from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.core.views import Permission
from rollkeeper.directory.models import Association, Contact, ContactList
from rollkeeper.ledger.models import (
    Audience,
    RemoteContact,
    ResubscribeRequest,
    ResubscribeState,
)
from rollkeeper.ledger.services.newsletter import change_newsletter

ANN = "ann@members.example"


def shown(client: Client, name: str, *numbers: int, **query: str) -> str:
    answer = client.get(reverse(name, args=numbers), query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def a_fact(contact: Contact, mailbox: str, kind: Kind, **fields: Any) -> None:
    with scope(association=contact.association):
        Suppression.objects.create(
            association=contact.association,
            mailbox=mailbox,
            contact_id=contact.pk,
            kind=kind,
            **{
                "provider": "constant_contact",
                "happened_at": datetime(2026, 5, 3, 18, tzinfo=UTC),
                "source": "opt-out pull",
                "actor": "rule:opt-out pull",
                "evidence": {"by_person": True},
                **fields,
            },
        )


@pytest.fixture
def ann(chamber: Association) -> Contact:
    """On two lists; Bob is on the first with her."""
    ann = a_contact(chamber, first_name="Ann", last_name="Oak", address=ANN)
    a_list(chamber, ann, a_contact(chamber, last_name="Elm"), name="News")
    a_list(chamber, ann, name="Golf")
    return ann


def the_list(chamber: Association, name: str) -> ContactList:
    with scope(association=chamber):
        row: ContactList = ContactList.objects.get(name=name)
    return row


# Shown


def test_who_unsubscribed_has_no_mass_emails_on_every_list_and_stays_on_them(
    admin: Client, chamber: Association, ann: Contact
) -> None:  # S33
    a_fact(ann, ANN, Kind.UNSUBSCRIBED)

    for name in ("News", "Golf"):
        page = shown(admin, "list", the_list(chamber, name).pk)
        assert page.count(">No Mass Emails</span>") == 1
        assert "Unsubscribed, May 3, 2026" in page
        assert "Ann Oak" in page


def test_they_can_be_picked_out_of_a_list_with_how_many_they_are(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    a_fact(ann, ANN, Kind.UNSUBSCRIBED)
    news = the_list(chamber, "News")

    assert "No Mass Emails: 1<" in shown(admin, "list", news.pk)
    page = shown(admin, "list", news.pk, no_mass_emails="1")

    assert "Ann Oak" in page
    assert "Elm" not in page


def test_who_left_one_list_has_it_on_that_list_alone(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    a_fact(ann, ANN, Kind.LEFT_LIST, list_id=the_list(chamber, "Golf").pk)

    assert "Left this list, May 3, 2026" in shown(
        admin, "list", the_list(chamber, "Golf").pk
    )
    news = shown(admin, "list", the_list(chamber, "News").pk)
    assert "No Mass Emails" not in news
    page = shown(admin, "contact", ann.pk)
    assert "Left Golf at Constant Contact on May 3, 2026. List: Golf only." in page


def test_the_contacts_page_says_what_since_when_from_where_and_by_whose_act(
    admin: Client, ann: Contact
) -> None:
    a_fact(ann, ANN, Kind.UNSUBSCRIBED)

    page = shown(admin, "contact", ann.pk)

    assert (
        "Unsubscribed from everything at Constant Contact on May 3, 2026, by their own"
        " act. Lists: all." in page
    )
    assert "Nobody here can undo it" in page


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (
            Kind.UNSUBSCRIBED,
            {"evidence": {"by_person": False}},
            "on May 3, 2026, by staff over there.",
        ),
        (
            Kind.COMPLAINT,
            {},
            "Reported a mail as spam at Constant Contact on May 3, 2026.",
        ),
        (
            Kind.STAFF,
            {"actor": "staff:pat", "evidence": {"because": "Told us at the fair."}},
            "Asked not to be sent any mail, noted by pat on May 3, 2026. Lists: all."
            ' <span class="soft">“Told us at the fair.”',
        ),
        (Kind.UNSUBSCRIBED, {"happened_at": None}, "(learnt on "),
    ],
    ids=["by their staff", "spam", "told us", "no date"],
)
def test_every_kind_of_refusal_is_told_in_words(
    admin: Client, ann: Contact, kind: Kind, fields: dict[str, Any], said: str
) -> None:
    a_fact(ann, ANN, kind, **fields)

    assert said in shown(admin, "contact", ann.pk)


def test_mail_that_came_back_asks_for_another_address(
    admin: Client, ann: Contact
) -> None:
    a_fact(ann, ANN, Kind.BOUNCED)

    page = shown(admin, "contact", ann.pk)

    assert "Mail came back as undeliverable at Constant Contact on May 3, 2026" in page
    assert "Ask for another address, and enter it." in page
    assert "Nobody here can undo it" not in page


def test_every_holder_of_the_mailbox_has_it(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    ben = a_contact(chamber, last_name="Sharing", address=ANN.upper())
    put_on_list(ben, the_list(chamber, "News"))
    a_fact(ann, ANN, Kind.UNSUBSCRIBED)

    news = shown(admin, "list", the_list(chamber, "News").pk, no_mass_emails="1")

    assert "Sharing" in news
    assert "No Mass Emails" in shown(admin, "contact", ben.pk)
    assert "Sharing" in shown(admin, "contacts", mail="no_mass_emails")


def test_it_goes_with_the_person_to_a_new_address_and_to_who_shares_that(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    a_fact(ann, "old@members.example", Kind.UNSUBSCRIBED)
    ben = a_contact(chamber, last_name="Sharing", address=ANN)
    put_on_list(ben, the_list(chamber, "News"))

    news = shown(admin, "list", the_list(chamber, "News").pk, no_mass_emails="1")
    assert "Ann Oak" in news
    assert "Somebody with this address unsubscribed, May 3, 2026" in news
    assert ">Ann Oak</a>, who shares the address, unsubscribed" in shown(
        admin, "contact", ben.pk
    )


def test_what_the_person_lifted_is_shown_no_more(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    a_fact(ann, ANN, Kind.UNSUBSCRIBED)
    a_fact(ann, ANN, Kind.RESUBSCRIBED, happened_at=datetime(2026, 6, 1, tzinfo=UTC))

    assert "No Mass Emails<" not in shown(admin, "contact", ann.pk)
    assert "No Mass Emails" not in shown(admin, "list", the_list(chamber, "News").pk)


def test_who_was_deleted_and_came_back_is_told_of_their_own_act(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    a_fact(ann, ANN, Kind.UNSUBSCRIBED, person=ann.external_id)
    with scope(association=chamber):
        ann.delete()
    again = a_contact(chamber, external_id=ann.external_id, address="new@x.example")

    page = shown(admin, "contact", again.pk)

    assert "on May 3, 2026, by their own act. Lists: all." in page


def test_automatic_lists_show_it_too(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    with scope(association=chamber):
        change_newsletter(
            association_id=chamber.pk, changes={"representatives": True}, by="test"
        )
        Contact.objects.filter(pk=ann.pk).update(member=a_member(chamber))
    a_fact(ann, ANN, Kind.UNSUBSCRIBED)

    page = shown(admin, "list", the_list_of(chamber).pk, no_mass_emails="1")

    assert "Ann Oak" in page
    assert "Unsubscribed, May 3, 2026" in page


def test_what_staff_ticked_is_told_apart_from_what_the_person_said(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    board = a_list(chamber, name="Board")
    put_on_list(ann, board, no_mass_email=True)

    page = shown(admin, "list", board.pk, no_mass_emails="1")

    assert "Ticked here; can be cleared" in page
    assert "nsubscribed" not in page.split('id="members"')[1]


def test_a_list_of_many_costs_no_more_questions_than_one_of_few(
    admin: Client, chamber: Association, django_assert_num_queries: Any
) -> None:
    few, many = a_list(chamber), a_list(chamber)
    crowd(chamber, few, "few", 2)
    shown(admin, "list", few.pk)
    with CaptureQueriesContext(database) as of_few:
        shown(admin, "list", few.pk, no_mass_emails="1")
    crowd(chamber, many, "many", 20_000)

    with django_assert_num_queries(len(of_few)):
        page = shown(admin, "list", many.pk, no_mass_emails="1")

    assert "On this list, with No Mass Emails" in page
    assert "25 of 10,000" in page


def crowd(chamber: Association, its_list: ContactList, name: str, number: int) -> None:
    """Put so many on the list, of whom every second one unsubscribed."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            WITH person AS (
                INSERT INTO directory_contact (association_id, external_id, first_name,
                    last_name, title, company, phone, active, speaks_for_member,
                    do_not_contact, fields, changed_at)
                SELECT %(chamber)s, %(name)s || n, 'Given', 'Family' || n, '', '', '',
                       true, false, false, '{}', now()
                  FROM generate_series(1, %(number)s) AS n
                RETURNING id),
            address AS (
                INSERT INTO directory_emailaddress (association_id, contact_id, typed,
                    mailbox, "primary")
                SELECT %(chamber)s, id, id || '@crowd.example', id || '@crowd.example',
                       true FROM person),
            fact AS (
                INSERT INTO consent_suppression (association_id, mailbox, contact_id,
                    kind, provider, source, evidence, actor)
                SELECT %(chamber)s, id || '@crowd.example', id, 'unsubscribed',
                       'constant_contact', 'test', '{}', 'test'
                  FROM person WHERE id %% 2 = 0)
            INSERT INTO directory_listmembership (association_id, list_id, contact_id,
                status, no_mass_email)
            SELECT %(chamber)s, %(list)s, id, 'active', false FROM person
            """,
            {
                "chamber": chamber.pk,
                "list": its_list.pk,
                "name": name,
                "number": number,
            },
        )


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
            Audience.objects.create(
                association=chamber,
                connection=connection,
                list_id=row.pk,
                name=row.name,
                provider_list_id=f"l-{row.pk}",
                leaving="remove",
                none_left="disable",
                new_address="update",
                strangers="keep",
            )
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
