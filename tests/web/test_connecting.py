"""The way to the provider and back, through its real pages (S1, S2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import connection as database
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from pytest_django import Settings as DjangoSettings
from tests.builders import a_contact, a_list
from tests.connections.twin import Twin
from tests.web.people import a_person, signed_in

from mailtwin.server import running
from mailtwin.settings import Settings
from rollkeeper.audit.models import Entry
from rollkeeper.config.environment import ProviderAccess
from rollkeeper.connections.models import (
    AuthorizationAttempt,
    Connection,
    ConnectionState,
)
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.directory.models import Association, Follower
from rollkeeper.engine.coordinator import LOCK_SPACE
from rollkeeper.engine.postgres import STORE
from rollkeeper.engine.reconcile import request
from rollkeeper.ledger.models import (
    Audience,
    Hold,
    Operation,
    OperationState,
    RemoteContact,
    Run,
    RunKind,
    RunState,
)
from rollkeeper.ledger.models.resubscribing import ResubscribeRequest
from rollkeeper.ledger.states import HoldState, ResubscribeState

CALLBACK = "/connections/constant_contact/callback"


@pytest.fixture
def twin(settings: DjangoSettings) -> Iterator[Twin]:
    with running(Settings(limits=False)) as server:
        settings.PROVIDERS = {
            "constant_contact": ProviderAccess(
                client_id="our-key",
                client_secret=None,
                api_url=f"{server.url}/v3",
                auth_url=f"{server.url}/oauth2/default/v1",
            )
        }
        yield Twin(url=server.url)


def leave(client: Client) -> str:
    """Press Connect and return the address at the provider that we are led to."""
    answer = client.post(reverse("connect"), headers={"HX-Request": "true"})
    return str(answer.headers["HX-Redirect"])


def refusal(client: Client, brought: dict[str, str]) -> str:
    answer = client.get(CALLBACK, brought)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Begin again" in page
    with scopes_disabled():
        assert not Connection.objects.filter(state=ConnectionState.CONNECTED).exists()
    return page


def test_connecting_ends_on_a_page_that_says_connected(
    admin: Client, twin: Twin
) -> None:
    brought = twin.allow(leave(admin))

    page = admin.get(CALLBACK, brought, follow=True).content.decode()

    assert "Connected to " in page
    assert "since " in page
    with scopes_disabled():
        assert Connection.objects.get().state == ConnectionState.CONNECTED


def test_without_a_script_a_link_leads_to_the_provider(
    admin: Client, twin: Twin
) -> None:
    page = admin.post(reverse("connect")).content.decode()

    assert f'href="{twin.url}/oauth2/default/v1/authorize?' in page


def test_denied_access_is_said_with_what_to_do(admin: Client, twin: Twin) -> None:
    leave(admin)

    page = refusal(admin, {"error": "access_denied"})

    assert "press Allow" in page


def test_another_error_of_the_provider_is_shown_as_text(
    admin: Client, twin: Twin
) -> None:
    page = refusal(admin, {"error": "<b>odd</b>"})

    assert "&lt;b&gt;odd" in page


def test_a_wrong_state_is_refused(admin: Client, twin: Twin) -> None:
    brought = twin.allow(leave(admin))

    assert "not open" in refusal(admin, {**brought, "state": "guessed"})


def test_a_wrong_code_is_refused(admin: Client, twin: Twin) -> None:
    brought = twin.allow(leave(admin))

    refusal(admin, {**brought, "code": "guessed"})


def test_coming_back_with_nothing_is_refused(admin: Client, twin: Twin) -> None:
    refusal(admin, {})


def test_coming_back_too_late_is_refused(admin: Client, twin: Twin) -> None:
    brought = twin.allow(leave(admin))
    with scopes_disabled():
        AuthorizationAttempt.objects.update(
            started_at=timezone.now() - timedelta(minutes=11)
        )

    assert "longer than ten minutes" in refusal(admin, brought)


def test_another_browser_cannot_finish_what_this_one_began(
    admin: Client, chamber: Association, twin: Twin
) -> None:
    brought = twin.allow(leave(admin))

    refusal(signed_in(a_person(chamber)), brought)


def test_the_same_way_back_works_only_once(admin: Client, twin: Twin) -> None:
    brought = twin.allow(leave(admin))
    admin.get(CALLBACK, brought)

    answer = admin.get(CALLBACK, brought)

    assert answer.status_code == 400
    with scopes_disabled():
        assert Connection.objects.get().state == ConnectionState.CONNECTED


def account_of(twin: Twin, name: str) -> str:
    return str(twin.control("accounts", organization_name=name)["account_id"])


def at_another(client: Client, chamber: Association, twin: Twin) -> tuple[int, str]:
    """Connect, lose access, sign in at another account; return status and page."""
    client.get(CALLBACK, twin.allow(leave(client)))
    with scope(association=chamber):
        Connection.objects.update(state=ConnectionState.RECONNECT_NEEDED)
    other = account_of(twin, "Elsewhere")
    brought = twin.allow(leave(client), account_id=other)
    answer = client.get(CALLBACK, brought)
    return answer.status_code, answer.content.decode()


def replace(client: Client) -> str:
    answer = client.post(reverse("replace_account"), headers={"HX-Request": "true"})
    return str(answer.headers["HX-Redirect"])


def test_reconnecting_at_another_account_is_refused_by_name(
    admin: Client, chamber: Association, twin: Twin
) -> None:
    status, page = at_another(admin, chamber, twin)

    assert status == 409
    assert "You signed in at <b>Elsewhere</b>" in page
    assert "Nothing was changed." in page
    with scopes_disabled():
        row = Connection.objects.get()
    assert row.state == ConnectionState.RECONNECT_NEEDED
    assert row.account_name == "Lakeside Chamber of Commerce"


def test_another_account_takes_the_place_of_the_first_when_it_is_meant(
    admin: Client, chamber: Association, twin: Twin
) -> None:
    at_another(admin, chamber, twin)
    with scopes_disabled():
        old = Connection.objects.get()
    known_at_the_old(old)
    address = replace(admin)
    elsewhere = twin.account_id(account="Elsewhere")

    admin.get(CALLBACK, twin.allow(address, account_id=elsewhere))

    with scope(association=chamber):
        row = Connection.objects.get()
        assert row.account_name == "Elsewhere"
        assert row.state == ConnectionState.CONNECTED
        assert (row.pulled_at, row.compared_at) == (None, None)
        assert not RemoteContact.objects.exists()
        assert Audience.objects.get().provider_list_id is None
        assert Suppression.objects.get().mailbox == "gone@x.example"
        assert not Follower.objects.exists(), "nothing is sent before a person asks"
        assert ResubscribeRequest.objects.get().state == ResubscribeState.REFUSED
        assert Operation.objects.get().state == OperationState.SUPERSEDED
        assert Hold.objects.get().state == HoldState.OVER
        assert Entry.objects.filter(action="account_replaced").exists()


def known_at_the_old(connection: Connection) -> None:
    """Let us know somebody there, and that somebody unsubscribed."""
    association = connection.association
    with scope(association=association):
        made = a_list(association, a_contact(association))
        request(STORE, connection_id=connected_again(connection))
        Audience.objects.create(
            association=association,
            connection=connection,
            list_id=made.pk,
            name=made.name,
            provider_list_id="over-there",
            leaving="remove",
            none_left="disable",
            new_address="update",
            strangers="keep",
        )
        RemoteContact.objects.create(
            association=association,
            connection=connection,
            mailbox="gone@x.example",
            permission="unsubscribed",
            seen_at=timezone.now(),
        )
        ResubscribeRequest.objects.create(
            association=association,
            connection=connection,
            mailbox="gone@x.example",
            contact_id=1,
            provider_id="there-1",
            lists=[],
            list_names=[],
            asked_by="staff:ann",
            state=ResubscribeState.ASKED,
        )
        work_under_way(connection)
        Suppression.objects.create(
            association=association,
            mailbox="gone@x.example",
            kind=Kind.UNSUBSCRIBED,
            provider="constant_contact",
            source="opt-out pull",
            actor="rule:pull",
        )
        Connection.objects.update(pulled_at=timezone.now())


def work_under_way(connection: Connection) -> None:
    whose = {"association": connection.association, "connection": connection}
    run = Run.objects.create(
        **whose, kind=RunKind.CHANGES, by="rule:change", state=RunState.RECONNECT_NEEDED
    )
    Operation.objects.create(
        **whose,
        run=run,
        op_id=uuid4(),
        kind="import",
        state=OperationState.ACCEPTED,
        rows=1,
        payload_hash="0",
    )
    Hold.objects.create(
        **whose,
        guard="removals_of_account",
        fingerprint="0",
        count=1,
        of=1,
        limit=0,
        already=0,
    )


def connected_again(connection: Connection) -> int:
    Connection.objects.update(state=ConnectionState.CONNECTED)
    return connection.pk


def test_a_third_account_does_not_pass_for_the_one_that_was_meant(
    admin: Client, chamber: Association, twin: Twin
) -> None:
    at_another(admin, chamber, twin)
    address = replace(admin)
    third = account_of(twin, "A third one")

    answer = admin.get(CALLBACK, twin.allow(address, account_id=third))

    assert answer.status_code == 409
    with scopes_disabled():
        assert Connection.objects.get().account_name == "Lakeside Chamber of Commerce"


def test_nothing_takes_the_place_of_an_account_by_itself(
    admin: Client, chamber: Association, twin: Twin
) -> None:
    """What was meant once is not meant the next time."""
    at_another(admin, chamber, twin)
    replace(admin)
    elsewhere = twin.account_id(account="Elsewhere")

    answer = admin.get(CALLBACK, twin.allow(leave(admin), account_id=elsewhere))

    assert answer.status_code == 409
    assert admin.post(reverse("replace_account")).status_code in (200, 302)


def test_while_a_run_works_no_other_account_takes_its_place(
    admin: Client, chamber: Association, twin: Twin
) -> None:
    at_another(admin, chamber, twin)
    address = replace(admin)
    elsewhere = twin.account_id(account="Elsewhere")
    with scopes_disabled():
        connection = Connection.objects.get()

    with another_process_works_on(connection.pk):
        answer = admin.get(CALLBACK, twin.allow(address, account_id=elsewhere))

    assert answer.status_code == 400
    assert "Wait until it has ended" in answer.content.decode()
    with scopes_disabled():
        assert Connection.objects.get().account_name == "Lakeside Chamber of Commerce"


@contextmanager
def another_process_works_on(connection_id: int) -> Iterator[None]:
    """Hold the coordinator's lock from another database session."""
    where = {**database.get_connection_params()}
    for name in ("cursor_factory", "context", "prepare_threshold"):
        where.pop(name, None)
    with psycopg.connect(**where, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_SPACE, connection_id])
        yield


def test_disconnecting_asks_first_and_says_what_it_means(
    admin: Client, twin: Twin
) -> None:
    admin.get(CALLBACK, twin.allow(leave(admin)))
    page = admin.get(reverse("disconnect")).content.decode()
    assert "Unsubscribes are no longer fetched." in page

    after = admin.post(reverse("disconnect_now"), follow=True).content.decode()

    assert "Disconnected from Lakeside Chamber of Commerce." in after
    assert "by person" in after, "who did it is said"
    with scopes_disabled():
        row = Connection.objects.get()
    assert row.state == ConnectionState.DISCONNECTED
    assert row.sealed_access is None
    assert row.sealed_refresh is None


@pytest.mark.parametrize("name", ["disconnect", "disconnect_now", "replace_account"])
def test_only_administrators_disconnect_or_replace(staff: Client, name: str) -> None:
    method = staff.get if name == "disconnect" else staff.post
    assert method(reverse(name)).status_code == 403
