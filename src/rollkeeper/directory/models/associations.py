"""Associations, the tenants of every other table, and their staff."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from rollkeeper.directory import triggers


class Association(models.Model):
    """A chamber or other body with members: the tenant of every other table."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=60, default="America/Chicago")
    two_steps = models.BooleanField(default=False)
    """Must administrators have two-step sign-in?"""
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [triggers.of_associations()]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What somebody is to an association; each may do all that those before may."""

    VIEWER = "viewer", _("Viewer")
    OPERATOR = "operator", _("Operator")
    APPROVER = "approver", _("Approver")
    ADMINISTRATOR = "administrator", _("Administrator")


class Staff(models.Model):
    """A person who signs in and works for an association."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.VIEWER)
    language = models.CharField(max_length=10, blank=True, default="")
    """In which pages and mails are theirs; none: that of their browser."""

    objects: ClassVar[models.Manager[Staff]] = ScopedManager(association="association")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "user"], name="staff_once_per_association"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="staff_role_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
