"""How people sign in, and what they are told and mailed about it."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any, ClassVar

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_scopes import scopes_disabled

from rollkeeper.directory.models import Staff
from rollkeeper.directory.services import password_link

log = structlog.get_logger()

_WRONG = _("This name and this password do not belong together. Capital letters count.")
_INSTEAD = {
    "reauthenticate": _("With the password instead"),
    "mfa_reauthenticate": _("With a code instead"),
}
_TOO_MANY = _("That was wrong too often. Wait five minutes, then try again.")


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Accounts are made by an administrator, never by a visitor."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _WRONG,
        "email_password_mismatch": _WRONG,
        "too_many_login_attempts": _TOO_MANY,
        "rate_limited": _TOO_MANY,
        "incorrect_password": _("That is not your password. Capital letters count."),
        "enter_current_password": _("That is not your password now."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [
            {**one, "description": _INSTEAD.get(one["id"], one["description"])}
            for one in ways
        ]

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Lead to the address that is set, whatever the browser called us by."""
        number, _sep, token = key.partition("-")
        return password_link(number, token)

    def send_password_reset_mail(
        self, user: User, email: str, context: dict[str, Any]
    ) -> None:
        """Write in the language of the person; without one, in that of the page.

        Whether it left is not said on the page, for that says who has an account.
        """
        hours = settings.PASSWORD_RESET_TIMEOUT // 3600
        with translation.override(_language_of(user) or translation.get_language()):
            try:
                self.send_mail(
                    "account/email/password_reset_key",
                    email,
                    {**context, "hours": hours},
                )
            except (OSError, SMTPException):
                log.exception("password_mail_failed", user=user.pk)


class TwoSteps(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """The second step of signing in, in our words."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "That is not the code, or no longer. Type the one that is shown now."
        ),
    }


def _language_of(user: User) -> str:
    with scopes_disabled():
        chosen = Staff.objects.filter(user=user).exclude(language="").order_by("pk")
        return chosen.values_list("language", flat=True).first() or ""
