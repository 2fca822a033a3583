"""What a fact of consent can say."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed from everything")
    LEFT_LIST = "left_list", _("Left this list")
    BOUNCED = "bounced", _("Mail bounced")
    COMPLAINT = "complaint", _("Reported our mail as spam")
    STAFF = "staff", _("Asked staff not to be mailed")
    RESUBSCRIBED = "resubscribed", _("Subscribed again")


REFUSALS: Final = tuple(kind for kind in Kind if kind is not Kind.RESUBSCRIBED)
"""The others; this one lifts what it came after."""

OF_THE_MAILBOX: Final = frozenset({Kind.BOUNCED})
"""Said of a mailbox alone: no person takes it along to another address."""
