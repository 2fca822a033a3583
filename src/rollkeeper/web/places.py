"""A contact's places on lists, each with why mail does or does not come through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from attrs import frozen
from django.template.defaultfilters import capfirst
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from rollkeeper.connections.models import Connection
from rollkeeper.directory.models import (
    Contact,
    ContactList,
    PlaceOnList,
    Standing,
)
from rollkeeper.directory.sorting import in_order
from rollkeeper.engine.explain import Explanation, explain
from rollkeeper.engine.refusals import Refused
from rollkeeper.engine.switches import shown
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.states import AudienceState
from rollkeeper.web.refusals import on_list
from rollkeeper.web.situation import is_connected, is_kept
from rollkeeper.web.tables import standing_tags

NOT_CONNECTED = _("Nothing is sent: Constant Contact is not connected.")
SWITCHED_OFF = _("Nothing is sent: this list is not kept true at Constant Contact.")


@frozen(kw_only=True)
class Place:
    list_id: int
    name: str
    automatic: bool
    """Does being on it follow from the contact and its member?"""
    active: bool
    no_mass_email: bool
    standing: SafeString
    there: bool
    sentence: str
    next_step: str
    since: datetime | None
    hold: int | None
    """What waits for a decision about it, or did."""
    audience: int | None
    """Set while the list is kept true: its page says how."""


@frozen(kw_only=True)
class Lingering:
    """A list that the contact is not on, though it is still there, or was until it or
    its member became inactive."""

    list_name: str
    sentence: str
    next_step: str


@frozen(kw_only=True)
class Places:
    on: Sequence[Place]
    """Those of the contact, by the names of the lists."""
    lingering: Sequence[Lingering]


def places(
    contact: Contact, connection: Connection | None, refused: Sequence[Refused]
) -> Places:
    """Return where the contact is on lists, here or still over there.

    *refused* is what keeps mail from them.
    """
    found = dict(_explanations(contact, connection))
    rows = PlaceOnList.objects.filter(contact=contact, list__in=shown())
    audiences = _audiences(connection)
    on = [
        _place(row, found.pop(row.list_id, None), audiences, connection, refused)
        for row in rows.select_related("list").order_by(
            in_order("list__name"), "list_id"
        )
    ]
    lingering = [
        Lingering(
            list_name=one.list_name,
            sentence=without_name(one),
            next_step=one.next_step,
        )
        for one in found.values()
    ]
    return Places(on=on, lingering=lingering)


def reasons_on(
    row: ContactList, connection: Connection | None
) -> Callable[[Sequence[Contact]], Mapping[int, str]]:
    """Return what says, by contact, why mail does not reach them through this list."""

    def reasons(contacts: Sequence[Contact]) -> Mapping[int, str]:
        if not is_connected(connection) or not is_kept(row, connection):
            return {}
        return {
            one.contact_id: _with_a_way_on(one)
            for one in explain(connection=connection, contacts=contacts, list_id=row.pk)
            if one.contact_id is not None
        }

    return reasons


def _explanations(
    contact: Contact, connection: Connection | None
) -> Mapping[int, Explanation]:
    if not is_connected(connection):
        return {}
    return {
        one.list_id: one
        for one in explain(connection=connection, contacts=[contact])
        if one.list_id is not None
    }


def _audiences(connection: Connection | None) -> Mapping[int, int]:
    """Return the audiences that are kept true, by the lists that fill them."""
    if connection is None:
        return {}
    rows = Audience.objects.filter(connection=connection, state=AudienceState.ACTIVE)
    return dict(rows.values_list("list_id", "pk"))


def _place(
    row: PlaceOnList,
    found: Explanation | None,
    audiences: Mapping[int, int],
    connection: Connection | None,
    refused: Sequence[Refused],
) -> Place:
    silent = gettext(SWITCHED_OFF if is_connected(connection) else NOT_CONNECTED)
    return Place(
        list_id=row.list_id,
        name=row.list.name,
        automatic=row.list.automatic,
        active=row.status == Standing.ACTIVE,
        no_mass_email=row.no_mass_email,
        standing=standing_tags(
            row, on_list(refused, row.list_id), why=found is None or found.there
        ),
        there=found.there if found else False,
        sentence=without_name(found) if found else silent,
        next_step=found.next_step if found and not found.there else "",
        since=found.since if found and found.there else None,
        hold=found.hold if found else None,
        audience=audiences.get(row.list_id) if found else None,
    )


def _with_a_way_on(found: Explanation) -> SafeString:
    """Return the sentence and the next step; where a hold is meant, a link to it."""
    if found.hold is None:
        return format_html("{} {}", without_name(found), found.next_step)
    return format_html(
        '{} <a href="{}">{}</a>',
        without_name(found),
        reverse("hold", args=[found.hold]),
        found.next_step,
    )


def without_name(found: Explanation) -> str:
    """Return the sentence for where the name, or the address, stands beside it."""
    whose = found.contact or found.mailbox
    return capfirst(found.sentence.removeprefix(f"{whose} "))
