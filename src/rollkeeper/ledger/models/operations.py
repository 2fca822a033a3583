"""Calls to the provider, and what each shall make true."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.ledger.states import OPEN_STATES, OperationState


class Operation(models.Model):
    """One call to the provider, made durable before it leaves."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    connection = models.ForeignKey("connections.Connection", on_delete=models.CASCADE)
    run = models.ForeignKey("Run", on_delete=models.CASCADE, related_name="operations")
    op_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=20)
    state = models.CharField(
        max_length=20, choices=OperationState, default=OperationState.PLANNED
    )
    lists = ArrayField(models.CharField(max_length=64), default=list)
    rows = models.PositiveIntegerField()
    payload_hash = models.CharField(max_length=64)
    job_id = models.CharField(max_length=64, null=True)
    sent_at = models.DateTimeField(null=True)
    provider_time = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    message = models.TextField(blank=True)
    planned_at = models.DateTimeField(db_default=Now())
    removed = models.JSONField(default=dict)
    """Audience id -> how many mailboxes leave it, but for those an approval allowed."""
    added = models.JSONField(default=dict)
    """Audience id -> how many mailboxes join it, counted likewise."""
    ended = models.PositiveIntegerField(default=0)
    """How many mailboxes are ended over there, counted likewise."""
    people_removed = models.PositiveIntegerField(default=0)
    """How many mailboxes leave anything at all, counted likewise."""

    objects: ClassVar[models.Manager[Operation]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "job_id"], name="job_of_one_operation"
            )
        ]
        indexes = [
            models.Index(
                fields=["connection", "id"],
                condition=models.Q(state__in=OPEN_STATES),
                name="open_operations",
            ),
            models.Index(fields=["connection", "planned_at"], name="operations_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.op_id}"


class OperationSubject(models.Model):
    """What an open operation shall make true for one mailbox. Gone once settled."""

    operation = models.ForeignKey(
        Operation, on_delete=models.CASCADE, related_name="subjects"
    )
    position = models.PositiveIntegerField()
    """Which row of the call it is; the provider complains by row."""
    mailbox = models.CharField(max_length=320)
    before = models.CharField(max_length=320, null=True)
    """The mailbox the contact had until now, when its address changes."""
    provider_id = models.CharField(max_length=64, null=True)
    audiences = ArrayField(models.BigIntegerField(), default=list)
    """Joined or left, by the kind of the operation."""
    person = models.JSONField(null=True)
    carried_by = models.BigIntegerField(null=True)
    cause = models.CharField(max_length=30)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "position"], name="subject_position_once"
            )
        ]
        indexes = [models.Index(fields=["mailbox"], name="subject_by_mailbox")]

    def __str__(self) -> str:
        return self.mailbox
