"""Who wants to be told of what."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.notices.events import Event, How

SILENT_HOURS = 24


class Subscription(models.Model):
    """How one of the staff is told of an event. Without a row: never.

    The database itself subscribes an association's first administrator, see migration
    0002.
    """

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    staff = models.ForeignKey("directory.Staff", on_delete=models.CASCADE)
    event = models.CharField(max_length=30, choices=Event)
    how = models.CharField(max_length=10, choices=How)
    since = models.DateTimeField(db_default=Now())
    """Of what was found before, nothing is told."""
    digested_on = models.DateField(null=True)
    """The last morning whose digest was made, or found to be empty."""

    objects: ClassVar[models.Manager[Subscription]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "event"], name="subscribed_once_to_an_event"
            ),
            models.CheckConstraint(
                condition=models.Q(event__in=Event.values, how__in=How.values),
                name="subscription_known",
            ),
        ]
        indexes = [
            models.Index(fields=["association", "event"], name="subscribed_to"),
            models.Index(
                fields=["digested_on"],
                condition=models.Q(how=How.DAILY),
                name="subscribed_daily",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()}: {self.get_how_display()}"


class NoticeSettings(models.Model):
    """One row for an association that changed anything; others have the defaults."""

    association = models.OneToOneField(
        "directory.Association", on_delete=models.CASCADE, primary_key=True
    )
    silent_hours = models.PositiveIntegerField(
        default=SILENT_HOURS,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 14)],
    )
    """After how many hours without a good run staff are told."""

    objects: ClassVar[models.Manager[NoticeSettings]] = ScopedManager(
        association="association"
    )

    def __str__(self) -> str:
        return f"{self.silent_hours} hours"
