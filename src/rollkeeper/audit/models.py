"""The record of who did what. Rows are only ever added.

The database itself chains the entries of an association: each one's digest covers the
digest before it, so that an entry changed or taken out behind our back shows.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

# The number is drawn again once it is this entry's turn: then ids follow the chain.
CHAIN = """
    PERFORM pg_advisory_xact_lock(
        hashtextextended('audit_entry', NEW.association_id));
    NEW.id = nextval(pg_get_serial_sequence('audit_entry', 'id'));
    NEW.at = clock_timestamp();
    SELECT digest INTO previous FROM audit_entry
        WHERE association_id = NEW.association_id ORDER BY id DESC LIMIT 1;
    NEW.digest = audit_digest(COALESCE(previous, ''), NEW);
    RETURN NEW;
"""


class Entry(models.Model):
    """One act, by a person or a rule. `digest` covers it and the entry before it."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, editable=False)

    objects: ClassVar[models.Manager[Entry]] = ScopedManager(association="association")

    class Meta:
        indexes = [
            models.Index(fields=["association", "id"], name="audit_in_order"),
            models.Index(fields=["association", "subject"], name="audit_by_subject"),
            models.Index(
                fields=["association", "action", "id"], name="audit_by_action"
            ),
            models.Index(fields=["association", "actor", "id"], name="audit_by_actor"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="entries_are_only_added",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
            pgtrigger.Trigger(
                name="entry_joins_the_chain",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("previous", "text")],
                func=CHAIN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor}"
