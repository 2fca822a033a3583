"""Who works for an association, in which role, and letting people in."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django_scopes import scopes_disabled

from rollkeeper.audit.services import record
from rollkeeper.core.values import AssociationId
from rollkeeper.directory.models import Association, Invitation, Role, Staff
from rollkeeper.directory.services.refusal import Refused


@transaction.atomic
def change_role(*, staff_id: int, role: Role, by: str) -> None:
    """Give somebody another role. The last administrator keeps theirs."""
    administrators = _administrators()
    row = Staff.objects.select_for_update().get(pk=staff_id)
    if row.role == role:
        return
    if administrators == {row.pk}:
        raise _last(_("Make somebody else an administrator first."))
    before, row.role = row.role, role
    row.save(update_fields=["role"])
    details = {"before": before, "after": str(role)}
    _record(row, "role_changed", by=by, details=details)


@transaction.atomic
def remove_staff(*, staff_id: int, by: str) -> None:
    """Let somebody no longer work for the association; their account stays."""
    administrators = _administrators()
    row = Staff.objects.select_for_update().get(pk=staff_id)
    if administrators == {row.pk}:
        raise _last(_("Make somebody else an administrator first."))
    _record(row, "staff_removed", by=by, details={"role": row.role})
    row.delete()


def _administrators() -> set[int]:
    """Lock those who are, so that of two who go at once one stays."""
    rows = Staff.objects.select_for_update(of=("self",)).order_by("pk")
    found = rows.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    return set(found.values_list("pk", flat=True))


def _last(what_to_do: str) -> Refused:
    return Refused(
        _("This is the only administrator. %(what_to_do)s")
        % {"what_to_do": what_to_do},
        field="role",
    )


@transaction.atomic
def invite(
    *, association_id: AssociationId, address: str, role: Role, by: str
) -> Invitation:
    """Let whoever reads mail at the address join. An earlier invitation is over."""
    address = address.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(
            _("Write an e-mail address, such as pat@chamber.example."), field="address"
        ) from None
    if Staff.objects.filter(user__email__iexact=address).exists():
        raise Refused(
            _("Somebody with this address is on the staff already."), field="address"
        )
    Invitation.objects.filter(address=address, accepted_at=None).delete()
    row = Invitation.objects.create(
        association_id=association_id, address=address, role=role, by=by
    )
    row.refresh_from_db()
    record(
        association_id=association_id,
        by=by,
        action="staff_invited",
        subject=f"invitation:{row.pk}",
        details={"role": str(role)},
    )
    return row


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, by: str) -> None:
    """Have the link lead nowhere."""
    row = Invitation.objects.select_for_update().get(pk=invitation_id)
    record(
        association_id=row.association_id,
        by=by,
        action="invitation_withdrawn",
        subject=f"invitation:{row.pk}",
    )
    row.delete()


@transaction.atomic
def accept_invitation(*, invitation_id: int, user_id: int, by: str) -> bool:
    """Let the user work for who invited them; false when the invitation is over.

    Somebody who is on the staff already keeps their role. No scope has to be open.
    """
    with scopes_disabled():
        row = (
            Invitation.objects.select_for_update()
            .filter(pk=invitation_id, accepted_at=None)
            .first()
        )
        if row is None:
            return False
        Staff.objects.get_or_create(
            association_id=row.association_id,
            user_id=user_id,
            defaults={"role": row.role},
        )
        row.accepted_at = Now()
        row.save(update_fields=["accepted_at"])
    record(
        association_id=row.association_id,
        by=by,
        action="invitation_accepted",
        subject=f"invitation:{row.pk}",
        details={"user": user_id, "role": row.role},
    )
    return True


@transaction.atomic
def require_two_steps(*, association_id: AssociationId, value: bool, by: str) -> None:
    """Say whether administrators must have two-step sign-in."""
    rows = Association.objects.filter(pk=association_id)
    if rows.exclude(two_steps=value).update(two_steps=value):
        record(
            association_id=association_id,
            by=by,
            action="two_steps_required" if value else "two_steps_not_required",
        )


def _record(row: Staff, action: str, *, by: str, details: dict[str, str]) -> None:
    record(
        association_id=row.association_id,
        by=by,
        action=action,
        subject=f"user:{row.user_id}",
        details=details,
    )
