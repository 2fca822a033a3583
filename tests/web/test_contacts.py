from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope
from tests.builders import (
    a_connection,
    a_contact,
    a_list,
    a_member,
    an_address,
    an_association,
    on_list,
)

from rollkeeper.audit.models import Entry
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.directory.models import (
    Association,
    Contact,
    EmailAddress,
    ListMembership,
)
from rollkeeper.web import finding


def shown(client: Client, name: str, *numbers: int, **query: str) -> str:
    answer = client.get(reverse(name, args=numbers), query)
    assert answer.status_code == 200
    return answer.content.decode()


def unsubscribe(contact: Contact, mailbox: str) -> None:
    with scope(association=contact.association):
        Suppression.objects.create(
            association=contact.association,
            mailbox=mailbox,
            contact_id=contact.pk,
            kind=Kind.UNSUBSCRIBED,
            provider="constant_contact",
            happened_at=datetime(2026, 3, 4, 18, tzinfo=UTC),
            source="opt-out pull",
            actor="rule:pull",
        )


def test_an_empty_roll_says_how_to_begin(admin: Client) -> None:
    page = shown(admin, "contacts")

    assert reverse("import") in page


@pytest.mark.parametrize(
    "words",
    ["zoë", "ZOË", "Zoe", "l", "lark", "zoe@lark", "lark zoë", "pilot boa", "mail.l"],
)
def test_a_contact_is_found_by_words_of_name_company_title_or_address(
    admin: Client, chamber: Association, words: str
) -> None:
    a_contact(
        chamber,
        first_name="Zoë",
        last_name="Lark",
        company="Boats Ltd",
        title="Harbor pilot",
        address="zoe@lark.example",
    )
    with scope(association=chamber):
        an_address(Contact.objects.get(), "z@mail.lark.example")
    a_contact(chamber, first_name="Ben", last_name="Sand")
    a_contact(an_association(), first_name="Zoë", last_name="Lark")

    page = shown(admin, "contacts", q=words)

    assert "1 contact<" in page
    assert "Zoë Lark" in page


def test_a_search_without_a_match_says_what_to_try(
    admin: Client, chamber: Association
) -> None:
    a_contact(chamber)

    assert "Nobody matches" in shown(admin, "contacts", q="nobody like that")


def test_while_typing_only_the_results_are_sent(
    admin: Client, chamber: Association
) -> None:
    a_contact(chamber, last_name="Lark")

    answer = admin.get(
        reverse("contacts"), {"q": "lark"}, headers={"HX-Request": "true"}
    )

    assert "Lark" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert "HX-Request" in answer.headers["Vary"]


def turned(client: Client, page: str, words: str) -> str:
    """Follow the link that *words* begin, and return the page it leads to."""
    links = re.findall(r'href="(\?[^"]*)"[^>]*>(?:<span[^>]*>[^<]*</span>)?(\w+)', page)
    [address] = [html.unescape(one) for one, said in links if said == words]
    return client.get(f"{reverse('contacts')}{address}").content.decode()


def larks(page: str) -> list[str]:
    return re.findall(r">Ann (Lark\d\d)<", page)


@pytest.mark.parametrize("sort", ["name", "-name", "company", "-company"])
def test_a_long_roll_is_turned_page_by_page_to_its_end_and_back(
    admin: Client, chamber: Association, sort: str
) -> None:
    for number in range(60):
        a_contact(chamber, last_name=f"Lark{number:02}", company="Nest")
    first = shown(admin, "contacts", sort=sort)

    second = turned(admin, first, "Next")
    third = turned(admin, second, "Next")

    all_larks = [f"Lark{number:02}" for number in range(60)]
    seen = larks(first) + larks(second) + larks(third)
    assert seen == (all_larks[::-1] if sort.startswith("-") else all_larks)
    assert larks(turned(admin, first, "Last")) == seen[-25:]
    assert larks(turned(admin, third, "Previous")) == larks(second)
    assert larks(turned(admin, third, "First")) == larks(first)
    assert ">Next<" not in third


def test_a_page_stays_where_it_is_when_people_come_or_go(
    admin: Client, chamber: Association
) -> None:
    rows = [a_contact(chamber, last_name=f"Lark{number:02}") for number in range(30)]
    second = {"after": str(rows[24].pk)}

    with scope(association=chamber):
        rows[0].delete()

    assert larks(shown(admin, "contacts", **second)) == [
        f"Lark{number:02}" for number in range(25, 30)
    ]


def test_a_place_that_is_not_ours_is_the_first_page(
    admin: Client, chamber: Association
) -> None:
    a_contact(chamber, last_name="Lark00")
    stranger = a_contact(an_association())

    for after in (str(stranger.pk), "9" * 30, "x"):
        assert larks(shown(admin, "contacts", after=after)) == ["Lark00"]


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ({"status": "active"}, {"Lark00"}),
        ({"status": "dropped"}, {"Lark01"}),
        ({"status": "none"}, {"Lark02", "Lark03"}),
        ({"active": "inactive"}, {"Lark03"}),
        ({"active": "active", "status": "none", "q": "ann"}, {"Lark02"}),
    ],
)
def test_contacts_are_picked_out_by_their_member_and_by_being_active(
    admin: Client, chamber: Association, query: dict[str, str], who: set[str]
) -> None:
    a_contact(chamber, last_name="Lark00", member=a_member(chamber))
    dropped = a_member(chamber, status="dropped")
    a_contact(chamber, last_name="Lark01", member=dropped)
    a_contact(chamber, last_name="Lark02")
    a_contact(chamber, last_name="Lark03", active=False)

    assert set(larks(shown(admin, "contacts", **query))) == who


@pytest.mark.parametrize(
    ("query", "number", "heading"),
    [
        ({}, 60, "60 contacts"),
        ({"q": "ann"}, 60, "More than 10 contacts"),
        ({"q": "ann nest"}, 60, "More than 10 contacts"),
        ({"q": "ann lark07"}, 1, "1 contact<"),
        ({"list": "yes"}, 30, "More than 10 contacts"),
        ({"list": "yes", "q": "ann"}, 30, "Contacts that match"),
        ({"status": "active", "active": "active"}, 60, "More than 10 contacts"),
        ({"mail": "no_address", "q": "lark"}, 0, "Nobody matches"),
    ],
)
def test_many_are_found_just_as_few_are(
    admin: Client,
    chamber: Association,
    monkeypatch: pytest.MonkeyPatch,
    query: dict[str, str],
    number: int,
    heading: str,
) -> None:
    monkeypatch.setattr(finding, "MANY", 10)
    nest: Any = {"company": "Nest", "member": a_member(chamber)}
    rows = [a_contact(chamber, last_name=f"Lark{one:02}", **nest) for one in range(60)]
    made = a_list(chamber, *rows[:30])
    if "list" in query:
        query = {**query, "list": str(made.pk)}

    page = shown(admin, "contacts", **query)

    assert heading in page
    found = larks(page)
    while ">Next<" in page:
        page = turned(admin, page, "Next")
        found += larks(page)
    assert len(found) == len(set(found)) == number


def test_a_page_of_the_roll_costs_the_same_however_full_it_is(
    admin: Client, chamber: Association, django_assert_num_queries: Any
) -> None:
    a_list(chamber, a_contact(chamber))
    shown(admin, "contacts")
    with CaptureQueriesContext(database) as one:
        shown(admin, "contacts")
    a_list(chamber, *(a_contact(chamber) for _ in range(20)))

    with django_assert_num_queries(len(one)):
        shown(admin, "contacts")


def test_who_is_kept_from_mail_can_be_picked_out(
    admin: Client, chamber: Association
) -> None:
    a_contact(chamber, last_name="Mailed")
    a_contact(chamber, last_name="Flagged", do_not_contact=True)
    a_contact(chamber, last_name="Broken", address="broken")
    a_contact(chamber, last_name="Nowhere", address=None)
    unsubscribe(
        a_contact(chamber, last_name="Gone", address="g@x.example"), "g@x.example"
    )

    found = {
        mail: shown(admin, "contacts", mail=mail)
        for mail in ("do_not_contact", "no_mass_emails", "no_address")
    }

    assert "Flagged" in found["do_not_contact"]
    assert "Gone" in found["no_mass_emails"]
    assert "Broken" in found["no_address"]
    assert "Nowhere" in found["no_address"]
    assert all("Mailed" not in page for page in found.values())


def test_a_refusal_follows_the_mailbox_to_its_next_holder(
    admin: Client, chamber: Association
) -> None:
    before = a_contact(chamber, address="office@x.example")
    unsubscribe(before, "office@x.example")
    after = a_contact(chamber, last_name="Newcomer", address="office@x.example")

    page = shown(admin, "contact", after.pk)

    assert "Unsubscribed from everything" in page
    assert "Nobody here can undo it" in page


def test_details_and_primary_address_are_saved_together(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber, address="old@x.example", phone="1")

    answer = admin.post(
        reverse("contact_edit", args=[contact.pk]),
        {
            "first_name": "Zoë",
            "last_name": "Lark",
            "address": " New@X.example ",
            "company": "Boats Ltd",
            "title": "Pilot",
            "phone": "2",
        },
    )

    assert answer.headers["Location"] == reverse("contact", args=[contact.pk])
    with scope(association=chamber):
        contact.refresh_from_db()
        address = EmailAddress.objects.get(contact=contact, primary=True)
    assert (str(contact), contact.company, contact.phone) == (
        "Zoë Lark",
        "Boats Ltd",
        "2",
    )
    assert (address.typed, address.mailbox) == ("New@X.example", "new@x.example")


def test_editing_leaves_what_the_form_does_not_show(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber, active=False, do_not_contact=True)

    admin.post(reverse("contact_edit", args=[contact.pk]), {"last_name": "Lark"})

    with scope(association=chamber):
        contact.refresh_from_db()
    assert (contact.active, contact.do_not_contact) == (False, True)


def test_an_address_that_no_mail_could_reach_is_refused_beside_its_field(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber, address="old@x.example")

    answer = admin.post(
        reverse("contact_edit", args=[contact.pk]), {"address": "not an address"}
    )

    assert answer.status_code == 422
    assert "No mail could be sent to this address" in answer.content.decode()
    with scope(association=chamber):
        assert EmailAddress.objects.get(contact=contact).typed == "old@x.example"


def test_an_invalid_address_from_an_import_does_not_stop_other_edits(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber, address="broken")

    answer = admin.post(
        reverse("contact_edit", args=[contact.pk]),
        {"address": "broken", "last_name": "Lark"},
    )

    assert answer.status_code == 302


def test_do_not_contact_is_set_and_cleared_in_the_name_of_who_did_it(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber)
    switch = reverse("contact_do_not_contact", args=[contact.pk])
    flags = []

    for value in ("yes", "no"):
        admin.post(switch, {"value": value})
        with scope(association=chamber):
            contact.refresh_from_db()
        flags.append(contact.do_not_contact)

    assert flags == [True, False]
    with scope(association=chamber):
        actors = set(Entry.objects.values_list("actor", flat=True))
    assert all(actor.startswith("staff:person") for actor in actors)


def test_do_not_contact_says_who_else_it_stops(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber, address="office@x.example")
    a_contact(chamber, last_name="Housemate", address="OFFICE@x.example")

    page = shown(admin, "contact", contact.pk)

    assert "Housemate" in page
    assert "The switch holds for all of them" in page


def test_a_contact_is_put_on_a_list_and_taken_off(
    admin: Client, chamber: Association
) -> None:
    contact, made = a_contact(chamber), a_list(chamber)

    admin.post(reverse("contact_put_on", args=[contact.pk]), {"list": made.pk})
    with scope(association=chamber):
        assert ListMembership.objects.filter(contact=contact, list=made).exists()

    admin.post(reverse("contact_take_off", args=[contact.pk, made.pk]))
    with scope(association=chamber):
        assert not ListMembership.objects.exists()


def test_how_a_contact_stands_on_a_list_is_saved(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber)
    made = a_list(chamber, contact)

    admin.post(
        reverse("contact_standing", args=[contact.pk, made.pk]),
        {"status": "disabled", "no_mass_email": "on"},
    )

    with scope(association=chamber):
        row = ListMembership.objects.get()
    assert (row.status, row.no_mass_email) == ("disabled", True)


def test_a_standing_that_does_not_exist_changes_nothing(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber)
    made = a_list(chamber, contact)
    standing = reverse("contact_standing", args=[contact.pk, made.pk])

    page = admin.post(standing, {"status": "paused"}, follow=True).content.decode()

    assert "active or disabled" in page
    with scope(association=chamber):
        assert ListMembership.objects.get().status == "active"


def test_the_page_says_of_each_list_why_mail_does_not_come(
    admin: Client, chamber: Association
) -> None:
    a_connection(chamber)
    contact = a_contact(chamber)
    on_list(contact, a_list(chamber, name="Waiting"))
    on_list(contact, a_list(chamber, name="Paused"), status="disabled")
    on_list(contact, a_list(chamber, name="Unsent", sync=False))

    page = shown(admin, "contact", contact.pk)

    assert "Is on its way." in page
    assert "Is disabled in the list." in page
    assert "this list is not kept true at Constant Contact" in page


def test_without_a_connection_the_page_says_that_nothing_is_sent(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber)
    a_list(chamber, contact)

    page = shown(admin, "contact", contact.pk)

    assert "Nothing is sent: Constant Contact is not connected." in page


def test_a_contact_is_deleted_only_after_a_second_look(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber)
    an_address(contact, "second@x.example")
    delete = reverse("contact_delete", args=[contact.pk])

    assert "This cannot be undone here" in admin.get(delete).content.decode()
    with scope(association=chamber):
        assert Contact.objects.count() == 1
    admin.post(delete)
    with scope(association=chamber):
        assert Contact.objects.count() == 0


def test_what_people_typed_is_shown_as_text_never_as_markup(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber, first_name="<script>x</script>", company="<b>bold</b>")
    a_list(chamber, contact, name="<i>list</i>")

    pages = [
        shown(admin, "contacts"),
        shown(admin, "contact", contact.pk),
        shown(admin, "lists"),
    ]

    assert all("<script>x" not in page for page in pages)
    assert all("<b>bold" not in page for page in pages)
    assert all("<i>list" not in page for page in pages)
