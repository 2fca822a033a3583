"""Nightly runs: one a night and connection, whoever asks for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from rollkeeper.ledger.states import BEGUN_NIGHTS, WAITING_NIGHTS, NightState


class Night(models.Model):
    """A night of a connection, and what came of it."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    connection = models.ForeignKey("connections.Connection", on_delete=models.CASCADE)
    night = models.DateField()
    """The local date on which its window opens."""
    state = models.CharField(
        max_length=20, choices=NightState, default=NightState.PLANNED
    )
    starts_at = models.DateTimeField()
    """Its own minute in the window."""
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    """When a run that took it up had ended well."""
    run = models.ForeignKey("Run", on_delete=models.SET_NULL, null=True)
    """That run; while there is none, the last that tried."""
    requests = models.PositiveIntegerField(default=0)
    """How many it was expected to take."""
    held_up = models.TextField(blank=True)
    """What kept it from beginning, or from beginning in time."""
    note = models.TextField(blank=True)
    """Which nights it makes up for, or which made up for it."""

    objects: ClassVar[models.Manager[Night]] = ScopedManager(association="association")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "night"], name="one_run_a_night"
            ),
            models.UniqueConstraint(
                fields=["connection"],
                condition=models.Q(state__in=WAITING_NIGHTS),
                name="one_night_waits_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=NightState.values),
                name="night_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(started_at__isnull=False, state__in=BEGUN_NIGHTS)
                | models.Q(started_at__isnull=True) & ~models.Q(state__in=BEGUN_NIGHTS),
                name="a_begun_night_has_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection"],
                condition=models.Q(started_at__isnull=False, finished_at__isnull=True),
                name="nights_under_way",
            )
        ]

    def __str__(self) -> str:
        return f"night of {self.night}"
