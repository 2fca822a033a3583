"""Suppressions: facts that keep a mailbox, or a person, off lists."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.consent.kinds import Kind

__all__ = ["Kind", "Suppression"]


class Suppression(models.Model):
    """One refusal, of one mailbox and of one contact that had it then.

    Never edited nor deleted. It follows the mailbox and the person alike.
    """

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    mailbox = models.CharField(max_length=320)
    contact_id = models.BigIntegerField(null=True)
    """A holder of the mailbox when the fact was learnt; null when nobody held it."""
    kind = models.CharField(max_length=20, choices=Kind)
    list_id = models.BigIntegerField(null=True)
    """The directory list it is about; null for all mail."""
    provider = models.CharField(max_length=40)
    happened_at = models.DateTimeField(null=True)
    """When it happened, in the provider's time, if the provider said so."""
    recorded_at = models.DateTimeField(db_default=Now())
    source = models.CharField(max_length=40)
    """How we learnt it, such as "opt-out pull"."""
    evidence = models.JSONField(default=dict)
    actor = models.CharField(max_length=200)
    run_id = models.BigIntegerField(null=True)

    objects: ClassVar[models.Manager[Suppression]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "mailbox", "contact_id", "kind", "list_id"],
                nulls_distinct=False,
                name="suppression_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="left_list", list_id__isnull=False)
                | (~models.Q(kind="left_list") & models.Q(list_id__isnull=True)),
                name="suppression_scope_fits_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["association", "contact_id"],
                condition=models.Q(contact_id__isnull=False),
                name="suppression_by_contact",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="facts_are_only_added",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.recorded_at:%Y-%m-%d})"
