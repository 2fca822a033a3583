"""Sessions and headers, through the front door."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings as DjangoSettings

from rollkeeper.config import settings as shipped
from rollkeeper.config.accounts import ClosedSignUp

pytestmark = pytest.mark.django_db

BEGAN = datetime(2025, 3, 8, 12, tzinfo=timezone.get_default_timezone())
PAGE = "/accounts/password/change/"


def signed_in() -> Client:
    client = Client()
    user = get_user_model().objects.create_user("ann", password="long and strange")
    with time_machine.travel(BEGAN, tick=False):
        client.force_login(user)
        assert client.get(PAGE).status_code == 200
    return client


def status_after(client: Client, passed: timedelta) -> int:
    with time_machine.travel(BEGAN + passed, tick=False):
        return client.get(PAGE).status_code


def test_twelve_idle_hours_end_a_session() -> None:
    client = signed_in()

    assert status_after(client, timedelta(hours=11)) == 200
    assert status_after(client, timedelta(hours=22)) == 200
    assert status_after(client, timedelta(hours=34, minutes=1)) == 302


def test_seven_days_end_a_session_however_busy() -> None:
    client = signed_in()

    for hours in range(6, 7 * 24, 6):
        assert status_after(client, timedelta(hours=hours)) == 200
    assert status_after(client, timedelta(days=7, minutes=1)) == 302


def test_a_busy_session_is_not_written_at_each_request() -> None:
    client = signed_in()
    [before] = Session.objects.values()

    status_after(client, timedelta(minutes=4))
    assert list(Session.objects.values()) == [before]
    status_after(client, timedelta(minutes=6))
    assert list(Session.objects.values()) != [before]


def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites() -> None:
    cookie = signed_in().cookies["sessionid"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_every_answer_forbids_scripts_that_are_not_ours() -> None:
    for address in ("/accounts/login/", PAGE, "/nothing/here"):
        headers = Client().get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_over_https_browsers_are_told_to_stay_there() -> None:
    answer = Client().get("/accounts/login/", secure=True)

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_passwords_are_kept_as_argon2_hashes(settings: DjangoSettings) -> None:
    settings.PASSWORD_HASHERS = shipped.PASSWORD_HASHERS

    assert make_password("long and strange").startswith("argon2$argon2id$")


@pytest.mark.parametrize("weak", ["elevenchars", "123456789012", "1qaz2wsx3edc"])
def test_a_weak_password_is_refused(weak: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(weak)


def test_nobody_makes_an_account_for_themselves() -> None:
    assert not ClosedSignUp().is_open_for_signup(RequestFactory().get("/"))
    Client().post(
        "/accounts/signup/",
        {
            "username": "eve",
            "email": "eve@x.example",
            "password1": "p",
            "password2": "p",
        },
    )

    assert not get_user_model().objects.exists()


def test_five_wrong_passwords_close_the_door_for_the_right_one_too() -> None:
    get_user_model().objects.create_user("ann", password="long and strange")
    client = Client()
    for _ in range(5):
        client.post("/accounts/login/", {"login": "ann", "password": "wrong"})

    client.post("/accounts/login/", {"login": "ann", "password": "long and strange"})

    assert "_auth_user_id" not in client.session
