"""The way to the provider and back, through its real pages (S1, S2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from pytest_django import Settings as DjangoSettings
from tests.connections.twin import Twin
from tests.web.people import a_person, signed_in

from mailtwin.server import running
from mailtwin.settings import Settings
from rollkeeper.config.environment import ProviderAccess
from rollkeeper.connections.models import (
    AuthorizationAttempt,
    Connection,
    ConnectionState,
)
from rollkeeper.directory.models import Association

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


def test_reconnecting_at_another_account_is_refused_by_name(
    admin: Client, chamber: Association, twin: Twin
) -> None:
    admin.get(CALLBACK, twin.allow(leave(admin)))
    other = twin.control("accounts", organization_name="Elsewhere")["account_id"]
    with scope(association=chamber):
        Connection.objects.update(state=ConnectionState.RECONNECT_NEEDED)

    page = refusal(admin, twin.allow(leave(admin), account_id=other))

    assert "Elsewhere" in page
