"""Tables and constraints of the directory.

A row that belongs to another row belongs to the same association: such foreign keys
are on (association, id) and stand in the migrations, hence `db_constraint=False`.
`triggers.py` says what leaves marks, `marks.py` how they are taken up.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from rollkeeper.directory import triggers


class Association(models.Model):
    """A chamber or other body with members: the tenant of every other table."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=60, default="America/Chicago")
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class Staff(models.Model):
    """A person who signs in and works for an association."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    administrator = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Staff]] = ScopedManager(association="association")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "user"], name="staff_once_per_association"
            )
        ]

    def __str__(self) -> str:
        return str(self.user)


class MembershipType(models.Model):
    """A kind of membership, such as Gold or Nonprofit."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE)
    name = models.CharField(max_length=200)

    objects: ClassVar[models.Manager[MembershipType]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "name"], name="membership_type_name_once"
            ),
            models.UniqueConstraint(
                fields=["association", "id"], name="membership_type_of_association"
            ),
        ]
        triggers = [triggers.stays_in_its_association()]

    def __str__(self) -> str:
        return self.name


class MemberStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    COURTESY = "courtesy", "Courtesy"
    PROSPECT = "prospect", "Prospect"
    DROPPED = "dropped", "Dropped"


class Member(models.Model):
    """A business or person that holds a membership."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE)
    external_id = models.CharField(max_length=100)
    name = models.CharField(max_length=300)
    membership_type = models.ForeignKey(
        MembershipType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
    )
    status = models.CharField(
        max_length=20, choices=MemberStatus, default=MemberStatus.ACTIVE
    )
    fields = models.JSONField(default=dict, blank=True)

    objects: ClassVar[models.Manager[Member]] = ScopedManager(association="association")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "external_id"], name="member_id_once"
            ),
            models.UniqueConstraint(
                fields=["association", "id"], name="member_of_association"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=MemberStatus.values),
                name="member_status_known",
            ),
        ]
        triggers = [triggers.stays_in_its_association()]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person, usually a representative of a member."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE)
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
        triggers = [
            triggers.stays_in_its_association(),
            *triggers.of_contacts(),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.external_id


class EmailAddress(models.Model):
    """An address of a contact, as typed, and the mailbox it names when it is valid."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, db_constraint=False
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
            )
        ]
        triggers = [
            triggers.stays_in_its_association(),
            *triggers.of_addresses(),
        ]

    def __str__(self) -> str:
        return self.typed


class ListKind(models.TextChoices):
    LIST = "list", "List"
    COMMITTEE = "committee", "Committee"
    GROUP = "group", "Group"


class ContactList(models.Model):
    """A list, committee or group of the directory."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE)
    external_id = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=ListKind, default=ListKind.LIST)
    sync = models.BooleanField(default=False)
    """Synchronize contacts with the authorized third-party newsletter solution?"""
    fields = models.JSONField(default=dict, blank=True)

    objects: ClassVar[models.Manager[ContactList]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "external_id"], name="list_id_once"
            ),
            models.UniqueConstraint(
                fields=["association", "id"], name="list_of_association"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ListKind.values), name="list_kind_known"
            ),
        ]
        triggers = [
            triggers.stays_in_its_association(),
            *triggers.of_lists(),
        ]

    def __str__(self) -> str:
        return self.name


class Standing(models.TextChoices):
    ACTIVE = "active", "Active"
    DISABLED = "disabled", "Disabled"


class ListMembership(models.Model):
    """A contact on a list, and how they stand there."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, db_constraint=False
    )
    list = models.ForeignKey(
        ContactList,
        on_delete=models.CASCADE,
        related_name="memberships",
        db_constraint=False,
    )
    contact = models.ForeignKey(
        Contact,
        on_delete=models.CASCADE,
        related_name="memberships",
        db_constraint=False,
    )
    status = models.CharField(max_length=20, choices=Standing, default=Standing.ACTIVE)
    no_mass_email = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[ListMembership]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "contact"], name="on_a_list_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=Standing.values),
                name="membership_status_known",
            ),
        ]
        triggers = [
            triggers.stays_in_its_association(),
            *triggers.of_memberships(),
        ]

    def __str__(self) -> str:
        return f"{self.contact} on {self.list}"


class Follower(models.Model):
    """Somebody who wants to hear of every change to an association's directory.

    A follower that begins to follow compares everything once; marks tell it the rest.
    """

    association = models.ForeignKey(Association, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)

    objects: ClassVar[models.Manager[Follower]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "name"], name="follower_once"
            ),
            models.UniqueConstraint(
                fields=["association", "id"], name="follower_of_association"
            ),
        ]
        triggers = [triggers.stays_in_its_association()]

    def __str__(self) -> str:
        return self.name


class Mark(models.Model):
    """A mailbox, contact or list to compute again; with none of them, everything.

    Written in the transaction of the change, one for each follower. A contact is named
    by its id, because only who takes the mark up can know which mailbox it has by then.
    """

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, db_constraint=False
    )
    follower = models.ForeignKey(
        Follower, on_delete=models.CASCADE, db_constraint=False
    )
    mailbox = models.CharField(max_length=320, null=True)
    contact_id = models.BigIntegerField(null=True)
    list_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Mark]] = ScopedManager(association="association")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(claim__isnull=True, claimed_until__isnull=True)
                | models.Q(claim__isnull=False, claimed_until__isnull=False),
                name="a_claim_has_an_end",
            )
        ]
        indexes = [models.Index(fields=["follower", "id"], name="marks_of_follower")]

    def __str__(self) -> str:
        return f"mark {self.pk} of follower {self.follower_id}"
