"""Subscriptions, incidents, and the messages that staff were sent."""

from __future__ import annotations

from rollkeeper.notices.models.incidents import Incident, Look, Mention
from rollkeeper.notices.models.messages import Message, Telling
from rollkeeper.notices.models.subscriptions import NoticeSettings, Subscription

__all__ = [
    "Incident",
    "Look",
    "Mention",
    "Message",
    "NoticeSettings",
    "Subscription",
    "Telling",
]
