"""Whom a person asks to export, and the files in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode
from zipfile import ZIP_DEFLATED, ZipFile

from attrs import frozen
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from rollkeeper.directory.models import Contact, ContactList
from rollkeeper.engine.exporting import (
    SHAPES,
    Chosen,
    Exported,
    Format,
    by_hand,
    of_list,
)
from rollkeeper.web.filters import ContactFilter
from rollkeeper.web.staff import StaffRequest
from rollkeeper.web.ticks import ticked
from rollkeeper.web.words import count


@frozen(kw_only=True)
class Asked:
    """What is to be exported, and how a page speaks of it."""

    chosen: Chosen
    title: str
    words: Mapping[str, str]
    """What asks for it again, as fields of a form."""
    back: str
    back_title: str

    @property
    def number(self) -> str:
        return count(self.chosen.contacts.count(), "contact")


@frozen(kw_only=True)
class Choice:
    """A format to choose."""

    value: Format
    title: str
    about: str


def asked(request: StaffRequest, said: QueryDict) -> Asked:
    """Return what *said* asks for, or raise `Http404`."""
    match said.get("of"):
        case "list":
            return _of_list(said)
        case "matching":
            return _of_those_that_match(request, said)
        case "ticked":
            return _of_those_ticked(request)
        case _:
            raise Http404


def _of_list(said: QueryDict) -> Asked:
    text = said.get("list", "")
    if not text.isdecimal():
        raise Http404
    row = get_object_or_404(ContactList, pk=int(text))
    return Asked(
        chosen=of_list(row),
        title=row.name,
        words={"of": "list", "list": text},
        back=reverse("list", args=[row.pk]),
        back_title=row.name,
    )


def _of_those_that_match(request: StaffRequest, said: QueryDict) -> Asked:
    found = ContactFilter(said, queryset=Contact.objects.all(), request=request)
    if not found.form.is_valid():
        raise Http404
    matching = found.qs.order_by()
    row: ContactList | None = found.form.cleaned_data["list"]
    if row is None:
        chosen = by_hand(request.staff.association_id, matching)
    else:
        chosen = of_list(row, matching)
    words = found.said
    return Asked(
        chosen=chosen,
        title=_("all that match") if words else _("everybody"),
        words={"of": "matching", **words},
        back=f"{reverse('contacts')}?{urlencode(words)}",
        back_title=_("Contacts"),
    )


def _of_those_ticked(request: StaffRequest) -> Asked:
    rows = Contact.objects.filter(pk__in=ticked(request))
    return Asked(
        chosen=by_hand(request.staff.association_id, rows),
        title=_("those ticked"),
        words={"of": "ticked"},
        back=reverse("contacts"),
        back_title=_("Contacts"),
    )


def choices() -> Sequence[Choice]:
    imported = SHAPES[Format.CONSTANT_CONTACT]
    return (
        Choice(
            value=Format.CONSTANT_CONTACT,
            title=_("Constant Contact imports it"),
            about=_(
                "A CSV file with the columns that its import takes. Addresses over"
                " %(address_length)s characters are left out, for its import takes"
                " none. Large lists come as several files in a ZIP file: import them"
                " all."
            )
            % {"address_length": imported.address_length},
        ),
        Choice(
            value=Format.MAILCHIMP,
            title=_("Mailchimp imports it"),
            about=_("A CSV file with the columns of a Mailchimp audience."),
        ),
        Choice(
            value=Format.XLSX,
            title=_("People read it"),
            about=_(
                "A workbook. What a spreadsheet program might run as a formula begins"
                " with an apostrophe, so do not import this one."
            ),
        ),
    )


def one_file(done: Exported) -> Path:
    """Return the file, or its parts packed into one."""
    first, *rest = done.parts
    if not rest:
        return first
    packed = first.with_name(f"{first.name.partition('-1-of-')[0]}.zip")
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for part in done.parts:
            archive.write(part, part.name)
    return packed
