"""Somebody on two lists, and what they said of our mail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse
from django_scopes import scope
from tests.builders import (
    a_contact,
    a_list,
)

from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.directory.models import Association, Contact, ContactList

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


def ann_of(chamber: Association) -> Contact:
    """On two lists; Bob is on the first with her."""
    ann = a_contact(chamber, first_name="Ann", last_name="Oak", address=ANN)
    a_list(chamber, ann, a_contact(chamber, last_name="Elm"), name="News")
    a_list(chamber, ann, name="Golf")
    return ann


def the_list(chamber: Association, name: str) -> ContactList:
    with scope(association=chamber):
        row: ContactList = ContactList.objects.get(name=name)
    return row
