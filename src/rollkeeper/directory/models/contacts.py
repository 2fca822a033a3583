"""Contacts and their addresses."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.directory import search, triggers
from rollkeeper.directory.models.associations import Association
from rollkeeper.directory.models.members import Member


class Contact(models.Model):
    """A person, usually a representative of a member."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, db_index=False
    )
    external_id = models.CharField(max_length=100)
    member = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_constraint=False,
    )
    first_name = models.CharField(max_length=200, blank=True)
    last_name = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300, blank=True)
    company = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=100, blank=True)
    active = models.BooleanField(default=True)
    do_not_contact = models.BooleanField(default=False)
    speaks_for_member = models.BooleanField(default=False)
    """Is this the member's primary contact? Its name is sent for a shared mailbox."""
    fields = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)
    """When what providers may be told of it last changed; kept by a trigger."""

    objects: ClassVar[models.Manager[Contact]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "external_id"], name="contact_id_once"
            ),
            models.UniqueConstraint(
                fields=["association", "id"], name="contact_of_association"
            ),
            models.UniqueConstraint(
                fields=["member"],
                condition=models.Q(speaks_for_member=True),
                name="one_contact_speaks_for_a_member",
            ),
        ]
        indexes = [
            models.Index("association", search.BY_NAME, name="contact_by_name"),
            models.Index("association", search.BY_COMPANY, name="contact_by_company"),
            GinIndex(search.OF_CONTACTS, name="contact_by_words"),
        ]
        triggers = [
            triggers.stays_in_its_association(),
            *triggers.of_contacts(),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.external_id


class EmailAddress(models.Model):
    """An address of a contact, as typed, and the mailbox it names when it is valid."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, db_constraint=False, db_index=False
    )
    contact = models.ForeignKey(
        Contact,
        on_delete=models.CASCADE,
        related_name="addresses",
        db_constraint=False,
    )
    typed = models.CharField(max_length=320)
    mailbox = models.CharField(max_length=320, null=True, blank=True)
    """Normalised and lower-cased; null exactly when the address is not valid."""
    primary = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[EmailAddress]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact"],
                condition=models.Q(primary=True),
                name="one_primary_address",
            ),
            models.UniqueConstraint(
                fields=["contact", "typed"], name="address_once_per_contact"
            ),
            models.CheckConstraint(
                condition=~models.Q(mailbox=""), name="mailbox_null_or_something"
            ),
        ]
        indexes = [
            models.Index(
                fields=["association", "mailbox"],
                condition=models.Q(primary=True, mailbox__isnull=False),
                name="primary_by_mailbox",
            ),
            GinIndex(search.OF_ADDRESSES, name="address_by_words"),
        ]
        triggers = [
            triggers.stays_in_its_association(),
            *triggers.of_addresses(),
        ]

    def __str__(self) -> str:
        return self.typed
