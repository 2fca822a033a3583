"""What can be done to a list, and to a contact's place on it."""

from __future__ import annotations

from collections.abc import Collection

from attrs import frozen
from django.db import transaction
from django.utils.translation import gettext as _

from rollkeeper.audit.services import record
from rollkeeper.core.values import AssociationId, ContactId, ListId, one_line
from rollkeeper.directory.models import (
    AUTOMATIC,
    Contact,
    ContactList,
    ListKind,
    ListMembership,
    Standing,
)
from rollkeeper.directory.numbering import OURS, next_number
from rollkeeper.directory.services.refusal import Refused, refuse_too_long, required


@frozen(kw_only=True)
class ListDetails:
    """What staff may write about a list."""

    name: str
    kind: ListKind = ListKind.LIST
    sync: bool = False


@transaction.atomic
def save_list(
    *,
    association_id: AssociationId,
    list_id: ListId | None,
    details: ListDetails,
    by: str,
) -> ContactList:
    """Keep *details*, for a new list when *list_id* is None."""
    row = _locked(list_id) if list_id else _new(association_id)
    _refuse_writing(row, ListKind(details.kind))
    wanted = {
        "name": one_line(
            required(
                details.name,
                field="name",
                missing=_("Every list needs a name. Type one."),
            )
        ),
        "kind": ListKind(details.kind).value,
        "sync": details.sync,
    }
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    if list_id and not changed:
        return row
    for name, value in wanted.items():
        setattr(row, name, value)
    refuse_too_long(row)
    row.save()
    _record(row, "list_changed" if list_id else "list_added", by, fields=changed)
    return row


def _new(association_id: AssociationId) -> ContactList:
    number = next_number(ContactList)
    return ContactList(
        pk=number, association_id=association_id, external_id=f"{OURS}{number}"
    )


@transaction.atomic
def set_list_sync(
    *, list_ids_on: Collection[ListId], list_ids_off: Collection[ListId], by: str
) -> None:
    """Switch several lists on and off in one save; others stay as they are."""
    if both := set(list_ids_on) & set(list_ids_off):
        raise ValueError(f"lists to be switched both on and off: {sorted(both)}")
    ids = {*list_ids_on, *list_ids_off}
    for row in _ordered_and_locked(ids):
        wanted = row.pk in set(list_ids_on)
        if row.sync != wanted:
            row.sync = wanted
            row.save(update_fields=["sync"])
            _record(row, "sync_switched_on" if wanted else "sync_switched_off", by)


@transaction.atomic
def delete_list(*, list_id: ListId, by: str) -> None:
    """Delete the list; its contacts stay in the directory."""
    row = _locked(list_id)
    if row.automatic:
        raise Refused(
            _(
                "%(list)s cannot be deleted: it goes with its membership type, or with"
                " the association. Switch it off to have nothing sent."
            )
            % {"list": row},
            field="list",
        )
    _record(row, "list_deleted", by, name=row.name)
    row.delete()


@transaction.atomic
def put_on_list(*, contact_id: ContactId, list_id: ListId, by: str) -> None:
    """Put the contact on the list. One who is on it already stands as before."""
    row = kept_by_hand(list_id)
    contact = Contact.objects.get(pk=contact_id)
    _, new = ListMembership.objects.get_or_create(
        association_id=row.association_id, list=row, contact=contact
    )
    if new:
        _record(row, "put_on_list", by, contact=contact_id)


@transaction.atomic
def take_off_list(*, contact_id: ContactId, list_id: ListId, by: str) -> None:
    """Take the contact off the list."""
    row = kept_by_hand(list_id)
    gone, _ = ListMembership.objects.filter(list=row, contact_id=contact_id).delete()
    if gone:
        _record(row, "taken_off_list", by, contact=contact_id)


@transaction.atomic
def set_standing(
    *,
    contact_id: ContactId,
    list_id: ListId,
    status: Standing,
    no_mass_email: bool,
    by: str,
) -> None:
    """Say how a contact who is on the list stands there."""
    kept_by_hand(list_id)
    row: ListMembership = ListMembership.objects.select_for_update().get(
        contact_id=contact_id, list_id=list_id
    )
    wanted = (Standing(status).value, no_mass_email)
    if (row.status, row.no_mass_email) == wanted:
        return
    row.status, row.no_mass_email = wanted
    row.save(update_fields=["status", "no_mass_email"])
    record(
        association_id=row.association_id,
        by=by,
        action="standing_changed",
        subject=f"list:{list_id}",
        details={
            "contact": contact_id,
            "status": row.status,
            "no_mass_email": no_mass_email,
        },
    )


def kept_by_hand(list_id: ListId) -> ContactList:
    """Return the list, or refuse when nobody is put on it by hand."""
    row: ContactList = ContactList.objects.get(pk=list_id)
    if row.automatic:
        raise Refused(
            _(
                "Who is on %(list)s follows from the contact and its member. Change"
                " the member's status or type, or set the contact to inactive."
            )
            % {"list": row},
            field="list",
        )
    return row


def _refuse_writing(row: ContactList, kind: ListKind) -> None:
    if row.automatic:
        raise Refused(
            _(
                "%(list)s cannot be changed: the list follows from members and their"
                " types. Switch it on or off."
            )
            % {"list": row},
            field="name",
        )
    if kind in AUTOMATIC:
        raise Refused(
            _("Lists of the kind '%(label)s' come by themselves. Choose another kind.")
            % {"label": kind.label},
            field="kind",
        )


def _locked(list_id: ListId) -> ContactList:
    """Return the row, ours until the transaction ends."""
    row: ContactList = ContactList.objects.select_for_update(no_key=True).get(
        pk=list_id
    )
    return row


def _ordered_and_locked(ids: Collection[ListId]) -> list[ContactList]:
    rows = ContactList.objects.select_for_update(no_key=True).filter(pk__in=ids)
    return list(rows.order_by("pk"))


def _record(row: ContactList, action: str, by: str, **details: object) -> None:
    record(
        association_id=row.association_id,
        by=by,
        action=action,
        subject=f"list:{row.pk}",
        details=details,
    )
