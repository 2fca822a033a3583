"""What a fact of consent can say."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices


class Kind(TextChoices):
    UNSUBSCRIBED = "unsubscribed", "Unsubscribed from everything"
    LEFT_LIST = "left_list", "Left this list"
    BOUNCED = "bounced", "Mail bounced"
    COMPLAINT = "complaint", "Reported our mail as spam"
    STAFF = "staff", "Asked staff not to be mailed"
    RESUBSCRIBED = "resubscribed", "Subscribed again"


REFUSALS: Final = tuple(kind for kind in Kind if kind is not Kind.RESUBSCRIBED)
"""The others; this one lifts what it came after."""

OF_THE_MAILBOX: Final = frozenset({Kind.BOUNCED})
"""Said of a mailbox alone: no person takes it along to another address."""
