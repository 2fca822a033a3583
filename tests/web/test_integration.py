"""Settings, Integrations, Constant Contact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.builders import a_connection, a_contact, a_list, an_application

from rollkeeper.connections.models import (
    Connection,
    ConnectionState,
    RequestDebit,
)
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.directory.models import Association, Mark
from rollkeeper.engine.coordinator import sole_coordinator
from rollkeeper.ledger.models import Outcome, OutcomeKind, Run, RunKind, RunState

AT = datetime(2026, 3, 4, 18, tzinfo=UTC)


@pytest.fixture
def connection(chamber: Association) -> Connection:
    return a_connection(
        chamber,
        account_name="Harbor News",
        connected_at=AT,
        compared_at=AT,
        pulled_at=timezone.now(),
    )


def a_run(connection: Connection, **fields: Any) -> Run:
    fields = {
        "kind": RunKind.CHANGES,
        "by": "rule:change",
        "state": RunState.DONE,
        "finished_at": timezone.now(),
        **fields,
    }
    with scope(association=connection.association):
        run: Run = Run.objects.create(
            association=connection.association, connection=connection, **fields
        )
    return run


def page_of(client: Client, name: str = "constant_contact") -> str:
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    return answer.content.decode()


def test_before_connecting_the_page_says_what_will_happen(
    admin: Client, api_key: None
) -> None:
    page = page_of(admin)

    assert "Nothing is sent yet" in page
    assert reverse("connect") in page


def test_without_an_api_key_the_page_says_what_the_host_has_to_do(
    admin: Client,
) -> None:
    page = page_of(admin)

    assert "ROLLKEEPER_CONSTANT_CONTACT_CLIENT_ID" in page
    assert reverse("connect") not in page


def test_connecting_without_an_api_key_is_refused_with_the_reason(
    admin: Client,
) -> None:
    answer = admin.post(reverse("connect"))

    assert answer.status_code == 400
    assert "has no API key yet" in answer.content.decode()


def test_when_connected_the_page_names_the_account_and_since_when(  # S1
    admin: Client, connection: Connection
) -> None:
    page = page_of(admin)

    assert "Connected" in page
    assert "Harbor News" in page
    assert "since March 4, 2026" in page


def test_lost_access_shows_on_every_page_with_the_way_back(  # S4
    admin: Client, connection: Connection, api_key: None
) -> None:
    with scope(association=connection.association):
        Connection.objects.update(
            state=ConnectionState.RECONNECT_NEEDED, state_reason="Access was revoked."
        )

    for name in ("home", "contacts", "lists"):
        page = page_of(admin, name)
        assert "Constant Contact no longer lets us in" in page
        assert f'href="{reverse("constant_contact")}">Reconnect' in page
    assert "Access was revoked." in page_of(admin)


def test_sync_asks_for_everything_once(  # S3
    admin: Client, connection: Connection, chamber: Association
) -> None:
    a_list(chamber)

    for _ in range(2):
        admin.post(reverse("sync"))

    (job,) = ProcrastinateJob.objects.all()
    assert job.args["connection_id"] == connection.pk
    with scope(association=chamber):
        assert Mark.objects.exists()
    assert "On its way" in page_of(admin, "home")


def test_the_first_sync_is_started_by_whoever_may_approve(
    staff: Client, connection: Connection, chamber: Association
) -> None:
    a_list(chamber)
    page = staff.post(reverse("sync"), follow=True).content.decode()

    assert "may start the first sync" in page
    assert not ProcrastinateJob.objects.exists()


def test_sync_without_a_connection_says_what_to_do(admin: Client) -> None:
    page = admin.post(reverse("sync"), follow=True).content.decode()

    assert "Connect Constant Contact first" in page
    assert not ProcrastinateJob.objects.exists()


def test_a_run_under_way_is_shown_and_asked_for_again(
    admin: Client, connection: Connection
) -> None:
    a_run(connection, state=RunState.RUNNING, finished_at=None, planned=1200, done=44)

    with sole_coordinator(connection.pk):
        part = page_of(admin, "progress")

    assert "44 of 1,200 changes made" in part
    assert 'hx-trigger="every 2s"' in part


def test_a_run_whose_process_died_is_not_shown_as_under_way(
    admin: Client, connection: Connection
) -> None:
    a_run(connection, state=RunState.RUNNING, finished_at=None)

    assert admin.get(reverse("progress")).headers["HX-Refresh"] == "true"
    assert "Under way" not in page_of(admin)


def test_when_the_run_has_ended_the_page_is_shown_anew(
    admin: Client, connection: Connection
) -> None:
    a_run(connection)

    assert admin.get(reverse("progress")).headers["HX-Refresh"] == "true"


def test_a_page_at_rest_asks_for_nothing_again(
    admin: Client, connection: Connection, chamber: Association
) -> None:
    a_list(chamber)
    a_run(connection)

    page = page_of(admin, "home")

    assert "Everything is true" in page
    assert "hx-trigger" not in page


def test_last_runs_show_what_they_did_and_what_they_cost(
    admin: Client, connection: Connection
) -> None:
    a_run(connection, counts={"add": 1200, "remove": 3}, requests=17)
    a_run(connection, state=RunState.WILL_TRY_AGAIN, message="It answered 503.")

    page = page_of(admin)

    assert "1,200 added, 3 taken off lists" in page
    assert ">17<" in page
    assert "Will try again" in page
    assert "It answered 503." in page


def test_requests_of_today_are_shown_beside_the_days_limit(
    admin: Client, connection: Connection
) -> None:
    a_run(connection)
    for _ in range(3):
        RequestDebit.objects.create(
            application=connection.application, purpose=5, sent_at=timezone.now()
        )

    assert "3 of 10,000 used, 9,997 left" in page_of(admin)


def test_unsubscribes_are_counted_and_named(
    admin: Client, connection: Connection, chamber: Association
) -> None:
    a_run(connection)
    contact = a_contact(chamber)
    with scope(association=chamber):
        for mailbox, holder in (("a@x.example", contact.pk), ("b@x.example", 987654)):
            Suppression.objects.create(
                association=chamber,
                mailbox=mailbox,
                contact_id=holder,
                kind=Kind.UNSUBSCRIBED,
                provider="constant_contact",
                source="opt-out pull",
                actor="rule:pull",
            )

    page = page_of(admin)

    assert "2 people unsubscribed" in page
    assert f'<a href="{reverse("contact", args=[contact.pk])}">a@x.example</a>' in page
    assert "b@x.example" in page
    assert "987654" not in page


def test_who_could_not_be_made_true_is_named_with_the_reason(
    admin: Client, connection: Connection, chamber: Association
) -> None:
    a_list(chamber)
    a_run(connection, state=RunState.DONE_WITH_EXCEPTIONS)
    with scope(association=chamber):
        Outcome.objects.create(
            association=chamber,
            connection=connection,
            mailbox="odd@x.example",
            kind=OutcomeKind.REFUSED,
            message="The address is on a list of roles.",
        )

    assert "True, but for 1 address" in page_of(admin, "home")
    page = page_of(admin, "exceptions")
    assert f'href="{reverse("contacts")}?q=odd%40x.example"' in page
    assert "The address is on a list of roles." in page


def test_a_preview_says_who_would_be_added_and_what_it_would_cost(
    admin: Client, connection: Connection, chamber: Association
) -> None:
    a_list(chamber, a_contact(chamber, first_name="Zoë", last_name="Lark"), name="News")

    answer = admin.get(reverse("preview"), headers={"HX-Request": "true"})
    part = answer.content.decode()

    assert answer.context["preview"].counts["add"] == 1
    assert "Zoë Lark" in part
    assert "News" in part
    assert "request" in part
    assert "<html" not in part


def test_a_preview_of_nothing_says_so(
    admin: Client, connection: Connection, chamber: Association
) -> None:
    assert "already matches your roll" in page_of(admin, "preview")


def test_a_preview_that_cannot_read_the_account_first_says_why(
    admin: Client, chamber: Association, api_key: None
) -> None:
    a_connection(chamber, application=an_application(client_id="our-key"))
    a_list(chamber)

    answer = admin.get(reverse("preview"))

    assert answer.context["trouble"]
    assert "preview" not in answer.context


def test_a_preview_without_connection_says_what_to_do(admin: Client) -> None:
    assert "Connect Constant Contact first" in page_of(admin, "preview")


def test_changes_that_nobody_takes_up_are_said_to_wait(
    admin: Client, connection: Connection, chamber: Association
) -> None:
    a_list(chamber)
    a_run(connection)
    admin.post(reverse("sync"))
    with scope(association=chamber):
        Mark.objects.update(made_at=timezone.now() - timedelta(hours=1))

    page = page_of(admin, "home")

    assert "Changes are waiting, and nobody takes them up" in page
    assert "rollkeeper worker" in page


def test_one_list_made_true_is_not_everything(
    admin: Client, connection: Connection, chamber: Association
) -> None:
    a_list(chamber)
    a_run(connection, kind=RunKind.AUDIENCE)
    a_run(connection)

    assert "Ready for the first sync" in page_of(admin, "home")
    a_run(connection, kind=RunKind.EVERYTHING)
    assert "Everything is true" in page_of(admin, "home")


def test_the_page_leads_to_what_was_told_and_done_about_the_connection(
    admin: Client, staff: Client, connection: Connection, api_key: None
) -> None:
    told = f"{reverse('communications')}?connection={connection.pk}"
    done = f"{reverse('audit')}?subject=connection%3A{connection.pk}"
    for_admin, for_staff = page_of(admin), page_of(staff)
    assert told in for_admin
    assert told in for_staff
    assert done in for_admin
    assert done not in for_staff
    assert admin.get(done).status_code == 200
