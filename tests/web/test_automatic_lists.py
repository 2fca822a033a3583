"""Lists that fill themselves, on the pages: shown where wanted, written by nobody."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from tests.builders import a_connection, a_contact, a_list, a_member, the_list_of

from rollkeeper.directory.models import Association, Contact, ListMembership
from rollkeeper.ledger.services.newsletter import change_newsletter

NAME = "All active representatives"


@pytest.fixture
def ann(chamber: Association) -> Contact:
    contact = a_contact(chamber, member=a_member(chamber))
    a_list(chamber, name="Golf")
    return contact


def want(chamber: Association) -> None:
    with scope(association=chamber):
        change_newsletter(
            association_id=chamber.pk, changes={"representatives": True}, by="test"
        )


def page(client: Client, name: str, *numbers: int) -> str:
    return client.get(reverse(name, args=numbers)).content.decode()


def test_nobody_sees_an_automatic_list_that_is_not_wanted(
    admin: Client, ann: Contact
) -> None:
    for shown in (page(admin, "lists"), page(admin, "contact", ann.pk)):
        assert "Golf" in shown
        assert NAME not in shown


def test_a_wanted_one_is_shown_with_who_is_on_it(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    want(chamber)
    a_list(chamber, name="Board")
    assert NAME in page(admin, "lists")
    assert str(ann) in page(admin, "list", the_list_of(chamber).pk)
    contact = page(admin, "contact", ann.pk)
    assert "This list fills itself" in contact
    assert "Take off this list" not in contact
    put_on = contact.partition('for="id_list"')[2]
    assert ">Board</option>" in put_on
    assert f">{NAME}</option>" not in put_on


def test_a_contacts_page_says_why_it_is_not_on_one(
    admin: Client, chamber: Association
) -> None:
    want(chamber)
    a_connection(chamber)
    gone = a_contact(chamber, member=a_member(chamber, status="dropped"))
    shown = page(admin, "contact", gone.pk)
    assert "Is not on the list: the member is dropped." in shown


def test_nobody_is_put_on_one_by_hand(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    want(chamber)
    everybody = the_list_of(chamber).pk
    admin.post(reverse("contact_put_on", args=[ann.pk]), {"list": everybody})
    answer = admin.post(reverse("contact_take_off", args=[ann.pk, everybody]))
    assert answer.status_code == 404
    with scope(association=chamber):
        assert not ListMembership.objects.exists()
