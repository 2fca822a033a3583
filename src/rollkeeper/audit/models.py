"""The record of who did what. Rows are only ever added."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager


class Entry(models.Model):
    """One act, by a person or a rule. `digest` covers it and the entry before it."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, editable=False)

    objects = ScopedManager(association="association")

    class Meta:
        indexes = [models.Index(fields=["association", "id"], name="audit_in_order")]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor}"
