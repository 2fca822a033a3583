"""A contact's other addresses, and an address that is somebody else's too."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from tests.builders import a_contact, an_address, an_association

from rollkeeper.audit.models import Entry
from rollkeeper.directory.models import Association, Contact, EmailAddress


def addresses(contact: Contact) -> dict[str, bool]:
    """Return which of the contact's addresses is primary."""
    with scope(association=contact.association):
        rows = EmailAddress.objects.filter(contact=contact)
        return dict(rows.values_list("typed", "primary"))


def change(admin: Client, contact: Contact, typed: str, **said: str) -> Any:
    with scope(association=contact.association):
        number = EmailAddress.objects.get(contact=contact, typed=typed).pk
    to = reverse("contact_change_address", args=[contact.pk])
    return admin.post(to, {"address": number, **said})


def add(admin: Client, contact: Contact, typed: str) -> Any:
    to = reverse("contact_add_address", args=[contact.pk])
    return admin.post(to, {"address": typed})


def acts(chamber: Association) -> list[str]:
    with scope(association=chamber):
        return list(Entry.objects.order_by("pk").values_list("action", flat=True))


@pytest.fixture
def ann(chamber: Association) -> Contact:
    return a_contact(chamber, first_name="Ann", address="ann@x.example")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_address_is_added_made_primary_and_the_old_one_removed(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    add(admin, ann, " Ann@home.example ")
    change(admin, ann, "Ann@home.example", act="primary")
    assert addresses(ann) == {"ann@x.example": False, "Ann@home.example": True}

    change(admin, ann, "ann@x.example", act="remove")

    assert addresses(ann) == {"Ann@home.example": True}
    assert acts(chamber)[-3:] == [
        "other_address_added",
        "primary_address_changed",
        "other_address_removed",
    ]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("nowhere", "No mail could be sent to this address"),
        ("ann@x.example", "The contact has this address already"),
        ("", "This field is required"),
    ],
)
def test_an_address_that_cannot_be_added_is_refused_beside_its_field(
    admin: Client, ann: Contact, typed: str, why: str
) -> None:
    answer = add(admin, ann, typed)

    assert answer.status_code == 422
    assert why in text(answer)
    assert addresses(ann) == {"ann@x.example": True}


def test_an_address_that_no_mail_could_reach_is_never_made_primary(
    admin: Client, ann: Contact
) -> None:
    an_address(ann, "broken")

    change(admin, ann, "broken", act="primary")

    assert addresses(ann) == {"ann@x.example": True, "broken": False}


def test_the_primary_address_is_not_removed_among_the_others(
    admin: Client, ann: Contact
) -> None:
    assert change(admin, ann, "ann@x.example", act="remove").status_code == 404
    assert addresses(ann) == {"ann@x.example": True}


def test_an_address_of_somebody_else_is_saved_only_after_saying_so(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    a_contact(chamber, last_name="Lark", address="office@x.example")
    to, said = reverse("contact_edit", args=[ann.pk]), {"address": "Office@x.example"}

    warned = admin.post(to, said)

    assert warned.status_code == 422
    assert "Ann Lark" in text(warned)
    assert addresses(ann) == {"ann@x.example": True}
    again = {**said, "shared": warned.context["shared"].mailbox}
    assert admin.post(to, again).status_code == 302
    assert addresses(ann) == {"Office@x.example": True}


def test_having_been_told_of_one_address_is_not_to_know_of_another(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    a_contact(chamber, address="office@x.example")

    answer = admin.post(
        reverse("contact_edit", args=[ann.pk]),
        {"address": "office@x.example", "shared": "other@x.example"},
    )

    assert answer.status_code == 422


def test_a_new_contact_with_the_address_of_another_is_kept_after_saying_so(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    said = {"first_name": "Ben", "address": "ann@x.example"}

    warned = admin.post(reverse("contact_new"), said)

    assert warned.status_code == 422
    assert 'name="shared" value="ann@x.example"' in text(warned)
    again = admin.post(reverse("contact_new"), {**said, "shared": "ann@x.example"})
    assert again.status_code == 302


def test_making_an_address_of_somebody_else_primary_says_so_first(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    a_contact(chamber, last_name="Lark", address="office@x.example")
    an_address(ann, "office@x.example")

    warned = change(admin, ann, "office@x.example", act="primary")

    assert "press Make primary again" in text(warned)
    assert addresses(ann)["ann@x.example"]
    change(admin, ann, "office@x.example", act="primary", shared="office@x.example")
    assert addresses(ann)["office@x.example"]


def test_nothing_is_said_of_who_has_the_address_elsewhere(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    a_contact(an_association(), address="office@x.example")
    a_contact(chamber, last_name="Many")

    answer = admin.post(
        reverse("contact_edit", args=[ann.pk]), {"address": "office@x.example"}
    )

    assert answer.status_code == 302


def test_of_many_who_share_an_address_some_are_named_and_the_rest_counted(
    admin: Client, chamber: Association, ann: Contact
) -> None:
    for _ in range(12):
        a_contact(chamber, address="office@x.example")

    answer = admin.post(
        reverse("contact_edit", args=[ann.pk]), {"address": "office@x.example"}
    )

    assert "and 2 more" in text(answer)
