"""Audiences, the two remembered views (observed, synced), runs and operations."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager


class AudienceState(models.TextChoices):
    ACTIVE = "active", "Kept true"
    SWITCHED_OFF = "switched_off", "Switched off; kept at the provider as it is"
    LIST_DELETED = "list_deleted", "List deleted here; kept at the provider"


class Audience(models.Model):
    """What fills one provider list: a list of the directory, under a policy."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    connection = models.ForeignKey("connections.Connection", on_delete=models.CASCADE)
    list_id = models.BigIntegerField()
    """The directory list; a plain number, for the audience outlives the list."""
    name = models.CharField(max_length=255)
    state = models.CharField(
        max_length=20, choices=AudienceState, default=AudienceState.ACTIVE
    )
    provider_list_id = models.CharField(max_length=64, null=True)
    leaving = models.CharField(max_length=20)
    none_left = models.CharField(max_length=20)
    new_address = models.CharField(max_length=20)
    strangers = models.CharField(max_length=20)

    objects: ClassVar[models.Manager[Audience]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "list_id"], name="audience_once_per_list"
            ),
            models.UniqueConstraint(
                fields=["connection", "provider_list_id"],
                name="provider_list_fills_one_audience",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RemoteContact(models.Model):
    """A mailbox at the provider: as last seen, and as last agreed."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    connection = models.ForeignKey("connections.Connection", on_delete=models.CASCADE)
    mailbox = models.CharField(max_length=320)
    provider_id = models.CharField(max_length=64, null=True)
    permission = models.CharField(max_length=20)
    elsewhere = models.BooleanField(default=False)
    person = models.JSONField(default=dict)
    seen_at = models.DateTimeField()
    """Start of the read, or time of the confirmed call, that showed this."""
    agreed_person = models.JSONField(null=True)
    """What we last told the provider; null when we never brought this mailbox."""
    carried_by = models.BigIntegerField(null=True)
    disabled_at = models.DateTimeField(null=True)
    """When we ended it; null when we did not, or brought it back."""

    objects: ClassVar[models.Manager[RemoteContact]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "mailbox"], name="remote_mailbox_once"
            ),
            models.UniqueConstraint(
                fields=["connection", "provider_id"], name="remote_id_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "carried_by"],
                condition=models.Q(carried_by__isnull=False),
                name="remote_by_carrier",
            )
        ]

    def __str__(self) -> str:
        return self.mailbox


class RemoteMembership(models.Model):
    """A remote contact on an audience's provider list."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    audience = models.ForeignKey(Audience, on_delete=models.CASCADE)
    contact = models.ForeignKey(
        RemoteContact, on_delete=models.CASCADE, related_name="memberships"
    )
    there = models.BooleanField()
    """Was it on the list when last seen or confirmed?"""
    ours = models.BooleanField()
    """Did we put it there, or agree that it belongs? Else it is a stranger."""
    since = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[RemoteMembership]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "audience"], name="remote_membership_once"
            ),
            models.CheckConstraint(
                condition=models.Q(there=True) | models.Q(ours=True),
                name="remote_membership_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} on {self.audience_id}"


class RunState(models.TextChoices):
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    DONE_WITH_EXCEPTIONS = "done_with_exceptions", "Done, with exceptions"
    WILL_TRY_AGAIN = "will_try_again", "Will try again"
    RECONNECT_NEEDED = "reconnect_needed", "Reconnect needed"
    FAILED = "failed", "Failed"


class RunKind(models.TextChoices):
    CHANGES = "changes", "Changes"
    EVERYTHING = "everything", "Everything"
    AUDIENCE = "audience", "One audience"
    PULL = "pull", "Unsubscribes"
    LOOK = "look", "Looked only"


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
    message = models.TextField(blank=True)
    retry_at = models.DateTimeField(null=True)
    """Not to be tried again before this; null when nothing stands in the way."""

    objects: ClassVar[models.Manager[Run]] = ScopedManager(association="association")

    class Meta:
        indexes = [models.Index(fields=["connection", "-id"], name="runs_newest")]

    def __str__(self) -> str:
        return f"run {self.pk}"


class OperationState(models.TextChoices):
    PLANNED = "planned", "Planned"
    SENDING = "sending", "Sending"
    ACCEPTED = "accepted", "Accepted"
    UNKNOWN = "unknown", "Unknown"
    CONFIRMED = "confirmed", "Confirmed"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"
    SUPERSEDED = "superseded", "Superseded"


OPEN_STATES = (
    OperationState.PLANNED,
    OperationState.SENDING,
    OperationState.ACCEPTED,
    OperationState.UNKNOWN,
)


class Operation(models.Model):
    """One call to the provider, made durable before it leaves."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    connection = models.ForeignKey("connections.Connection", on_delete=models.CASCADE)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="operations")
    op_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=20)
    state = models.CharField(
        max_length=20, choices=OperationState, default=OperationState.PLANNED
    )
    lists = ArrayField(models.CharField(max_length=64), default=list)
    rows = models.PositiveIntegerField()
    payload_hash = models.CharField(max_length=64)
    job_id = models.CharField(max_length=64, null=True)
    sent_at = models.DateTimeField(null=True)
    provider_time = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    message = models.TextField(blank=True)

    objects: ClassVar[models.Manager[Operation]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "job_id"], name="job_of_one_operation"
            )
        ]
        indexes = [
            models.Index(
                fields=["connection", "id"],
                condition=models.Q(state__in=OPEN_STATES),
                name="open_operations",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.op_id}"


class OperationSubject(models.Model):
    """What an open operation shall make true for one mailbox. Gone once settled."""

    operation = models.ForeignKey(
        Operation, on_delete=models.CASCADE, related_name="subjects"
    )
    position = models.PositiveIntegerField()
    """Which row of the call it is; the provider complains by row."""
    mailbox = models.CharField(max_length=320)
    before = models.CharField(max_length=320, null=True)
    """The mailbox the contact had until now, when its address changes."""
    provider_id = models.CharField(max_length=64, null=True)
    audiences = ArrayField(models.BigIntegerField(), default=list)
    """Joined or left, by the kind of the operation."""
    person = models.JSONField(null=True)
    carried_by = models.BigIntegerField(null=True)
    cause = models.CharField(max_length=30)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "position"], name="subject_position_once"
            )
        ]
        indexes = [models.Index(fields=["mailbox"], name="subject_by_mailbox")]

    def __str__(self) -> str:
        return self.mailbox


class OutcomeKind(models.TextChoices):
    REFUSED = "refused", "Refused by the provider"
    HELD = "held", "Held for a person to decide"


class Outcome(models.Model):
    """A mailbox that could not be made true, and why. At most one a mailbox."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    connection = models.ForeignKey("connections.Connection", on_delete=models.CASCADE)
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True)
    mailbox = models.CharField(max_length=320)
    kind = models.CharField(max_length=20, choices=OutcomeKind)
    cause = models.CharField(max_length=30, blank=True)
    message = models.TextField(blank=True)
    asked = models.CharField(max_length=64, blank=True)
    """Fingerprint of the refused change: the same one is not asked for again."""
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[Outcome]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "mailbox"], name="outcome_once_per_mailbox"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.mailbox}"
