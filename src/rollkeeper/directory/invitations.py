"""The link in an invitation: made, and found again."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone
from django_scopes import scopes_disabled

from rollkeeper.directory.models import Invitation


def link_of(invitation: Invitation) -> str:
    """Return the whole address that lets somebody in. It is a secret."""
    token = _signer().sign(str(invitation.pk))
    return f"{settings.BASE_URL}{reverse('invitation', args=[token])}"


def open_one(token: str) -> Invitation | None:
    """Return the invitation that the link stands for; None when it is over."""
    try:
        number = int(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None
    with scopes_disabled():
        found: Invitation | None = (
            Invitation.objects.select_related("association")
            .filter(pk=number, accepted_at=None)
            .first()
        )
    return found if found and found.ends_at > timezone.now() else None


def _signer() -> Signer:
    return Signer(salt="rollkeeper.invitation", sep="~")
