"""What can be done to a member."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen
from django.db import transaction
from django.utils.translation import gettext as _

from rollkeeper.audit.services import record
from rollkeeper.core.values import AssociationId, one_line
from rollkeeper.directory.models import Member, MembershipType, MemberStatus
from rollkeeper.directory.numbering import OURS, next_number
from rollkeeper.directory.services.refusal import Refused, refuse_too_long, required


@frozen(kw_only=True)
class MemberDetails:
    """What staff may write about a member."""

    name: str
    membership_type_id: int | None = None
    status: MemberStatus = MemberStatus.ACTIVE


@transaction.atomic
def save_member(
    *,
    association_id: AssociationId,
    member_id: int | None,
    details: MemberDetails,
    by: str,
) -> Member:
    """Keep *details*, for a new member when *member_id* is None.

    Whoever speaks for one that becomes a prospect or is dropped leaves the automatic
    lists; places on lists kept by hand stay.
    """
    row = _locked(member_id) if member_id else _new(association_id)
    wanted = _wanted(details)
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    if member_id and not changed:
        return row
    for name, value in wanted.items():
        setattr(row, name, value)
    refuse_too_long(row)
    row.save()
    record(
        association_id=row.association_id,
        by=by,
        action="member_changed" if member_id else "member_added",
        subject=f"member:{row.pk}",
        details={"fields": changed} if member_id else {},
    )
    return row


def _wanted(details: MemberDetails) -> Mapping[str, str | int | None]:
    """Return what the row's columns are to hold."""
    kind = details.membership_type_id
    if kind and not MembershipType.objects.filter(pk=kind).exists():
        raise Refused(
            _("There is no such membership type. Choose another."),
            field="membership_type",
        )
    return {
        "name": one_line(
            required(
                details.name,
                field="name",
                missing=_("Every member needs a name. Type one."),
            )
        ),
        "membership_type_id": kind,
        "status": MemberStatus(details.status).value,
    }


def _new(association_id: AssociationId) -> Member:
    number = next_number(Member)
    return Member(
        pk=number, association_id=association_id, external_id=f"{OURS}{number}"
    )


@transaction.atomic
def delete_member(*, member_id: int, by: str) -> None:
    """Delete the member; its contacts stay, as nobody's representatives."""
    row = _locked(member_id)
    record(
        association_id=row.association_id,
        by=by,
        action="member_deleted",
        subject=f"member:{row.pk}",
        details={"external_id": row.external_id},
    )
    row.delete()


def _locked(member_id: int) -> Member:
    """Return the row, ours until the transaction ends."""
    row: Member = Member.objects.select_for_update(no_key=True).get(pk=member_id)
    return row
