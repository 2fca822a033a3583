"""What `doctor` says of mail."""

from __future__ import annotations

import pytest
from pytest_django import Settings
from tests.notices.mailing import Post, a_free_port, a_mail_server

from rollkeeper.config.checks.mail import mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def smtp(settings: Settings) -> int:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", a_free_port()
    return int(settings.EMAIL_PORT)


def test_a_mail_server_that_answers_is_good(smtp: int) -> None:
    with a_mail_server(Post(), smtp):
        assert mail().ok


def test_one_that_does_not_is_red_and_says_what_to_do(smtp: int) -> None:
    found = mail()
    assert not found.ok
    assert "ROLLKEEPER_EMAIL_URL" in found.remedy


def test_none_is_no_fault_but_said(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = "a-folder"
    found = mail()
    assert found.ok
    assert "goes nowhere yet" in found.message
