"""What changed at a provider behind our back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.ledger.states import DriftKind


class Drift(models.Model):
    """One thing that a full comparison found changed, and that we had not done.

    Of what we brought or agreed on, and of strangers who came onto our lists.
    """

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    connection = models.ForeignKey("connections.Connection", on_delete=models.CASCADE)
    run = models.ForeignKey("Run", on_delete=models.CASCADE, related_name="drift")
    kind = models.CharField(max_length=30, choices=DriftKind)
    mailbox = models.CharField(max_length=320)
    audience = models.ForeignKey("Audience", on_delete=models.CASCADE, null=True)
    """The list it is about; null for the contact as a whole."""
    was = models.TextField(blank=True)
    now = models.TextField(blank=True)
    found_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[Drift]] = ScopedManager(association="association")

    class Meta:
        indexes = [
            models.Index(fields=["run", "kind", "mailbox"], name="drift_of_run"),
            models.Index(fields=["connection", "mailbox"], name="drift_by_mailbox"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.mailbox}"
