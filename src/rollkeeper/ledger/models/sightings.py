"""The two remembered views: what was last observed, and what was last synced."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager


class RemoteContact(models.Model):
    """A mailbox at the provider: as last seen, and as last agreed."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    connection = models.ForeignKey("connections.Connection", on_delete=models.CASCADE)
    mailbox = models.CharField(max_length=320)
    provider_id = models.CharField(max_length=64, null=True)
    permission = models.CharField(max_length=20)
    elsewhere = models.BooleanField(default=False)
    person = models.JSONField(default=dict)
    seen_at = models.DateTimeField()
    """Start of the read, or time of the confirmed call, that showed this."""
    agreed_person = models.JSONField(null=True)
    """What we last told the provider; null when we never brought this mailbox."""
    carried_by = models.BigIntegerField(null=True)
    renamed_from = models.CharField(max_length=320, null=True)
    """The mailbox that its carrier has here, when this one was given it over there."""
    disabled_at = models.DateTimeField(null=True)
    """When we ended it; null when we did not, or brought it back."""

    objects: ClassVar[models.Manager[RemoteContact]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "mailbox"], name="remote_mailbox_once"
            ),
            models.UniqueConstraint(
                fields=["connection", "provider_id"], name="remote_id_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "carried_by"],
                condition=models.Q(carried_by__isnull=False),
                name="remote_by_carrier",
            ),
            models.Index(
                fields=["connection", "renamed_from"],
                condition=models.Q(renamed_from__isnull=False),
                name="remote_by_former_mailbox",
            ),
        ]

    def __str__(self) -> str:
        return self.mailbox


class RemoteMembership(models.Model):
    """A remote contact on an audience's provider list."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    audience = models.ForeignKey("Audience", on_delete=models.CASCADE)
    contact = models.ForeignKey(
        RemoteContact, on_delete=models.CASCADE, related_name="memberships"
    )
    there = models.BooleanField()
    """Was it on the list when last seen or confirmed?"""
    ours = models.BooleanField()
    """Did we put it there, or agree that it belongs? Else it is a stranger."""
    since = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[RemoteMembership]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "audience"], name="remote_membership_once"
            ),
            models.CheckConstraint(
                condition=models.Q(there=True) | models.Q(ours=True),
                name="remote_membership_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} on {self.audience_id}"
