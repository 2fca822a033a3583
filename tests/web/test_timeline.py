from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope
from tests.builders import a_connection, a_contact, a_list
from tests.web.holding import Desk
from tests.web.test_home import a_run
from tests.web.test_lists import an_audience, shown, there

from rollkeeper.audit.models import Entry
from rollkeeper.audit.services import record
from rollkeeper.connections.models import Connection
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.core.values import ContactId, ListId
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Association, Contact, Standing
from rollkeeper.engine.noticing.looking import look_often
from rollkeeper.engine.noticing.telling import tell
from rollkeeper.ledger.models import (
    Drift,
    Outcome,
    OutcomeKind,
    RemoteContact,
    RemoteMembership,
    Run,
)
from rollkeeper.ledger.states import DriftKind
from rollkeeper.web.timeline import SHOWN, Event, timeline

LONG_AGO = datetime(2020, 5, 4, tzinfo=UTC)


@pytest.fixture
def ann(chamber: Association) -> Contact:
    return a_contact(chamber, address="ann@x.example")


@pytest.fixture
def connection(chamber: Association) -> Connection:
    return a_connection(chamber)


def a_fact(contact: Contact, kind: Kind, at: datetime = LONG_AGO) -> None:
    Suppression.objects.create(
        association=contact.association,
        mailbox="ann@x.example",
        contact_id=contact.pk,
        kind=kind,
        provider="constant_contact",
        happened_at=at,
        source="opt-out pull",
        actor="rule:pull",
    )


def words_of(contact: Contact) -> list[str]:
    with scope(association=contact.association):
        return [one.words for one in timeline(contact).events]


def test_what_people_did_here_is_told_with_who_did_it(ann: Contact) -> None:
    weekly = a_list(ann.association, ann, name="Weekly")
    with scope(association=ann.association):
        directory.set_do_not_contact(
            contact_id=ContactId(ann.pk), value=True, by="staff:pat"
        )
        directory.set_standing(
            contact_id=ContactId(ann.pk),
            list_id=ListId(weekly.pk),
            status=Standing.DISABLED,
            no_mass_email=False,
            by="staff:kim",
        )
        first, second = timeline(ann).events

    assert first.words == "Changed how a contact stands on a list: Weekly"
    assert first.more == "by kim"
    assert first.url == reverse("list", args=[weekly.pk])
    assert second.words == "Set Do Not Contact"
    assert "pat" in second.more


def test_what_was_done_to_others_is_not_told(ann: Contact) -> None:
    other = a_contact(ann.association)
    weekly = a_list(ann.association, other, name="Weekly")
    with scope(association=ann.association):
        directory.set_do_not_contact(
            contact_id=ContactId(other.pk), value=True, by="staff:pat"
        )
        directory.take_off_list(
            contact_id=ContactId(other.pk), list_id=ListId(weekly.pk), by="staff:pat"
        )

    assert words_of(ann) == []


def test_who_shares_the_mailbox_is_told_what_it_said(ann: Contact) -> None:
    other = a_contact(ann.association, address="ann@x.example")
    with scope(association=ann.association):
        a_fact(other, Kind.UNSUBSCRIBED)

    assert words_of(ann) == ["Unsubscribed from everything"]


def test_what_syncs_did_is_told_with_the_list(
    ann: Contact, connection: Connection
) -> None:
    desk = Desk(connection)
    audience = an_audience(connection, a_list(ann.association, ann, name="Weekly"))
    with scope(association=ann.association):
        there(audience, "ann@x.example")
        RemoteContact.objects.update(disabled_at=LONG_AGO)
        run = desk.place().run
        Outcome.objects.create(
            association=ann.association,
            connection=connection,
            run=run,
            mailbox="ann@x.example",
            kind=OutcomeKind.REFUSED,
            message="They said no.",
        )
        Drift.objects.create(
            association=ann.association,
            connection=connection,
            run=run,
            kind=DriftKind.EDITED,
            mailbox="ann@x.example",
            was="Ann",
            now="Anne",
        )
        found = {one.words: one for one in timeline(ann).events}

    assert found["On “Weekly” at Constant Contact"].url == reverse(
        "audience", args=[audience.pk]
    )
    assert found["Refused by the provider"].more == "They said no."
    assert "Ann → Anne" in found["Given another name at the provider"].more
    assert found["Disabled at Constant Contact"].at == LONG_AGO


def on_over_there(contact: Contact, connection: Connection, *names: str) -> None:
    """Have a run put the contact on lists there, a day after what was before."""
    with scope(association=contact.association):
        at = LONG_AGO + timedelta(days=Run.objects.count())
        a_run(connection, at)
        for name in names:
            made = a_list(contact.association, contact, name=name)
            there(an_audience(connection, made), "ann@x.example")
            rows = RemoteMembership.objects.filter(audience__name=name)
            rows.update(since=at + timedelta(minutes=len(name)))


def test_the_lists_that_one_run_put_them_on_are_told_in_one_line(
    ann: Contact, connection: Connection
) -> None:
    on_over_there(ann, connection, "Weekly", "Agenda")

    with scope(association=ann.association):
        [told] = timeline(ann).events
        older = timeline(ann, before=told.at)

    assert told.words == "On 2 lists at Constant Contact"
    assert told.more == "Agenda, Weekly"
    assert told.url.startswith("/runs/")
    assert older.events == []


def test_what_two_runs_did_is_told_in_two_lines(
    ann: Contact, connection: Connection
) -> None:
    on_over_there(ann, connection, "Weekly")
    on_over_there(ann, connection, "Agenda")

    assert words_of(ann) == [
        "On “Agenda” at Constant Contact",
        "On “Weekly” at Constant Contact",
    ]


def test_what_was_held_and_what_staff_were_told_of_it_is_linked(
    ann: Contact, connection: Connection
) -> None:
    desk = Desk(connection)
    with scope(association=ann.association):
        a_fact(ann, Kind.UNSUBSCRIBED, timezone.now())
    hold = desk.hold(desk.audience(a_list(ann.association, ann)), ["ann@x.example"])
    look_often(now=timezone.now())
    tell(now=timezone.now())

    with scope(association=ann.association):
        urls = {one.sort: one.url for one in timeline(ann).events}
        sorts = {one.sort for one in timeline(ann).events}

    assert urls["sync"] == reverse("hold", args=[hold.pk])
    assert "consent" in sorts


def test_pages_tell_everything_once_the_newest_first(ann: Contact) -> None:
    number = 3 * SHOWN
    with scope(association=ann.association):
        for n in range(number):
            record(
                association_id=ann.association_id,
                by="staff:pat",
                action="contact_changed",
                subject=f"contact:{ann.pk}",
                details={"n": n},
            )
            kind = (Kind.STAFF, Kind.UNSUBSCRIBED, Kind.COMPLAINT)[n % 3]
            a_fact(ann, kind, LONG_AGO + timedelta(days=n // 3))
        seen: list[Event] = []
        before = None
        for _ in range(number):
            page = timeline(ann, before=before)
            seen += page.events
            before = page.before
            if before is None:
                break
        assert Entry.objects.count() + Suppression.objects.count() == len(seen)

    times = [one.at for one in seen]
    assert times == sorted(times, reverse=True)


def test_the_page_of_a_contact_tells_the_newest_and_leads_on(
    admin: Client, ann: Contact
) -> None:
    with scope(association=ann.association):
        for n in range(SHOWN + 5):
            a_fact(ann, Kind.COMPLAINT, LONG_AGO + timedelta(days=n))

    page = shown(admin, "contact", ann.pk)
    assert page.count('<li class="event ') == SHOWN
    url = reverse("contact_timeline", args=[ann.pk])
    assert f'hx-get="{url}?before=' in page

    part = admin.get(
        url,
        {"before": (LONG_AGO + timedelta(days=5)).isoformat()},
        headers={"HX-Request": "true"},
    )
    assert part.content.decode().count('<li class="event ') == 5
    assert "<h1" not in part.content.decode()


@pytest.mark.parametrize("before", ["2020-13-45T00:00Z", "2020-01-01T00:00"])
def test_a_place_that_no_page_gave_is_not_found(
    admin: Client, ann: Contact, before: str
) -> None:
    url = reverse("contact_timeline", args=[ann.pk])

    assert admin.get(url, {"before": before}).status_code == 404


def test_a_contact_without_history_says_so(admin: Client, ann: Contact) -> None:
    assert "Nothing is on record yet" in shown(admin, "contact", ann.pk)
