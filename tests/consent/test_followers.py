"""Whoever keeps lists for the association computes again whom a new fact is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django_scopes import scope
from tests.builders import a_contact, an_association

from rollkeeper.consent.services import Fact, suppress
from rollkeeper.core.values import AssociationId, ContactId, Mailbox
from rollkeeper.directory.models import Association, Follower, Mark
from rollkeeper.directory.services import follow

ANN = Mailbox("ann@members.example")
NOON = datetime(2025, 3, 9, 12, 0, tzinfo=UTC)


@pytest.fixture
def association(db: None) -> Iterator[Association]:
    association = an_association()
    with scope(association=association):
        yield association


def following(association: Association, name: str) -> Follower:
    return follow(association_id=AssociationId(association.pk), name=name)


def marks(follower: Follower) -> set[tuple[str | None, int | None]]:
    rows = Mark.objects.filter(follower=follower)
    return set(rows.values_list("mailbox", "contact_id"))


def refused(contact_id: int | None = 7) -> Fact:
    return Fact(
        mailbox=ANN,
        contact_id=None if contact_id is None else ContactId(contact_id),
        provider="constant_contact",
        happened_at=NOON,
        source="test",
        actor="rule:test",
    )


def test_the_mailbox_and_the_person_are_marked_for_every_follower(
    association: Association,
) -> None:
    followers = [following(association, name) for name in ("one", "two")]
    suppress(association_id=association.pk, facts=[refused()])
    for one in followers:
        assert marks(one) == {(ANN, None), (None, 7)}


def test_what_is_known_marks_nobody(association: Association) -> None:
    suppress(association_id=association.pk, facts=[refused()])
    follower = following(association, "one")
    suppress(association_id=association.pk, facts=[refused()])
    assert marks(follower) == set()


def test_nobody_elsewhere_is_marked(association: Association) -> None:
    other = an_association()
    with scope(association=other):
        elsewhere = following(other, "one")
    suppress(association_id=association.pk, facts=[refused(None)])
    with scope(association=other):
        assert marks(elsewhere) == set()


def test_facts_written_by_hand_are_marked_too(association: Association) -> None:
    follower = following(association, "one")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO consent_suppression (association_id, mailbox, kind, provider,"
            " source, evidence, actor) VALUES (%s, %s, 'staff', '', 'sql', '{}', 'me')",
            [association.pk, ANN],
        )
    assert marks(follower) == {(ANN, None)}


def test_who_comes_back_to_the_directory_is_marked_where_they_had_been(
    association: Association,
) -> None:
    ann = a_contact(association, external_id="A", address=ANN)
    suppress(association_id=association.pk, facts=[refused(ann.pk)])
    ann.delete()
    follower = following(association, "one")
    again = a_contact(association, external_id="A", address="ann@home.example")
    assert {(ANN, None), (None, again.pk)} <= marks(follower)
