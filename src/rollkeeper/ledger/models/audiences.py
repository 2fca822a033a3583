"""What fills each provider list, and under which policy."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from rollkeeper.ledger.states import AudienceState


class Audience(models.Model):
    """What fills one provider list: a list of the directory, under a policy."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    connection = models.ForeignKey("connections.Connection", on_delete=models.CASCADE)
    list_id = models.BigIntegerField()
    """The directory list; a plain number, for the audience outlives the list."""
    name = models.CharField(max_length=255)
    """Of its provider list, as last seen; until there is one, of the list here."""
    named_after = models.CharField(max_length=255, blank=True, db_default="")
    """What the list here was called when its provider list was last named."""
    renamed_there_at = models.DateTimeField(null=True)
    """When the provider list was seen under a name that somebody over there gave it."""
    state = models.CharField(
        max_length=20, choices=AudienceState, default=AudienceState.ACTIVE
    )
    provider_list_id = models.CharField(max_length=64, null=True)
    leaving = models.CharField(max_length=20)
    none_left = models.CharField(max_length=20)
    new_address = models.CharField(max_length=20)
    strangers = models.CharField(max_length=20)
    deleted = models.CharField(max_length=20, db_default="disable")
    list_deleted = models.CharField(max_length=20, db_default="ask")
    edited_there = models.CharField(max_length=20, db_default="keep")
    when = models.CharField(max_length=20, db_default="live")
    namesake = models.CharField(max_length=20, db_default="adopt")
    rule_changed_at = models.DateTimeField(null=True)
    """When the policy was changed; null once its first removals were decided on."""
    rule_changed_by = models.CharField(max_length=200, blank=True, db_default="")
    filled_at = models.DateTimeField(null=True)
    """When somebody was first put on the list; null until then."""
    compared_at = models.DateTimeField(null=True)
    """When all of it was last made true, as far as its policy and the guards let it;
    changes that a live list follows between are not counted."""
    asked_at = models.DateTimeField(null=True)
    """When somebody asked for it by hand; null once that is done."""
    namesake_id = models.CharField(max_length=64, null=True)
    """A provider list of its name that has people already. While this is set and
    *namesake_choice* is empty, the audience waits for staff to choose."""
    namesake_members = models.PositiveIntegerField(null=True)
    namesake_choice = models.CharField(max_length=20, blank=True, db_default="")

    objects: ClassVar[models.Manager[Audience]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "list_id"], name="audience_once_per_list"
            ),
            models.UniqueConstraint(
                fields=["connection", "provider_list_id"],
                name="provider_list_fills_one_audience",
            ),
        ]

    def __str__(self) -> str:
        return self.name
