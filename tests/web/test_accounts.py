"""One's own account: a new password, and signing in with two steps."""

from __future__ import annotations

import time

import pytest
from allauth.account.models import EmailAddress as AccountAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse
from tests.web.people import PASSWORD, a_person, signed_in

from rollkeeper.directory.models import Association

NEW = "another long one for the harbor"


@pytest.fixture
def pat(chamber: Association) -> User:
    return a_person(chamber)


@pytest.fixture
def client(pat: User) -> Client:
    return signed_in(pat)


def code_of(secret: str) -> str:
    """Return what an app on a telephone shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_every_administrator_can_turn_two_steps_on_and_off(
    client: Client, pat: User
) -> None:
    """Also who has an address that was never confirmed: nobody here signs up."""
    AccountAddress.objects.create(user=pat, email=pat.email, verified=False)
    set_up = reverse("mfa_activate_totp")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(set_up).context["form"].secret

    on = client.post(set_up, {"code": code_of(secret)}, follow=True).content.decode()
    assert "Codes on paper" in on
    assert Authenticator.objects.filter(user=pat).exists()

    off = client.post(reverse("mfa_deactivate_totp"), follow=True).content.decode()
    assert "Two-step sign-in is off." in off
    assert not Authenticator.objects.filter(user=pat).exists()


def test_there_is_no_page_that_confirms_addresses(client: Client) -> None:
    assert client.get("/accounts/email/").status_code == 404
    assert not AccountAddress.objects.exists()


def test_a_forgotten_password_is_replaced_by_a_link_in_the_mail(pat: User) -> None:
    page = Client()
    asked = page.post(
        reverse("account_reset_password"), {"email": pat.email}, follow=True
    )
    assert "Look into your mail" in asked.content.decode()

    link = next(one for one in mail.outbox[0].body.split() if "/reset/key/" in one)
    form = page.get("/accounts/" + link.partition("/accounts/")[2], follow=True)
    sent = {"password1": NEW, "password2": NEW}
    done = page.post(form.request["PATH_INFO"], sent, follow=True)
    assert "Your password is changed" in done.content.decode()
    pat.refresh_from_db()
    assert pat.check_password(NEW)


def test_changing_the_password_says_so_in_our_words(client: Client, pat: User) -> None:
    sent = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    page = client.post(reverse("account_change_password"), sent, follow=True)
    assert "Your password is changed." in page.content.decode()
