"""Pages of members, and adding contacts to them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope
from tests.builders import a_contact, a_member, a_type, an_association

from rollkeeper.audit.models import Entry
from rollkeeper.directory.models import Association, Contact, EmailAddress, Member
from rollkeeper.ledger.models import NewsletterSettings


@pytest.fixture(autouse=True)
def automatic_lists(chamber: Association) -> None:
    with scope(association=chamber):
        NewsletterSettings.objects.update_or_create(
            association=chamber,
            defaults={"representatives": True, "membership_types": True},
        )


def shown(client: Client, name: str, *numbers: int, **query: str) -> str:
    answer = client.get(reverse(name, args=numbers), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_no_members_yet_says_how_to_begin(admin: Client) -> None:
    page = shown(admin, "members")

    assert "No members yet" in page
    assert reverse("import") in page


def test_members_are_found_by_name_status_and_type(
    admin: Client, chamber: Association
) -> None:
    gold = a_type(chamber, name="Gold")
    a_member(chamber, name="Öresund Bakery", membership_type=gold)
    a_member(chamber, name="Harbor Bank", status="dropped")
    a_member(an_association(), name="Foreign Bakery")

    everybody = shown(admin, "members")

    assert "2 members" in everybody
    assert "Foreign" not in everybody
    for query in ({"q": "bak ore"}, {"status": "active"}, {"type": str(gold.pk)}):
        page = shown(admin, "members", **query)
        assert "Öresund" in page
        assert "Harbor Bank" not in page
    assert "No member matches" in shown(admin, "members", q="winery")


def test_members_are_turned_page_by_page(admin: Client, chamber: Association) -> None:
    rows = [a_member(chamber, name=f"Firm {number:02}") for number in range(30)]

    page = shown(admin, "members", after=str(rows[24].pk))

    assert "Firm 25" in page
    assert "Firm 24" not in page


def test_a_page_of_members_costs_the_same_however_many_contacts_they_have(
    admin: Client, chamber: Association, django_assert_num_queries: Any
) -> None:
    row = a_member(chamber)
    a_contact(chamber, member=row)
    shown(admin, "members")
    with CaptureQueriesContext(database) as one:
        shown(admin, "members")
    for _ in range(10):
        a_contact(chamber, member=a_member(chamber, membership_type=a_type(chamber)))

    with django_assert_num_queries(len(one)):
        shown(admin, "members")


def test_the_page_of_a_member_shows_its_contacts_and_their_automatic_lists(
    admin: Client, chamber: Association
) -> None:
    row = a_member(chamber, membership_type=a_type(chamber, name="Gold"))
    a_contact(chamber, last_name="Lark", member=row)
    a_contact(chamber, last_name="Stranger")

    page = shown(admin, "member", row.pk)

    assert "Lark" in page
    assert "Stranger" not in page
    assert "All active representatives" in page
    assert ">Gold<" in page


def test_a_dropped_member_says_that_it_does_not_count(
    admin: Client, chamber: Association
) -> None:
    row = a_member(chamber, status="dropped")

    assert "dropped members are on no automatic list" in shown(admin, "member", row.pk)


def test_a_member_is_added_and_recorded(admin: Client, chamber: Association) -> None:
    gold = a_type(chamber)

    answer = admin.post(
        reverse("member_new"),
        {"name": " Harbor  Bank ", "membership_type": gold.pk, "status": "courtesy"},
    )

    with scope(association=chamber):
        row = Member.objects.get()
        entry = Entry.objects.get(action="member_added")
    assert answer.headers["Location"] == reverse("member", args=[row.pk])
    assert (row.name, row.membership_type_id, row.status) == (
        "Harbor Bank",
        gold.pk,
        "courtesy",
    )
    assert entry.subject == f"member:{row.pk}"


@pytest.mark.parametrize(
    "said", [{"name": "", "status": "active"}, {"name": "Bank", "status": "gone"}]
)
def test_a_member_that_cannot_be_is_refused_beside_the_field(
    admin: Client, chamber: Association, said: dict[str, str]
) -> None:
    answer = admin.post(reverse("member_new"), said)

    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()
    with scope(association=chamber):
        assert not Member.objects.exists()


def test_a_type_of_another_association_cannot_be_chosen(
    admin: Client, chamber: Association
) -> None:
    foreign = a_type(an_association())

    answer = admin.post(
        reverse("member_new"),
        {"name": "Bank", "membership_type": foreign.pk, "status": "active"},
    )

    assert answer.status_code == 422


def test_editing_says_who_would_leave_which_lists_and_then_does_it(
    admin: Client, chamber: Association
) -> None:
    row = a_member(chamber, name="Bank")
    a_contact(chamber, member=row)
    edit = reverse("member_edit", args=[row.pk])

    page = admin.get(edit).content.decode()
    admin.post(edit, {"name": "Bank", "status": "dropped"})

    assert "1 contact leaves these lists" in page
    assert "All active representatives" in page
    with scope(association=chamber):
        assert Member.objects.get().status == "dropped"
        assert Entry.objects.get(action="member_changed").details["fields"] == [
            "status"
        ]


def test_a_member_is_deleted_only_after_a_second_look_and_its_contacts_stay(
    admin: Client, chamber: Association
) -> None:
    row = a_member(chamber)
    contact = a_contact(chamber, member=row)
    delete = reverse("member_delete", args=[row.pk])

    assert "1 contact leaves these lists" in admin.get(delete).content.decode()
    admin.post(delete)

    with scope(association=chamber):
        contact.refresh_from_db()
        assert contact.member_id is None
        assert not Member.objects.exists()


def test_a_contact_is_added_to_a_member(admin: Client, chamber: Association) -> None:
    row = a_member(chamber, name="Harbor Bank")
    new = f"{reverse('contact_new')}?member={row.pk}"

    page = admin.get(new).content.decode()
    admin.post(
        new, {"first_name": "Zoë", "last_name": "Lark", "address": "zoe@x.example"}
    )

    assert 'value="Harbor Bank"' in page
    with scope(association=chamber):
        contact = Contact.objects.get()
        address = EmailAddress.objects.get()
    assert (str(contact), contact.member_id) == ("Zoë Lark", row.pk)
    assert (address.mailbox, address.primary) == ("zoe@x.example", True)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "Type a name or an address"),
        ({"last_name": "Lark", "address": "broken"}, "No mail could be sent"),
    ],
)
def test_a_contact_that_cannot_be_is_not_added(
    admin: Client, chamber: Association, said: dict[str, str], why: str
) -> None:
    answer = admin.post(reverse("contact_new"), said)

    assert answer.status_code == 422
    assert why in answer.content.decode()
    with scope(association=chamber):
        assert not Contact.objects.exists()


def test_a_contact_is_not_added_to_a_foreign_member(
    admin: Client, chamber: Association
) -> None:
    foreign = a_member(an_association())

    admin.post(f"{reverse('contact_new')}?member={foreign.pk}", {"last_name": "Lark"})

    with scope(association=chamber):
        assert Contact.objects.get().member_id is None
