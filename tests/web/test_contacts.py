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
    a_contact,
    a_list,
    a_member,
    an_address,
    an_association,
)

from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.directory.models import (
    Association,
    Contact,
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
