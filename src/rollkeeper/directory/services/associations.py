"""Associations, and who follows what happens in them."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django_scopes import scopes_disabled

from rollkeeper.audit.services import record
from rollkeeper.core.values import AssociationId
from rollkeeper.directory.models import Association, Follower, Role, Staff
from rollkeeper.directory.services.refusal import (
    Refused,
    refuse_too_long,
    required,
    taken_once,
)


@transaction.atomic
def create_association(
    *, name: str, slug: str, time_zone: str = "America/Chicago", by: str
) -> Association:
    """Make an association with an empty directory."""
    row = Association(
        name=required(
            name,
            field="name",
            missing=_("Every association needs a name. Type one."),
        ),
        slug=_checked_slug(slug),
        time_zone=_checked_time_zone(time_zone),
    )
    refuse_too_long(row)
    with taken_once(
        constraint="slug",
        message=_(
            "There is an association called %(slug)s already. Choose another slug."
        )
        % {"slug": slug},
        field="slug",
    ):
        row.save(force_insert=True)
    record(association_id=row.pk, by=by, action="association_created")
    return row


def _checked_slug(slug: str) -> str:
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise Refused(
            _("%(slug)s cannot be a slug. Use letters, digits and hyphens.")
            % {"slug": f"{slug!r}"},
            field="slug",
        ) from error
    return slug


def _checked_time_zone(name: str) -> str:
    if name not in available_timezones():
        raise Refused(
            _("%(name)s is no time zone. Write one like America/Chicago.")
            % {"name": f"{name!r}"},
            field="time_zone",
        )
    return name


@transaction.atomic
def add_staff(
    *, association_id: AssociationId, user_id: int, role: Role, by: str
) -> None:
    """Let a user work for the association in this role."""
    before = Staff.objects.filter(association_id=association_id, user_id=user_id)
    if before.filter(role=role).exists():
        return
    Staff.objects.update_or_create(
        association_id=association_id, user_id=user_id, defaults={"role": role}
    )
    record(
        association_id=association_id,
        by=by,
        action="staff_added",
        subject=f"user:{user_id}",
        details={"role": str(role)},
    )


@transaction.atomic
def choose_language(
    *, association_id: AssociationId, user_id: int, language: str, by: str
) -> None:
    """Show pages and write mails to somebody on the staff in that language."""
    row = Staff.objects.filter(association_id=association_id, user_id=user_id)
    if row.exclude(language=language).update(language=language):
        record(
            association_id=association_id,
            by=by,
            action="language_chosen",
            subject=f"user:{user_id}",
            details={"language": language},
        )


@transaction.atomic
def follow(*, association_id: AssociationId, name: str) -> Follower:
    """Have every later change leave a mark for *name*; twice equals once.

    Waits for writes under way, which did not see the follower: whoever begins to follow
    must compare everything once, after this has been committed.
    """
    with scopes_disabled():
        known = Follower.objects.filter(association_id=association_id, name=name)
        if follower := known.first():
            return follower
        _wait_for_writers(association_id)
        follower, _ = Follower.objects.get_or_create(
            association_id=association_id, name=name
        )
        return follower


def _wait_for_writers(association_id: AssociationId) -> None:
    """Pass when every write that was announced is over; later ones wait for us."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock("
            "hashtextextended('rollkeeper.directory', %s))",
            [association_id],
        )


@transaction.atomic
def unfollow(*, association_id: AssociationId, name: str) -> None:
    """Leave no more marks for *name*, and drop those that wait."""
    with scopes_disabled():
        Follower.objects.filter(association_id=association_id, name=name).delete()
