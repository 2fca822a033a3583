"""Lists of every kind, and who is on them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from rollkeeper.core.automatic import AutomaticKind
from rollkeeper.directory import triggers
from rollkeeper.directory.models.associations import Association
from rollkeeper.directory.models.contacts import Contact
from rollkeeper.directory.models.members import MembershipType


class ListKind(models.TextChoices):
    LIST = "list", _("List")
    COMMITTEE = "committee", _("Committee")
    GROUP = "group", _("Group")
    REPRESENTATIVES = AutomaticKind.REPRESENTATIVES.value, _("All representatives")
    MEMBERSHIP_TYPE = AutomaticKind.MEMBERSHIP_TYPE.value, _("Membership type")


AUTOMATIC = frozenset({ListKind.REPRESENTATIVES, ListKind.MEMBERSHIP_TYPE})
"""Kinds of lists that triggers make, and that nobody is put on by hand."""


class ContactList(models.Model):
    """A list, committee or group of the directory; or an automatic list.

    Who is on it says `PlaceOnList`, for every kind.
    """

    association = models.ForeignKey(Association, on_delete=models.CASCADE)
    external_id = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=ListKind, default=ListKind.LIST)
    membership_type = models.ForeignKey(
        MembershipType,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        db_constraint=False,
    )
    """Whose members' representatives are on it; set for exactly that kind."""
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
            models.CheckConstraint(
                condition=models.Q(
                    kind=ListKind.MEMBERSHIP_TYPE, membership_type__isnull=False
                )
                | ~models.Q(kind=ListKind.MEMBERSHIP_TYPE)
                & models.Q(membership_type__isnull=True),
                name="list_has_a_type_when_it_is_of_one",
            ),
            models.UniqueConstraint(
                fields=["membership_type"], name="one_list_of_a_membership_type"
            ),
            models.UniqueConstraint(
                fields=["association"],
                condition=models.Q(kind=ListKind.REPRESENTATIVES),
                name="one_list_of_all_representatives",
            ),
        ]
        triggers = [
            triggers.stays_in_its_association(),
            *triggers.of_lists(),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def automatic(self) -> bool:
        """Does who is on it follow from contacts and members?"""
        return self.kind in AUTOMATIC


class Standing(models.TextChoices):
    ACTIVE = "active", _("Active")
    DISABLED = "disabled", _("Disabled")


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


class PlaceOnList(models.Model):
    """A contact on a list of any kind: a view, `directory_standing`.

    A membership as it is kept; on an automatic list, whoever belongs to it now.
    """

    pk = models.CompositePrimaryKey("list_id", "contact_id")
    association = models.ForeignKey(
        Association, on_delete=models.DO_NOTHING, related_name="+"
    )
    list = models.ForeignKey(
        ContactList, on_delete=models.DO_NOTHING, related_name="places"
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.DO_NOTHING, related_name="places"
    )
    status = models.CharField(max_length=20, choices=Standing)
    no_mass_email = models.BooleanField()

    objects: ClassVar[models.Manager[PlaceOnList]] = ScopedManager(
        association="association"
    )

    class Meta:
        managed = False
        db_table = "directory_standing"

    def __str__(self) -> str:
        return f"{self.contact} on {self.list}"
