"""What a suppression can be about."""

from __future__ import annotations

from django.db.models import TextChoices


class Kind(TextChoices):
    UNSUBSCRIBED = "unsubscribed", "Unsubscribed from everything"
    LEFT_LIST = "left_list", "Left this list"
    BOUNCED = "bounced", "Mail bounced"
