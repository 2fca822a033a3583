"""What could not be made true."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.ledger.states import OutcomeKind


class Outcome(models.Model):
    """A mailbox that could not be made true, and why. At most one a mailbox."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    connection = models.ForeignKey("connections.Connection", on_delete=models.CASCADE)
    run = models.ForeignKey("Run", on_delete=models.SET_NULL, null=True)
    mailbox = models.CharField(max_length=320)
    kind = models.CharField(max_length=20, choices=OutcomeKind)
    cause = models.CharField(max_length=30, blank=True)
    message = models.TextField(blank=True)
    asked = models.CharField(max_length=64, blank=True)
    """Fingerprint of the refused change: the same one is not asked for again."""
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[Outcome]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "mailbox"], name="outcome_once_per_mailbox"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.mailbox}"
