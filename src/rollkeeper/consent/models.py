"""Facts of consent: what keeps a mailbox, or a person, off lists, and what ends it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.consent import triggers
from rollkeeper.consent.kinds import Kind

__all__ = ["Departed", "Kind", "Refusal", "Suppression"]

_OF_ALL_MAIL = (Kind.UNSUBSCRIBED, Kind.BOUNCED, Kind.COMPLAINT)
_OF_EITHER = (Kind.STAFF, Kind.RESUBSCRIBED)


class Suppression(models.Model):
    """One fact, of one mailbox and of one contact that had it then.

    A refusal, or that the person subscribed again. Never edited nor deleted; which
    refusals are in effect says `Refusal`.
    """

    association = models.ForeignKey(
        "directory.Association", on_delete=models.CASCADE, db_index=False
    )
    mailbox = models.CharField(max_length=320)
    contact_id = models.BigIntegerField(null=True)
    """A holder of the mailbox when the fact was learnt; null when nobody held it."""
    person = models.CharField(max_length=100, null=True)
    """The holder's `external_id`: by it somebody who was deleted is known again."""
    kind = models.CharField(max_length=20, choices=Kind)
    list_id = models.BigIntegerField(null=True)
    """The directory list it is about; null for all mail."""
    provider = models.CharField(max_length=40)
    happened_at = models.DateTimeField(null=True)
    """When it happened, in the provider's time, if the provider said so."""
    happened_here_at = models.DateTimeField(db_default=Now())
    """When it happened by our own clock, as near as we can tell: by it facts are
    compared that were not told in one provider's time."""
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
                fields=[
                    "association",
                    "mailbox",
                    "contact_id",
                    "kind",
                    "list_id",
                    "provider",
                    "happened_at",
                ],
                condition=models.Q(happened_at__isnull=False),
                nulls_distinct=False,
                name="fact_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="left_list", list_id__isnull=False)
                | models.Q(kind__in=_OF_ALL_MAIL, list_id__isnull=True)
                | models.Q(kind__in=_OF_EITHER),
                name="suppression_scope_fits_kind",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="resubscribed")
                | models.Q(happened_at__isnull=False),
                name="who_subscribes_again_did_so_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["association", "mailbox"], name="facts_by_mailbox"),
            models.Index(
                fields=["association", "contact_id"],
                condition=models.Q(contact_id__isnull=False),
                name="suppression_by_contact",
            ),
            models.Index(
                fields=["association", "person"],
                condition=models.Q(person__isnull=False),
                name="facts_by_person",
            ),
            models.Index(
                fields=["association", "mailbox"],
                condition=models.Q(kind="resubscribed"),
                name="lifted_by_mailbox",
            ),
            models.Index(
                fields=["association", "contact_id"],
                condition=models.Q(kind="resubscribed", contact_id__isnull=False),
                name="lifted_by_contact",
            ),
        ]
        triggers = [triggers.facts_are_only_added(), triggers.followers_are_told()]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.recorded_at:%Y-%m-%d})"


class Refusal(models.Model):
    """A refusal in effect: of a mailbox, or of a contact, wherever it is now.

    A view; one fact makes up to two rows, one of each sort. That of a contact is gone
    when the person subscribed again, at whichever address; that of a mailbox, when
    somebody did at just this one.
    """

    id = models.BigIntegerField(primary_key=True)
    association = models.ForeignKey(
        "directory.Association", on_delete=models.DO_NOTHING, related_name="+"
    )
    fact = models.ForeignKey(
        Suppression, on_delete=models.DO_NOTHING, related_name="refusals"
    )
    mailbox = models.CharField(max_length=320, null=True)
    """Set when it is the mailbox's, whoever has it."""
    contact_id = models.BigIntegerField(null=True)
    """Set when it is the contact's, at whichever address."""
    list_id = models.BigIntegerField(null=True)
    """The directory list it is about; null for all mail."""
    kind = models.CharField(max_length=20, choices=Kind)
    since = models.DateTimeField()
    """In the provider's time, if it said so."""

    objects: ClassVar[models.Manager[Refusal]] = ScopedManager(
        association="association"
    )

    class Meta:
        managed = False
        db_table = "consent_refusal"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.since:%Y-%m-%d})"


class Departed(models.Model):
    """Whom a contact that is gone had been, by its `external_id`.

    What such a person does at a provider afterwards still finds them when they are
    imported again. Written by a trigger.
    """

    association = models.ForeignKey(
        "directory.Association",
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
    )
    contact_id = models.BigIntegerField()
    person = models.CharField(max_length=100)

    objects: ClassVar[models.Manager[Departed]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "contact_id"], name="departed_once"
            )
        ]

    def __str__(self) -> str:
        return f"contact {self.contact_id}, who was {self.person}"
