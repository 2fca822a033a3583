"""Who was asked to subscribe again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.ledger.states import ResubscribeState


class ResubscribeRequest(models.Model):
    """An administrator's wish that a mailbox be asked to come back. One, for ever.

    Never deleted: the provider sends one such mail to a contact and no second.
    """

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    connection = models.ForeignKey("connections.Connection", on_delete=models.CASCADE)
    mailbox = models.CharField(max_length=320)
    contact_id = models.BigIntegerField()
    """Whose page it was asked for on."""
    provider_id = models.CharField(max_length=64)
    lists = models.JSONField()
    """The provider's ids of the lists they are put on when they confirm."""
    list_names = models.JSONField()
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=ResubscribeState)
    state_at = models.DateTimeField(db_default=Now())
    words = models.TextField(blank=True)
    """Why not, or why it is unknown, for staff to read."""

    objects: ClassVar[models.Manager[ResubscribeRequest]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "mailbox"], name="resubscribe_asked_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ResubscribeState.values),
                name="resubscribe_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "id"],
                condition=models.Q(state="asked"),
                name="resubscribe_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.mailbox}"
