"""What an association has chosen about its newsletter lists."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager


class Solution(models.TextChoices):
    """Where newsletters are sent from."""

    CONSTANT_CONTACT = "constant_contact", "Constant Contact"
    MAILCHIMP = "mailchimp", "Mailchimp"
    NONE = "none", _("None")


REPRESENTATIVES_NAME = "All Active and Courtesy Representatives from Rollkeeper"


class NewsletterSettings(models.Model):
    """One row for an association that changed anything; others have the defaults."""

    association = models.OneToOneField(
        "directory.Association", on_delete=models.CASCADE, primary_key=True
    )
    solution = models.CharField(
        max_length=40, choices=Solution, default=Solution.CONSTANT_CONTACT
    )
    representatives = models.BooleanField(default=False)
    """Is the list of all active representatives of active and courtesy members kept?"""
    membership_types = models.BooleanField(default=False)
    """Is there a provider list for each membership type?"""
    lists = models.BooleanField(default=True)
    """Do the switches of lists, committees and groups mean anything?"""
    switch_on_new_lists = models.BooleanField(default=False)
    representatives_name = models.CharField(
        max_length=200, default=REPRESENTATIVES_NAME
    )
    nightly = models.BooleanField(default=True)
    """Is everything compared every night?"""
    window_from = models.TimeField(default=time(1))
    window_to = models.TimeField(default=time(4))
    time_zone = models.CharField(max_length=60, default="America/Chicago")
    """Of the window; US Central unless somebody says otherwise."""

    objects: ClassVar[models.Manager[NewsletterSettings]] = ScopedManager(
        association="association"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(solution__in=Solution.values),
                name="newsletter_solution_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(window_from=models.F("window_to")),
                name="newsletter_window_has_a_length",
            ),
        ]

    def __str__(self) -> str:
        return self.get_solution_display()
