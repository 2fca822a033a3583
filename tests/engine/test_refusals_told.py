"""A refusal in the words of `explain` and of the exported file of reasons: the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django_scopes import scope
from tests.builders import a_connection, a_contact, a_list, an_association, on_list
from tests.engine.exporting import exported

from rollkeeper.connections.models import Connection
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.core.values import ContactId, ListId, Mailbox
from rollkeeper.directory.models import Contact, ContactList
from rollkeeper.engine.explain import Explanation, explain
from rollkeeper.engine.exporting import of_list
from rollkeeper.engine.noting import note_refusal
from rollkeeper.engine.refusals import standing_of

pytestmark = pytest.mark.django_db
ANN, EVENING = "ann@a.example", datetime(2026, 5, 4, 2, tzinfo=UTC)
"""In Chicago it is still the third."""


@frozen
class Board:
    """Ann and Ben have one mailbox, and both are on the list."""

    connection: Connection
    ann: Contact
    ben: Contact
    board: ContactList

    def fact(self, kind: Kind, *, by: Contact | None = None, **fields: Any) -> None:
        with scope(association=self.board.association):
            Suppression.objects.create(
                association=self.board.association,
                kind=kind,
                **{
                    "mailbox": ANN,
                    "contact_id": (by or self.ann).pk,
                    "provider": "constant_contact",
                    "happened_at": EVENING,
                    "source": "opt-out pull",
                    "evidence": {"by_person": True},
                    "actor": "rule:opt-out pull",
                    **fields,
                },
            )

    def said(self, contact: Contact) -> Explanation:
        with scope(association=self.board.association):
            (found,) = explain(connection=self.connection, contacts=[contact])
        return found

    def exported(self, folder: Path) -> dict[str, str]:
        """Return why each who was left out was, by name."""
        files = exported(
            self.board.association, lambda: of_list(self.board, None), folder
        )
        return {row["Name"]: row["Why"] for row in files.left_out}


@pytest.fixture
def board() -> Board:
    association = an_association(time_zone="America/Chicago")
    ann, ben = (
        a_contact(association, first_name=name, last_name="Oak", address=ANN)
        for name in ("Ann", "Ben")
    )
    made = a_list(association, ann, ben, name="Board")
    return Board(a_connection(association), ann, ben, made)


@pytest.mark.parametrize(
    ("kind", "fields", "told"),
    [
        (
            Kind.UNSUBSCRIBED,
            {},
            "unsubscribed from everything at Constant Contact on May 3, 2026, by their"
            " own act.",
        ),
        (
            Kind.UNSUBSCRIBED,
            {"evidence": {"by_person": False}},
            "unsubscribed from everything at Constant Contact on May 3, 2026, by staff"
            " over there.",
        ),
        (
            Kind.COMPLAINT,
            {},
            "reported a mail as spam at Constant Contact on May 3, 2026.",
        ),
        (
            Kind.STAFF,
            {"provider": "", "actor": "staff:pat"},
            "asked not to be sent any mail, noted by pat on May 3, 2026.",
        ),
    ],
    ids=["their own act", "their staff", "spam", "told us"],
)
def test_each_kind_is_told_alike_in_both(
    board: Board, tmp_path: Path, kind: Kind, fields: dict[str, Any], told: str
) -> None:
    board.fact(kind, **fields)

    said = board.said(board.ann)
    assert said.reason == "no_mass_emails"
    assert said.sentence == f"Ann Oak has No Mass Emails: {told}"
    assert "Nobody here can undo it" in said.next_step
    assert board.exported(tmp_path)["Ann Oak"] == said.sentence


def test_mail_that_came_back_is_told_too(board: Board) -> None:
    board.fact(Kind.BOUNCED)

    said = board.said(board.ann)
    assert (
        "mail came back as undeliverable at Constant Contact on May 3, 2026"
        in said.sentence
    )
    assert said.next_step.startswith("Ask for another address")


def test_who_shares_the_mailbox_is_told_of_the_mailbox(
    board: Board, tmp_path: Path
) -> None:
    board.fact(Kind.UNSUBSCRIBED)

    for name in ("Ann Oak", "Ben Oak"):
        assert "unsubscribed from everything" in board.exported(tmp_path)[name]


def test_who_shares_a_mailbox_with_a_refuser_is_told_who_it_is(board: Board) -> None:
    board.fact(Kind.UNSUBSCRIBED, mailbox="ann@old.example")

    assert board.said(board.ben).sentence.startswith(
        "Ben Oak has No Mass Emails: Ann Oak, who shares the address, unsubscribed"
    )


def test_a_refusal_of_one_list_is_told_of_that_list(board: Board) -> None:
    other = a_list(board.board.association, board.ann, name="Golf")
    board.fact(Kind.LEFT_LIST, list_id=other.pk)

    with scope(association=board.board.association):
        found = explain(connection=board.connection, contacts=[board.ann])

    reasons = {one.list_name: one.reason for one in found}
    assert reasons["Golf"] == "left_list"
    assert reasons["Board"] != "left_list"
    (golf,) = (one for one in found if one.list_name == "Golf")
    assert "No Mass Emails on this list: left this list at" in golf.sentence


def test_what_is_only_known_to_have_been_learnt_says_so(board: Board) -> None:
    board.fact(Kind.UNSUBSCRIBED, happened_at=None)

    assert "(learnt on " in board.said(board.ann).sentence


def test_what_staff_ticked_can_be_cleared_and_says_so(board: Board) -> None:
    with scope(association=board.board.association):
        board.board.memberships.update(no_mass_email=True)

    said = board.said(board.ann)

    assert "has No Mass Emails on this list, ticked here" in said.sentence
    assert said.next_step.startswith("Clear No Mass Emails")


def test_a_note_about_a_list_leaves_the_others(board: Board) -> None:
    golf = a_list(board.board.association, board.ann, name="Golf")
    with scope(association=board.board.association):
        note_refusal(
            association_id=board.board.association_id,
            mailbox=Mailbox(ANN),
            contacts=[ContactId(board.ann.pk)],
            because="No golf.",
            by="staff:pat",
            list_id=ListId(golf.pk),
        )
        (refused,) = standing_of([board.ann.pk])[board.ann.pk]
        found = explain(connection=board.connection, contacts=[board.ann])

    assert (refused.list_id, refused.because) == (golf.pk, "No golf.")
    refused_by = {one.list_name: "noted by pat" in one.sentence for one in found}
    assert refused_by == {"Golf": True, "Board": False}


def test_many_cost_no_more_questions_than_one(board: Board) -> None:
    people = [a_contact(board.board.association) for _ in range(200)]
    for one in people:
        on_list(one, board.board)
    with scope(association=board.board.association):
        with CaptureQueriesContext(database) as of_one:
            standing_of([board.ann.pk])
        with CaptureQueriesContext(database) as of_many:
            standing_of([one.pk for one in people])

    assert len(of_many) <= len(of_one)
