"""Attempts to make a connection true."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.ledger.states import RunKind, RunState


class Run(models.Model):
    """One attempt to make a connection true, and what came of it."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    connection = models.ForeignKey("connections.Connection", on_delete=models.CASCADE)
    kind = models.CharField(max_length=20, choices=RunKind)
    by = models.CharField(max_length=200)
    state = models.CharField(max_length=30, choices=RunState, default=RunState.RUNNING)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    """Changes made, by kind: add, update, readdress, remove, disable, agree …"""
    planned = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)
    writes = models.PositiveIntegerField(default=0)
    """Those of the requests that asked for a change."""
    sums = models.JSONField(null=True)
    """The sum of each list that it compared, as it left them: `engine.summing`."""
    message = models.TextField(blank=True)
    retry_at = models.DateTimeField(null=True)
    """Not to be tried again before this; null when nothing stands in the way."""

    objects: ClassVar[models.Manager[Run]] = ScopedManager(association="association")

    class Meta:
        indexes = [
            models.Index(fields=["connection", "-id"], name="runs_newest"),
            models.Index(fields=["connection", "started_at"], name="runs_by_day"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"
