"""Constant Contact's words and ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.providers.vendor import a_contact

from rollkeeper.core.calls import Import, Row
from rollkeeper.core.values import Mailbox, Person, ProviderListId
from rollkeeper.core.views import Permission
from rollkeeper.providers.constant_contact import wire
from rollkeeper.providers.constant_contact.limits import CAPABILITIES
from rollkeeper.providers.errors import ProtocolBroken
from rollkeeper.providers.port import JobState


@pytest.mark.parametrize(
    ("word", "permission"),
    [
        ("explicit", Permission.MAILABLE),
        ("implicit", Permission.MAILABLE),
        ("pending_confirmation", Permission.PENDING),
        ("temp_hold", Permission.ON_HOLD),
        ("not_set", Permission.ON_HOLD),
        ("unsubscribed", Permission.UNSUBSCRIBED),
        ("a_word_of_next_year", Permission.ON_HOLD),
    ],
)
def test_a_permission_is_read(word: str, permission: Permission) -> None:
    assert wire.seen(a_contact(email={"permission_to_send": word})).permission is (
        permission
    )


def test_a_deletion_hides_a_consent_and_not_a_refusal() -> None:
    gone = {"deleted_at": "2030-01-06"}
    assert wire.seen(a_contact(**gone)).permission is Permission.DELETED
    refused = a_contact(email={"permission_to_send": "unsubscribed"}, **gone)
    assert wire.seen(refused).permission is Permission.UNSUBSCRIBED


@pytest.mark.parametrize(
    ("source", "by_person"), [("Contact", True), ("Account", False), (None, False)]
)
@pytest.mark.parametrize("permission", ["explicit", "implicit"])
def test_a_permission_is_the_persons_only_when_it_says_so(
    permission: str, source: str | None, *, by_person: bool
) -> None:
    email = {
        "permission_to_send": permission,
        "opt_in_source": source,
        "opt_in_date": "2030-01-06T10:00:00Z",
    }
    seen = wire.seen(a_contact(email=email))
    assert seen.opted_in_by_person is by_person
    assert seen.opted_in_at == datetime(2030, 1, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize("word", ["unsubscribed", "pending_confirmation", "temp_hold"])
def test_who_cannot_be_mailed_has_given_no_permission(word: str) -> None:
    email = {
        "permission_to_send": word,
        "opt_in_source": "Contact",
        "opt_in_date": "2030-01-06T10:00:00Z",
    }
    seen = wire.seen(a_contact(email=email))
    assert (seen.opted_in_by_person, seen.opted_in_at) == (False, None)


@pytest.mark.parametrize(
    ("source", "by_person"), [("Contact", True), ("Account", False), (None, True)]
)
def test_a_refusal_is_the_persons_unless_staff_made_it(
    source: str | None, by_person: bool
) -> None:
    email = {
        "permission_to_send": "unsubscribed",
        "opt_out_source": source,
        "opt_out_date": "2030-01-06T10:00:00Z",
        "opt_out_reason": "Too many",
    }
    seen = wire.seen(a_contact(email=email))
    assert seen.opted_out_by_person is by_person
    assert seen.opted_out_at == datetime(2030, 1, 6, 10, tzinfo=UTC)
    assert seen.opt_out_reason == "Too many"


def test_a_refusal_taken_back_is_none() -> None:
    email = {"opt_out_source": "Contact", "opt_out_date": "2030-01-06T10:00:00Z"}
    seen = wire.seen(a_contact(email=email))
    assert not seen.opted_out_by_person
    assert seen.opted_out_at is None


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("Ann@Members.Example", "ann@members.example"),
        ("no address at all", "no address at all"),
        (None, None),
    ],
)
def test_an_address_over_there_is_a_mailbox_here(
    address: str | None, mailbox: str | None
) -> None:
    assert wire.seen(a_contact(email={"address": address})).mailbox == mailbox


def test_a_contact_without_mail_has_no_mailbox() -> None:
    assert wire.seen({"contact_id": "c-1", "sms_channel": {}}).mailbox is None


@pytest.mark.parametrize(
    "broken",
    [
        {"email_address": {"address": "a@b.example"}},
        {"contact_id": 7},
        {"contact_id": "c-1", "first_name": ["Ann"]},
        a_contact(
            email={"permission_to_send": "unsubscribed", "opt_out_date": "yesterday"}
        ),
    ],
)
def test_a_contact_that_makes_no_sense_is_an_error(broken: dict[str, Any]) -> None:
    with pytest.raises(ProtocolBroken):
        wire.seen(broken)


def a_job(state: str = "completed", errors: Any = (), **status: int) -> dict[str, Any]:
    return {
        "activity_id": "j-1",
        "state": state,
        "created_at": "2030-01-07T12:00:00Z",
        "activity_errors": list(errors),
        "status": status,
    }


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("initialized", JobState.RUNNING),
        ("processing", JobState.RUNNING),
        ("completed", JobState.DONE),
        ("cancelled", JobState.FAILED),
        ("failed", JobState.FAILED),
        ("timed_out", JobState.FAILED),
        ("time_out", JobState.FAILED),
    ],
)
def test_a_jobs_state_is_read(word: str, state: JobState) -> None:
    assert wire.job(a_job(word)).state is state


def test_an_unknown_job_state_is_an_error() -> None:
    with pytest.raises(ProtocolBroken):
        wire.job(a_job("resting"))


def test_an_imports_header_row_is_no_row() -> None:
    job = wire.job(
        a_job(
            items_total_count=4,
            person_count=3,
            error_count=1,
            correctable_count=1,
            cannot_add_to_list_count=1,
        )
    )
    assert (job.kind, job.rows, job.refused, job.not_added) == ("import", 3, 2, 1)


def test_a_membership_job_counts_what_it_did() -> None:
    job = wire.job(a_job(items_total_count=4, items_completed_count=3, list_count=1))
    assert (job.kind, job.rows) == ("other", 3)


def test_a_complaint_names_the_row_we_sent() -> None:
    errors = ["Line 2: bad address", "line 41 is odd", "The list is gone", "Line 1: ?"]
    assert wire.job(a_job(errors=errors)).complaints == (
        (0, "Line 2: bad address"),
        (39, "line 41 is odd"),
        (None, "The list is gone"),
        (None, "Line 1: ?"),
    )


def test_an_import_is_written_without_blanks_or_spaces() -> None:
    row = Row(mailbox=Mailbox("zoë@members.example"), person=Person(last_name="Öz"))
    body = wire.import_body(Import(rows=(row,), lists=(ProviderListId("one"),)))
    assert body.decode() == (
        '{"import_data":[{"email":"zoë@members.example","last_name":"Öz"}],'
        '"list_ids":["one"]}'
    )


def test_a_row_costs_no_more_beside_its_values_than_declared() -> None:
    person = Person(first_name="A", last_name="B", company="C")
    call = Import(rows=(Row(mailbox=Mailbox("a@b.c"), person=person),), lists=())
    empty = Import(rows=(), lists=())
    cost = len(wire.import_body(call)) - len(wire.import_body(empty)) + len(",")
    assert cost - len("a@b.cABC") <= CAPABILITIES.import_row_overhead
