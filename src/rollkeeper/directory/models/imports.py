"""Imports that staff make on the pages, from the files to what came of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.directory import triggers
from rollkeeper.directory.models.associations import Association


class ImportState(models.TextChoices):
    LOOKING = "looking"
    """A worker is to find out what the files hold."""
    CHOOSING = "choosing"
    """Somebody is to say which column means what."""
    CHECKING = "checking"
    """A worker is to try it out."""
    CHECKED = "checked"
    """Somebody is to look at what it would do."""
    IMPORTING = "importing"
    """A worker is to do it."""
    DONE = "done"
    FAILED = "failed"


FOR_A_WORKER = (ImportState.LOOKING, ImportState.CHECKING, ImportState.IMPORTING)


class Import(models.Model):
    """Files that somebody sent, what they said of them, and what came of it.

    The files lie in a folder of ours until they are imported, or were forgotten.
    """

    association = models.ForeignKey(Association, on_delete=models.CASCADE)
    by = models.CharField(max_length=200)
    made_at = models.DateTimeField(db_default=Now())
    state = models.CharField(
        max_length=20, choices=ImportState.choices, default=ImportState.LOOKING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    """How often a worker has begun what the state asks for."""
    files = models.JSONField(default=list)
    """Their names."""
    sheets = models.JSONField(default=list)
    """What is in them, and what was chosen: see `importing.sending.Found`."""
    complete = models.BooleanField(default=False)
    """Do they hold everything there is?"""
    trial = models.JSONField(null=True)
    """What it would do."""
    result = models.JSONField(null=True)
    """What it did; or, under `failed`, why nothing could be read,"""
    problem = models.TextField(blank=True)
    """and the same in English."""
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Import]] = ScopedManager(association="association")

    class Meta:
        indexes = [
            models.Index(fields=["association", "-id"], name="imports_newest_first"),
            models.Index(
                fields=["id"],
                condition=models.Q(state__in=FOR_A_WORKER),
                name="imports_for_a_worker",
            ),
        ]
        triggers = [triggers.stays_in_its_association()]

    def __str__(self) -> str:
        return ", ".join(self.files)
