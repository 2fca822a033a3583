"""Links in mail: signed, so that nobody can make one, and of use to nobody else.

A link leads a person who has signed in to what the message is about, and says that the
message was seen. It signs nobody in, and ends after 30 days.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

LIFE: Final = timedelta(days=30)

_SALT: Final = "rollkeeper.notices"


class LinkOver(ValueError):
    """The link is too old."""


class NoLink(ValueError):
    """The link is none of ours."""


def link(number: UUID) -> str:
    """Return the link of the message with this number."""
    token = _signer().sign(number.hex)
    return f"{settings.BASE_URL}{reverse('notice_link', args=[token])}"


def read(token: str) -> UUID:
    """Return the number of the message that the link is of.

    Raises `LinkOver` or `NoLink`.
    """
    try:
        return UUID(hex=_signer().unsign(token, max_age=LIFE))
    except signing.SignatureExpired:
        raise LinkOver(_("This link is older than 30 days.")) from None
    except signing.BadSignature:
        raise NoLink(_("This link is not complete.")) from None


def _signer() -> signing.TimestampSigner:
    """One whose marks need no quoting in addresses."""
    return signing.TimestampSigner(sep="~", salt=_SALT)


def choices_page() -> str:
    """Return the address of the page where people change what they are told."""
    return f"{settings.BASE_URL}{reverse('notice_settings')}"
