"""API keys, the accounts we are connected to, and each request we spent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager


class Application(models.Model):
    """One API key at a provider. All connections through it share its quota."""

    provider = models.CharField(max_length=40)
    client_id = models.CharField(max_length=200)
    requests_per_day = models.PositiveIntegerField(default=10_000)
    requests_per_second = models.PositiveIntegerField(default=4)
    closed_until = models.DateTimeField(null=True, blank=True)
    """Set when the provider itself said that the day is spent."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "client_id"], name="application_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} application {self.pk}"


class ConnectionState(models.TextChoices):
    CONNECTED = "connected", _("Connected")
    RECONNECT_NEEDED = "reconnect_needed", _("Reconnect needed")
    DISCONNECTED = "disconnected", _("Disconnected")


class Connection(models.Model):
    """An association's link to its account at a provider, with sealed tokens."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    application = models.ForeignKey(Application, on_delete=models.PROTECT)
    provider = models.CharField(max_length=40)
    state = models.CharField(max_length=20, choices=ConnectionState)
    state_since = models.DateTimeField(db_default=Now())
    state_reason = models.TextField(blank=True)
    account_id = models.CharField(max_length=200, blank=True)
    account_name = models.CharField(max_length=300, blank=True)
    account_email = models.CharField(max_length=320, blank=True)
    account_since = models.DateTimeField(null=True)
    """When this account took the place of another; null for the first one. Runs before
    it were about the other's contacts."""
    sealed_key = models.BinaryField(null=True)
    """This connection's data key, wrapped by the key file's key."""
    sealed_access = models.BinaryField(null=True)
    sealed_refresh = models.BinaryField(null=True)
    access_expires_at = models.DateTimeField(null=True)
    refreshing_since = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField(null=True)
    """When the sign-in was last used: it dies when it is not for long (`core.grants`).
    Null without tokens."""
    probed_at = models.DateTimeField(null=True)
    """When a probe last set out, whatever came of it."""
    answered_at = models.DateTimeField(null=True)
    """When the account last let a probe, or whoever connected it, in. Runs and pulls
    note their own times."""
    connected_at = models.DateTimeField(null=True)
    pulled_at = models.DateTimeField(null=True)
    """Start of the last opt-out pull that read to the end."""
    pulled_through = models.DateTimeField(null=True)
    """Up to when opt-outs were read then, by the provider's own clock."""
    compared_at = models.DateTimeField(null=True)
    """Start of the last full read of the account that ended well."""
    fence = models.BigIntegerField(db_default=0)
    """Raised by whoever becomes the connection's coordinator. Who was it before has an
    older number, by which its late writes are known and refused."""

    objects: ClassVar[models.Manager[Connection]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "provider"], name="one_connection_per_provider"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ConnectionState.values),
                name="connection_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.account_name or self.provider


class AuthorizationAttempt(models.Model):
    """A person on the way to the provider and back: one use, ten minutes."""

    association = models.ForeignKey("directory.Association", on_delete=models.CASCADE)
    provider = models.CharField(max_length=40)
    state_hash = models.CharField(max_length=64, unique=True)
    bound_to = models.CharField(max_length=200)
    """Who began it: only the same session or command line may finish it."""
    sealed_verifier = models.BinaryField()
    started_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[AuthorizationAttempt]] = ScopedManager(
        association="association"
    )

    def __str__(self) -> str:
        return f"{self.provider} for {self.association}"


class RequestDebit(models.Model):
    """One request, counted before it left. Never deleted within two days."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, db_index=False
    )
    connection = models.ForeignKey(
        Connection, on_delete=models.SET_NULL, null=True, db_index=False
    )
    run_id = models.BigIntegerField(null=True)
    purpose = models.SmallIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["application", "sent_at"],
                include=["connection", "id"],
                name="debits_by_time",
            ),
            models.Index(fields=["connection", "sent_at"], name="debits_by_connection"),
            models.Index(
                fields=["run_id"],
                condition=models.Q(run_id__isnull=False),
                name="debits_of_run",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M:%S}"
