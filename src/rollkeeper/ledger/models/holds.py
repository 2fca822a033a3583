"""What waits for a person to decide, and how much may be done without asking."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.ledger.states import HoldState


class Hold(models.Model):
    """A part of a plan that one guard stopped, frozen until somebody decides.

    One about a source has no connection: what it holds is about the directory itself.
    """

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    connection = models.ForeignKey(
        "connections.Connection", on_delete=models.CASCADE, null=True
    )
    guard = models.CharField(max_length=30)
    """Which of `core.guards.Guard` stopped it."""
    audience = models.ForeignKey("Audience", on_delete=models.CASCADE, null=True)
    """The list it is about; null for the whole account."""
    state = models.CharField(max_length=20, choices=HoldState, default=HoldState.OPEN)
    fingerprint = models.CharField(max_length=64)
    """Names exactly its items, whatever their order."""
    count = models.PositiveIntegerField()
    """How many people it is about."""
    of = models.PositiveIntegerField()
    """How many there are, of whom these are to be changed."""
    limit = models.PositiveIntegerField()
    """How many might have been within 24 hours; 0 where there is no such number."""
    already = models.PositiveIntegerField()
    """How many were, within the 24 hours before."""
    cause = models.TextField(blank=True)
    """What was last changed, here or in the rules, before it came to this."""
    made_at = models.DateTimeField(db_default=Now())
    run = models.ForeignKey("Run", on_delete=models.SET_NULL, null=True)
    """The run that last found something to hold."""
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    """When an approval ends."""

    objects: ClassVar[models.Manager[Hold]] = ScopedManager(association="association")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "connection", "guard", "audience"],
                condition=models.Q(state="open"),
                nulls_distinct=False,
                name="one_open_hold_of_a_kind",
            )
        ]
        indexes = [models.Index(fields=["association", "-id"], name="holds_newest")]

    def __str__(self) -> str:
        return f"hold {self.pk}"


class HeldItem(models.Model):
    """One deed of a hold: what `core.guards.Item` says, and why it was planned."""

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="items")
    deed = models.CharField(max_length=20)
    mailbox = models.CharField(max_length=320, null=True)
    """Whose; for one who departs, the mailbox as it was when this was held."""
    audience_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)
    list_id = models.BigIntegerField(null=True)
    why = models.CharField(max_length=30)
    moot = models.BooleanField(default=False)
    """Was it done, or is it no longer planned? Then its decision ends with it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "hold",
                    "deed",
                    "mailbox",
                    "audience_id",
                    "contact_id",
                    "list_id",
                ],
                nulls_distinct=False,
                name="held_once",
            )
        ]
        indexes = [
            models.Index(fields=["hold", "why"], name="held_by_reason"),
            models.Index(fields=["mailbox"], name="held_by_mailbox"),
            models.Index(
                fields=["contact_id"],
                condition=models.Q(contact_id__isnull=False),
                name="held_by_contact",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deed} of hold {self.hold_id}"


class GuardLimit(models.Model):
    """A limit that staff have set; where there is none, the default holds."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    name = models.CharField(max_length=30)
    """Which of `core.guards.Limits` it is."""
    percent = models.PositiveIntegerField()
    least = models.PositiveIntegerField()
    most = models.PositiveIntegerField()
    changed_at = models.DateTimeField(db_default=Now())
    changed_by = models.CharField(max_length=200)

    objects: ClassVar[models.Manager[GuardLimit]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["association", "name"], name="limit_once")
        ]

    def __str__(self) -> str:
        return self.name
