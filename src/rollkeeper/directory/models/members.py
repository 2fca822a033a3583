"""Members, and the types of their memberships."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from rollkeeper.directory import search, triggers
from rollkeeper.directory.models.associations import Association


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
        triggers = [
            triggers.stays_in_its_association(),
            *triggers.of_membership_types(),
        ]

    def __str__(self) -> str:
        return self.name


class MemberStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    COURTESY = "courtesy", _("Courtesy")
    PROSPECT = "prospect", _("Prospect")
    DROPPED = "dropped", _("Dropped")


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
        indexes = [
            models.Index("association", search.MEMBERS_BY_NAME, name="member_by_name"),
            GinIndex(search.OF_MEMBERS, name="member_by_words"),
        ]
        triggers = [
            triggers.stays_in_its_association(),
            *triggers.of_members(),
        ]

    def __str__(self) -> str:
        return self.name
