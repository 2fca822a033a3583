"""Searching the roll."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from rollkeeper.directory.models import (
    Contact,
    ContactList,
    Member,
    MembershipType,
    MemberStatus,
    PlaceOnList,
)
from rollkeeper.directory.search import OF_MEMBERS, begins, words_of
from rollkeeper.directory.sorting import in_order
from rollkeeper.engine.switches import shown
from rollkeeper.web.finding import (
    Found,
    bounded,
    contacts_with,
    each_where,
    everything,
    with_words,
)
from rollkeeper.web.roll import (
    no_mass_emails,
    with_no_mass_emails,
    without_valid_address,
)

MAIL = (
    ("do_not_contact", _("Do Not Contact")),
    ("no_mass_emails", _("No Mass Emails")),
    ("no_address", _("No valid address")),
)

STANDING = (("active", _("Active")), ("inactive", _("Inactive")))

STATUSES = (*MemberStatus.choices, ("none", _("No member")))

SELECT = {"class": "form-select"}


def lists_of_this_association(request: Any) -> QuerySet[ContactList]:
    return shown().order_by(in_order(), "pk")


def types_of_this_association(request: Any) -> QuerySet[MembershipType]:
    rows: QuerySet[MembershipType] = MembershipType.objects.order_by(in_order(), "pk")
    return rows


def search_box(placeholder: Any) -> django_filters.CharFilter:
    return django_filters.CharFilter(
        label=_("Search"),
        method="by_words",
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "type": "search",
                "placeholder": placeholder,
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )


def choices(label: Any, method: str, among: Any, anybody: Any) -> Any:
    return django_filters.ChoiceFilter(
        label=label,
        method=method,
        choices=among,
        empty_label=anybody,
        widget=forms.Select(attrs=SELECT),
    )


class Search(django_filters.FilterSet):  # type: ignore[misc]  # untyped
    """What is searched for, and how it is found quickly."""

    request: HttpRequest

    @property
    def of(self) -> int:
        """The association whose rows are searched."""
        number: int = self.request.staff.association_id  # type: ignore[attr-defined]
        return number

    @property
    def said(self) -> dict[str, str]:
        """What was asked for, as an address says it."""
        asked = {name: self.data.get(name, "") for name in self.filters}
        return {name: value for name, value in asked.items() if value}

    def without_words(self) -> Any:
        """Return the rows that all conditions but the words leave."""
        rows = self.queryset.all()
        for name, value in self.narrowing.items():
            rows = self.filters[name].filter(rows, value)
        return rows

    @property
    def narrowing(self) -> dict[str, Any]:
        """What was asked for but the words."""
        said = self.form.cleaned_data if self.form.is_valid() else {}
        return {name: one for name, one in said.items() if one and name != "q"}


class ContactFilter(Search):
    """Every word of *q* must begin a word of the name, the company, the title or of
    an address."""

    q = search_box(_("Name, company, title or address"))
    list = django_filters.ModelChoiceFilter(
        label=_("On the list"),
        method="on_list",
        queryset=lists_of_this_association,
        empty_label=_("Any"),
        widget=forms.Select(attrs=SELECT),
    )
    status = choices(_("Member"), "by_status", STATUSES, _("Any"))
    active = choices(_("Contact"), "by_standing", STANDING, _("Any"))
    mail = choices(_("Kept from mail"), "by_mail", MAIL, _("Anybody"))

    class Meta:
        model = Contact
        fields = ("q", "list", "status", "active", "mail")

    @property
    def found(self) -> Found:
        """Whom the page shows."""
        rows, words = self.without_words(), words_of(self.data.get("q", ""))
        walked = self.walked() if self.narrowing else None
        if words:
            return contacts_with(words, of=self.of, rows=rows, walked=walked)
        if walked is not None:
            return bounded(rows, walked=walked)
        return everything(rows)

    def walked(self) -> QuerySet[Contact]:
        """Return what `without_words` does, asked of one contact after the other."""
        rows, said = self.queryset.all(), self.narrowing
        if row := said.pop("list", None):
            its = PlaceOnList.objects.filter(list=row, contact=OuterRef("pk"))
            rows = rows.filter(each_where(its))
        if said.get("status", "none") != "none":
            status = said.pop("status")
            theirs = Member.objects.filter(status=status, pk=OuterRef("member_id"))
            rows = rows.filter(each_where(theirs))
        if said.get("mail") == "no_mass_emails":
            rows = rows.filter(no_mass_emails())
            del said["mail"]
        for name, value in said.items():
            rows = self.filters[name].filter(rows, value)
        found: QuerySet[Contact] = rows
        return found

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(with_words(words_of(value), of=self.of))

    def on_list(self, rows: Any, name: str, value: ContactList) -> Any:
        on_it = PlaceOnList.objects.filter(list=value)
        return rows.filter(pk__in=on_it.values("contact_id"))

    def by_status(self, rows: Any, name: str, value: str) -> Any:
        if value == "none":
            return rows.filter(member=None)
        return rows.filter(member__status=value)

    def by_standing(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(active=value == "active")

    def by_mail(self, rows: Any, name: str, value: str) -> Any:
        match value:
            case "do_not_contact":
                return rows.filter(do_not_contact=True)
            case "no_mass_emails":
                return rows.filter(with_no_mass_emails())
            case _:
                return rows.filter(without_valid_address())


class MemberFilter(Search):
    """Every word of *q* must begin a word of the member's name, or its id."""

    q = search_box(_("Name or id"))
    status = choices(_("Status"), "by_status", MemberStatus.choices, _("Any"))
    type = django_filters.ModelChoiceFilter(
        label=_("Membership type"),
        field_name="membership_type",
        queryset=types_of_this_association,
        empty_label=_("Any"),
        widget=forms.Select(attrs=SELECT),
    )

    class Meta:
        model = Member
        fields = ("q", "status", "type")

    @property
    def found(self) -> Found:
        """Whom the page shows."""
        if self.said:
            return bounded(self.qs)
        return everything(self.queryset.all())

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(begins(OF_MEMBERS, *words_of(value), of=self.of))

    def by_status(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(status=value)
