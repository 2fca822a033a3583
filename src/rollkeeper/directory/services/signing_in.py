"""Letting somebody in again who forgot a password, or has lost the second step.

Only whoever runs the machine may: an account can belong to several associations, so no
administrator of one of them opens it.
"""

from __future__ import annotations

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from rollkeeper.audit.services import record
from rollkeeper.directory.models import Staff


@transaction.atomic
def new_password_link(*, staff_id: int, by: str) -> str:
    """Return an address to choose a new password at. It is a secret.

    It is good once, and as long as one that is mailed.
    """
    row = Staff.objects.select_related("user").get(pk=staff_id)
    _record(row, "password_link_made", by=by)
    return password_link(
        user_pk_to_url_str(row.user),
        app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(row.user),
    )


def password_link(number: str, key: str) -> str:
    """Return the whole address that a key to a new password is for."""
    path = reverse(
        "account_reset_password_from_key", kwargs={"uidb36": number, "key": key}
    )
    return f"{settings.BASE_URL}{path}"


@transaction.atomic
def drop_two_steps(*, staff_id: int, by: str) -> bool:
    """Let the password alone do; false when it did so before."""
    row = Staff.objects.get(pk=staff_id)
    dropped, _ = Authenticator.objects.filter(user_id=row.user_id).delete()
    if dropped:
        _record(row, "two_steps_dropped", by=by)
    return bool(dropped)


def _record(row: Staff, action: str, *, by: str) -> None:
    record(
        association_id=row.association_id,
        by=by,
        action=action,
        subject=f"user:{row.user_id}",
    )
