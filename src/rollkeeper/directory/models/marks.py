"""Who wants to hear of changes, and what waits for them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.directory import triggers
from rollkeeper.directory.models.associations import Association


class Follower(models.Model):
    """Somebody who wants to hear of every change to an association's directory.

    A follower that begins to follow compares everything once; marks tell it the rest.
    """

    association = models.ForeignKey(Association, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)

    objects: ClassVar[models.Manager[Follower]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "name"], name="follower_once"
            ),
            models.UniqueConstraint(
                fields=["association", "id"], name="follower_of_association"
            ),
        ]
        triggers = [triggers.stays_in_its_association()]

    def __str__(self) -> str:
        return self.name


class Mark(models.Model):
    """A mailbox, contact, member or list to compute again; with none, everything.

    Written in the transaction of the change, one for each follower. A contact is named
    by its id, because only who takes the mark up can know which mailbox it has by then;
    a member, because only they can know who is its contact.
    """

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, db_constraint=False
    )
    follower = models.ForeignKey(
        Follower, on_delete=models.CASCADE, db_constraint=False
    )
    mailbox = models.CharField(max_length=320, null=True)
    contact_id = models.BigIntegerField(null=True)
    member_id = models.BigIntegerField(null=True)
    list_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Mark]] = ScopedManager(association="association")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(claim__isnull=True, claimed_until__isnull=True)
                | models.Q(claim__isnull=False, claimed_until__isnull=False),
                name="a_claim_has_an_end",
            )
        ]
        indexes = [models.Index(fields=["follower", "id"], name="marks_of_follower")]

    def __str__(self) -> str:
        return f"mark {self.pk} of follower {self.follower_id}"
