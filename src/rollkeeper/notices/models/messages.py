"""What was sent to whom, word for word, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.notices.events import DUE_STATES, Event, MessageState
from rollkeeper.notices.models.incidents import Incident


class Message(models.Model):
    """One message to one of the staff: about an incident, or a day of them."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    number = models.UUIDField(unique=True)
    """Names it in links and in mail; nobody can guess one."""
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    recipient = models.CharField(max_length=40)
    """Whom it was meant for when it was made, as "staff:3"; or "nobody"."""
    name = models.CharField(max_length=200, blank=True)
    """What the recipient was called then."""
    address = models.CharField(max_length=320, blank=True)
    event = models.CharField(max_length=30, choices=Event, blank=True)
    """Empty for a digest, which may be of several."""
    incident = models.ForeignKey("Incident", on_delete=models.CASCADE, null=True)
    """Null for a digest."""
    digest_on = models.DateField(null=True)
    connection = models.ForeignKey(
        "connections.Connection", on_delete=models.SET_NULL, null=True
    )
    incidents: models.ManyToManyField[Incident, Telling] = models.ManyToManyField(
        Incident, through="Telling", related_name="messages"
    )
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=20, choices=MessageState)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    """While it is to be sent: when. Moved on before each attempt."""
    words = models.TextField(blank=True)
    """What the mail server said last, or why nothing was sent."""
    made_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    """When its recipient came by its link, or saw it here."""

    objects: ClassVar[models.Manager[Message]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "recipient"],
                condition=models.Q(incident__isnull=False),
                name="told_once_of_an_incident",
            ),
            models.UniqueConstraint(
                fields=["association", "recipient", "digest_on"],
                condition=models.Q(digest_on__isnull=False),
                name="one_digest_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=MessageState.values),
                name="message_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=DUE_STATES, next_try_at__isnull=False)
                | ~models.Q(state__in=DUE_STATES) & models.Q(next_try_at__isnull=True),
                name="message_to_be_sent_has_its_time",
            ),
            models.CheckConstraint(
                condition=models.Q(incident__isnull=False, digest_on__isnull=True)
                | models.Q(incident__isnull=True, digest_on__isnull=False),
                name="message_of_an_incident_or_a_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state__in=DUE_STATES),
                name="messages_due",
            ),
            models.Index(fields=["association", "-id"], name="messages_newest"),
            models.Index(
                fields=["association", "recipient", "-id"],
                name="messages_by_recipient",
            ),
            models.Index(
                fields=["user", "association"],
                condition=models.Q(seen_at__isnull=True),
                name="messages_unseen",
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Telling(models.Model):
    """A message tells of an incident."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE)
    incident = models.ForeignKey("Incident", on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "incident"], name="told_once_in_a_message"
            )
        ]

    def __str__(self) -> str:
        return f"incident {self.incident_id} in message {self.message_id}"
