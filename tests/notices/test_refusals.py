"""Who unsubscribed: told once a run, and only where it is news."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.builders import (
    a_contact,
)
from tests.notices.incidents import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    a_run,
    connected,
    events,
    look,
    told,
    unsubscribed,
    wants,
)

from rollkeeper.audit.services import record
from rollkeeper.consent.kinds import Kind
from rollkeeper.core.values import ContactId
from rollkeeper.directory.models import Association, Staff
from rollkeeper.engine.noticing.looking import look_often
from rollkeeper.ledger.models import Run
from rollkeeper.notices.events import Event
from rollkeeper.notices.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def test_no_subject_names_a_contact(chamber: Association, pat: Staff) -> None:
    wants(pat, Event.UNSUBSCRIBED)
    ann = a_contact(chamber, address="ann@x.example", last_name="Frost")
    unsubscribed(
        a_run(connected(chamber)), "ann@x.example", contact_id=ContactId(ann.pk)
    )
    look(NOW)
    message = Message.objects.get()
    assert "Ann Frost" in message.body
    assert message.subject == "Harbor Chamber: Somebody unsubscribed"


def test_a_run_is_told_of_only_when_it_has_ended(
    chamber: Association, pat: Staff
) -> None:
    wants(pat, Event.UNSUBSCRIBED)
    run = a_run(connected(chamber), finished_at=None, state="running")
    unsubscribed(run, "ann@x.example")
    look(NOW)
    look(NOW + 5 * HOUR)
    assert told() == []
    Run.objects.update(finished_at=NOW + 5 * HOUR, state="done")
    look(NOW + 5 * HOUR)
    assert [event for event, _ in told()] == [Event.UNSUBSCRIBED]


def test_who_had_unsubscribed_before_the_account_was_connected_is_no_news(
    chamber: Association, pat: Staff
) -> None:
    wants(pat, Event.UNSUBSCRIBED)
    run = a_run(connected(chamber))
    unsubscribed(run, "old@x.example", happened_at=NOW - 2 * DAY)
    unsubscribed(run, "staff@x.example", kind=Kind.STAFF)
    look(NOW)
    assert events() == []


def test_who_unsubscribed_while_the_account_was_cut_off_is_news(
    chamber: Association, pat: Staff
) -> None:
    wants(pat, Event.UNSUBSCRIBED)
    connection = connected(chamber, connected_at=NOW - HOUR)
    a_run(connection, started_at=NOW - 9 * DAY, finished_at=NOW - 9 * DAY)
    unsubscribed(a_run(connection), "ann@x.example", happened_at=NOW - 3 * DAY)
    look(NOW)
    assert events() == [Event.UNSUBSCRIBED]


def test_who_had_unsubscribed_from_an_account_that_came_later_is_no_news(
    chamber: Association, pat: Staff
) -> None:
    connection = connected(chamber, compared_at=NOW)
    a_run(connection, started_at=NOW - 9 * DAY, finished_at=NOW - 9 * DAY)
    record(
        association_id=chamber.pk,
        by="staff:pat",
        action="account_replaced",
        subject=f"connection:{connection.pk}",
    )
    replaced = datetime.now(UTC)
    run = a_run(connection, finished_at=replaced + HOUR)
    unsubscribed(run, "old@x.example", happened_at=replaced - DAY)
    look_often(now=replaced + HOUR)
    assert events() == []


def test_refusals_written_by_a_slow_transaction_are_not_passed_by(
    chamber: Association, pat: Staff
) -> None:
    """Numbers are drawn in order, and committed in another."""
    connection = connected(chamber, compared_at=NOW)
    first, second = a_run(connection, finished_at=None), a_run(connection)
    unsubscribed(first, "slow@x.example")
    unsubscribed(second, "quick@x.example")
    look(NOW)
    Run.objects.filter(pk=first.pk).update(finished_at=NOW + MINUTE)
    look(NOW + MINUTE)
    assert events() == [Event.UNSUBSCRIBED] * 2
