"""Making lists by hand, renaming and deleting them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from tests.builders import a_contact, a_list, the_list_of

from rollkeeper.directory.models import Association, Contact, ContactList


def test_a_list_is_made_switched_off(admin: Client, chamber: Association) -> None:
    admin.post(reverse("list_new"), {"name": " Under  Forty ", "kind": "committee"})

    with scope(association=chamber):
        row = ContactList.objects.get(kind="committee")
    assert (row.name, row.sync) == ("Under Forty", False)


@pytest.mark.parametrize(
    "said", [{"name": "", "kind": "list"}, {"name": "All", "kind": "representatives"}]
)
def test_a_list_that_cannot_be_is_refused_beside_the_field(
    admin: Client, said: dict[str, str]
) -> None:
    answer = admin.post(reverse("list_new"), said)

    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()


def test_a_list_is_renamed_and_stays_switched_on(
    admin: Client, chamber: Association
) -> None:
    made = a_list(chamber, name="Old", sync=True)

    admin.post(reverse("list_edit", args=[made.pk]), {"name": "New", "kind": "group"})

    with scope(association=chamber):
        made.refresh_from_db()
    assert (made.name, made.kind, made.sync) == ("New", "group", True)


def test_a_list_is_deleted_only_after_a_second_look_and_its_contacts_stay(
    admin: Client, chamber: Association
) -> None:
    made = a_list(chamber, a_contact(chamber))
    delete = reverse("list_delete", args=[made.pk])

    page = admin.get(delete).content.decode()
    admin.post(delete)

    assert "The 1 contact on it stays" in page
    with scope(association=chamber):
        assert not ContactList.objects.filter(pk=made.pk).exists()
        assert Contact.objects.exists()


def test_an_automatic_list_has_no_such_pages(
    admin: Client, chamber: Association
) -> None:
    automatic = the_list_of(chamber)

    for name in ("list_edit", "list_delete"):
        assert admin.get(reverse(name, args=[automatic.pk])).status_code == 404
