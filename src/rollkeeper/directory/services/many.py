"""What can be done to many contacts at once: one statement, one line in the record.

Each returns how many it changed. Contacts that are gone, or of somebody else, are left
out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from attrs import frozen
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from rollkeeper.audit.services import record
from rollkeeper.core.values import AssociationId, ContactId, ListId
from rollkeeper.directory.models import Contact, ListMembership, Member
from rollkeeper.directory.services.lists import kept_by_hand
from rollkeeper.directory.services.refusal import Refused

AT_A_TIME = 5_000


@frozen(kw_only=True)
class Place:
    """Where a contact stood on a list, to be put back there."""

    contact_id: int
    status: str
    no_mass_email: bool


@transaction.atomic
def put_many_on_list(
    *, contact_ids: Collection[ContactId], list_id: ListId, by: str
) -> int:
    """Put the contacts on the list. Those on it already stand as before."""
    there = ListMembership.objects.filter(list_id=list_id, contact_id__in=contact_ids)
    on_it = set(there.values_list("contact_id", flat=True))
    ids = [pk for pk in _known(contact_ids) if pk not in on_it]
    places = [Place(contact_id=pk, status="active", no_mass_email=False) for pk in ids]
    return _put(places, list_id=list_id, action="many_put_on_list", by=by)


@transaction.atomic
def take_many_off_list(
    *, contact_ids: Collection[ContactId], list_id: ListId, by: str
) -> Sequence[Place]:
    """Take the contacts off the list, and return where they stood."""
    row = kept_by_hand(list_id)
    on_it = ListMembership.objects.filter(list=row, contact_id__in=contact_ids)
    locked = on_it.select_for_update().order_by("contact_id")
    places = [
        Place(contact_id=pk, status=status, no_mass_email=flag)
        for pk, status, flag in locked.values_list(
            "contact_id", "status", "no_mass_email"
        )
    ]
    if places:
        on_it.delete()
        _record(
            row.association_id,
            "many_taken_off_list",
            by,
            [one.contact_id for one in places],
            subject=f"list:{list_id}",
        )
    return places


@transaction.atomic
def put_back_on_list(*, places: Collection[Place], list_id: ListId, by: str) -> int:
    """Put contacts back where they stood; those on the list again stand as they do."""
    ids = {one.contact_id for one in places}
    there = ListMembership.objects.filter(list_id=list_id, contact_id__in=ids)
    left = set(_known(ids)) - set(there.values_list("contact_id", flat=True))
    back = [one for one in places if one.contact_id in left]
    return _put(back, list_id=list_id, action="put_back_on_list", by=by)


@transaction.atomic
def set_do_not_contact_of_many(
    *,
    association_id: AssociationId,
    contact_ids: Collection[ContactId],
    value: bool,
    by: str,
) -> int:
    """Stop, or allow again, all mail to the contacts' mailboxes."""
    action = "many_do_not_contact_set" if value else "many_do_not_contact_cleared"
    return _flagged(association_id, contact_ids, action, by, do_not_contact=value)


@transaction.atomic
def set_active_of_many(
    *,
    association_id: AssociationId,
    contact_ids: Collection[ContactId],
    value: bool,
    by: str,
) -> int:
    """Say of the contacts that they are active, or no longer."""
    action = "many_set_active" if value else "many_set_inactive"
    return _flagged(association_id, contact_ids, action, by, active=value)


@transaction.atomic
def set_member_of_many(
    *,
    association_id: AssociationId,
    contact_ids: Collection[ContactId],
    member_id: int | None,
    by: str,
) -> int:
    """Say of the contacts that they are of the member, or of none.

    Whoever changes does not speak for a member any more. A member that is not ours is
    refused.
    """
    if member_id and not Member.objects.filter(pk=member_id).exists():
        raise Refused(_("There is no such member. Choose another."), field="member_id")
    so_already = Q(member=member_id) if member_id else Q(member=None)
    rows = Contact.objects.filter(pk__in=contact_ids).exclude(so_already)
    locked = rows.select_for_update(no_key=True).order_by("pk")
    changed = list(locked.values_list("pk", flat=True))
    if changed:
        Contact.objects.filter(pk__in=changed).update(
            member_id=member_id, speaks_for_member=False
        )
        _record(
            association_id,
            "many_member_set",
            by,
            changed,
            subject=f"member:{member_id}" if member_id else "",
        )
    return len(changed)


def _flagged(
    association_id: AssociationId,
    contact_ids: Collection[int],
    action: str,
    by: str,
    **flag: bool,
) -> int:
    rows = Contact.objects.filter(pk__in=contact_ids).exclude(**flag)
    ids = list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    changed = [pk for (pk,) in ids]
    if changed:
        Contact.objects.filter(pk__in=changed).update(**flag)
        _record(association_id, action, by, changed)
    return len(changed)


def _put(places: Sequence[Place], *, list_id: ListId, action: str, by: str) -> int:
    row = kept_by_hand(list_id)
    ListMembership.objects.bulk_create(
        [
            ListMembership(
                association_id=row.association_id,
                list=row,
                contact_id=one.contact_id,
                status=one.status,
                no_mass_email=one.no_mass_email,
            )
            for one in places
        ],
        batch_size=AT_A_TIME,
        ignore_conflicts=True,
    )
    if places:
        ids = [one.contact_id for one in places]
        _record(row.association_id, action, by, ids, subject=f"list:{list_id}")
    return len(places)


def _known(contact_ids: Collection[int]) -> Sequence[int]:
    """Return those who are on the roll, kept there until the transaction ends."""
    rows = Contact.objects.filter(pk__in=contact_ids).order_by("pk")
    locked = rows.select_for_update(no_key=True).values_list("pk", flat=True)
    return list(locked)


def _record(
    association_id: int, action: str, by: str, ids: Sequence[int], subject: str = ""
) -> None:
    record(
        association_id=association_id,
        by=by,
        action=action,
        subject=subject,
        details={"number": len(ids), "contacts": list(ids)},
    )
