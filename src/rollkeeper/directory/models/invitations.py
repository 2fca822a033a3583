"""Letting somebody in who has no account yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.directory.models.associations import Association, Role

GOOD_FOR: Final = timedelta(days=7)


class Invitation(models.Model):
    """Somebody may join the staff, once, by a link that is only good for some days."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE)
    address = models.EmailField()
    role = models.CharField(max_length=20, choices=Role.choices)
    by = models.CharField(max_length=200)
    made_at = models.DateTimeField(db_default=Now())
    accepted_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Invitation]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "address"],
                condition=models.Q(accepted_at__isnull=True),
                name="invited_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values),
                name="invitation_role_known",
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def ends_at(self) -> datetime:
        return self.made_at + GOOD_FOR
