"""No Mass Emails on the pages: for whom, since when, and by whose act."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_scopes import scope
from tests.builders import (
    a_contact,
    a_list,
    a_member,
    the_list_of,
)
from tests.builders import on_list as put_on_list
from tests.web.refusing import ANN, a_fact, ann_of, shown, the_list

from rollkeeper.consent.models import Kind
from rollkeeper.directory.models import Association, Contact, ContactList
from rollkeeper.ledger.services.newsletter import change_newsletter
from rollkeeper.web import finding


@pytest.fixture
def ann(chamber: Association) -> Contact:
    return ann_of(chamber)


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
    admin: Client,
    chamber: Association,
    django_assert_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(finding, "MANY", 0)
    few, many = a_list(chamber), a_list(chamber)
    crowd(chamber, few, "few", 2)
    shown(admin, "list", few.pk)
    with CaptureQueriesContext(database) as of_few:
        shown(admin, "list", few.pk, no_mass_emails="1")
    crowd(chamber, many, "many", 20_000)

    with django_assert_num_queries(len(of_few)):
        page = shown(admin, "list", many.pk, no_mass_emails="1")

    assert "On this list, with No Mass Emails" in page
    assert "10,000 contacts" in page


def crowd(chamber: Association, its_list: ContactList, name: str, number: int) -> None:
    """Put so many on the list, of whom every second one unsubscribed; as an import
    does, have the database count what is new."""
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
        cursor.execute("ANALYZE directory_contact, directory_emailaddress")
        cursor.execute("ANALYZE directory_listmembership, consent_suppression")
