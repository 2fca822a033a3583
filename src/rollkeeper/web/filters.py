"""Searching the roll."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from rollkeeper.directory.models import (
    Contact,
    ContactList,
    EmailAddress,
    PlaceOnList,
)
from rollkeeper.engine.switches import shown
from rollkeeper.web.roll import no_mass_emails, without_valid_address

MAIL = (
    ("do_not_contact", _("Do Not Contact")),
    ("no_mass_emails", _("No Mass Emails")),
    ("no_address", _("No valid address")),
)

SELECT = {"class": "form-select"}


def lists_of_this_association(request: Any) -> QuerySet[ContactList]:
    return shown().order_by("name", "pk")


class ContactFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped
    """Every word of *q* must be in the name, the company, the title or an address."""

    q = django_filters.CharFilter(
        label=_("Search"),
        method="by_words",
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "type": "search",
                "placeholder": _("Name, company or address"),
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )
    list = django_filters.ModelChoiceFilter(
        label=_("On the list"),
        method="on_list",
        queryset=lists_of_this_association,
        empty_label=_("Any"),
        widget=forms.Select(attrs=SELECT),
    )
    mail = django_filters.ChoiceFilter(
        label=_("Kept from mail"),
        method="by_mail",
        choices=MAIL,
        empty_label=_("Anybody"),
        widget=forms.Select(attrs=SELECT),
    )

    class Meta:
        model = Contact
        fields = ("q", "list", "mail")

    def on_list(self, rows: Any, name: str, value: ContactList) -> Any:
        on_it = PlaceOnList.objects.filter(list=value)
        return rows.filter(pk__in=on_it.values("contact_id"))

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        for word in value.split():
            address = EmailAddress.objects.filter(
                contact=OuterRef("pk"), typed__icontains=word
            )
            rows = rows.filter(
                Q(first_name__icontains=word)
                | Q(last_name__icontains=word)
                | Q(company__icontains=word)
                | Q(title__icontains=word)
                | Exists(address)
            )
        return rows

    def by_mail(self, rows: Any, name: str, value: str) -> Any:
        match value:
            case "do_not_contact":
                return rows.filter(do_not_contact=True)
            case "no_mass_emails":
                return rows.filter(no_mass_emails())
            case _:
                return rows.filter(without_valid_address())
