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
from django.utils.translation import gettext, override
from django_scopes import scope
from pytest_django import Settings
from tests.notices.mailing import a_free_port
from tests.web.people import PASSWORD, a_person, signed_in

from rollkeeper.directory.models import Association, Staff

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


def ask_for_a_link(address: str) -> str:
    """Ask as a stranger would, and return what the page answers."""
    sent = {"email": address}
    asked = Client().post(reverse("account_reset_password"), sent, follow=True)
    return asked.content.decode().partition("<h1>")[2].partition("<form")[0]


def test_the_mail_is_in_the_language_of_who_reads_it(
    chamber: Association, pat: User, settings: Settings
) -> None:
    settings.BASE_URL = "https://roll.chamber.example"
    with scope(association=chamber):
        Staff.objects.filter(user=pat).update(language="es")
    ask_for_a_link(pat.email)

    (sent,) = mail.outbox
    with override("es"):
        assert sent.subject == gettext("Choose a new password for Rollkeeper")
    assert "https://roll.chamber.example/accounts/password/reset/key/" in sent.body
    assert pat.username in sent.body


def test_the_mail_says_for_how_long_the_link_is_good(pat: User) -> None:
    ask_for_a_link(pat.email)
    assert "for 24 hours" in mail.outbox[0].body


def test_nothing_is_mailed_to_who_has_no_account_and_nobody_learns_it(
    pat: User,
) -> None:
    assert ask_for_a_link("nobody@chamber.example") == ask_for_a_link(pat.email)
    assert [one.to for one in mail.outbox] == [[pat.email]]


def test_a_mail_server_that_does_not_answer_breaks_no_page(
    pat: User, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", a_free_port()
    assert "ask whoever runs Rollkeeper" in ask_for_a_link(pat.email)


def test_without_a_mail_server_the_page_says_whom_to_ask(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    page = Client().get(reverse("account_reset_password")).content.decode()
    assert "Ask whoever runs Rollkeeper" in page
    assert "rollkeeper staff new-password" in page
    assert "Send the link" not in page


def test_the_pages_of_an_account_lead_to_each_other(client: Client, pat: User) -> None:
    names = ("account_change_password", "mfa_index", "usersessions_list")
    for name in ("account", *names):
        page = client.get(reverse(name)).content.decode()
        assert 'id="menu"' in page
        for other in ("account", *names):
            assert other == name or f'href="{reverse(other)}"' in page, (name, other)
    assert pat.email in client.get(reverse("account")).content.decode()


def test_who_must_set_up_two_steps_first_sees_no_menu_that_leads_nowhere(
    client: Client, chamber: Association
) -> None:
    Association.objects.filter(pk=chamber.pk).update(two_steps=True)
    page = client.get("/", follow=True).content.decode()
    assert "requires it of administrators" in page
    assert 'id="menu"' not in page
    assert "Sign out" in page


def test_changing_the_password_says_so_in_our_words(client: Client, pat: User) -> None:
    sent = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    page = client.post(reverse("account_change_password"), sent, follow=True)
    assert "Your password is changed." in page.content.decode()
