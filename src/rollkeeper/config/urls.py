"""Every address the pages have."""

from __future__ import annotations

from typing import Final

from allauth.account.urls import urlpatterns as account_pages
from django.urls import include, path

LEFT_OUT: Final = {
    "account_email",
    "account_email_verification_sent",
    "account_confirm_email",
}
"""Addresses of staff are not confirmed by mail: an administrator gave them."""

urlpatterns = [
    path(
        "accounts/",
        include([one for one in account_pages if one.name not in LEFT_OUT]),
    ),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("", include("rollkeeper.web.urls")),
]
