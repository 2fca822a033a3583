"""What happened that staff can be told of."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from rollkeeper.notices.events import Event


class Incident(models.Model):
    """One thing that happened, found once, whoever looks and however often."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    event = models.CharField(max_length=30, choices=Event)
    about = models.CharField(max_length=200)
    """Names what it is about so that looking twice finds the same, as "hold:12"."""
    connection = models.ForeignKey(
        "connections.Connection", on_delete=models.SET_NULL, null=True
    )
    facts = models.JSONField(default=dict)
    """What messages say of it."""
    happened_at = models.DateTimeField()
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    """When it was over; what cannot be over was so when it was found."""
    told_at = models.DateTimeField(null=True)
    """When its messages were made; null until then."""

    objects: ClassVar[models.Manager[Incident]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "event", "about"], name="one_notice_an_incident"
            ),
            models.CheckConstraint(
                condition=models.Q(event__in=Event.values), name="incident_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(told_at__isnull=True),
                name="incidents_untold",
            ),
            models.Index(
                fields=["event", "connection"],
                condition=models.Q(closed_at__isnull=True),
                name="incidents_open",
            ),
            models.Index(
                fields=["connection", "event", "-happened_at"],
                name="incidents_of_connection",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()}: {self.about}"


class Mention(models.Model):
    """A mailbox, and perhaps a contact that has it, whom an incident is about."""

    incident = models.ForeignKey(
        Incident, on_delete=models.CASCADE, related_name="mentions"
    )
    contact_id = models.BigIntegerField(null=True)
    """A plain number, for what was sent outlives the contact."""
    mailbox = models.CharField(max_length=320)
    kind = models.CharField(max_length=20)
    list_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "mailbox", "contact_id", "kind", "list_id"],
                nulls_distinct=False,
                name="mentioned_once",
            )
        ]
        indexes = [models.Index(fields=["contact_id"], name="mentions_of_contact")]

    def __str__(self) -> str:
        return f"{self.kind} of incident {self.incident_id}"


class Look(models.Model):
    """How far looking has come: one row, for all associations."""

    at = models.DateTimeField()
    """Start of the last look that came to its end."""
    facts_up_to = models.BigIntegerField(default=0)
    """Of the refusals up to this number every one was looked at, or never will be."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_look")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"
