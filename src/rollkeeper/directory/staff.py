"""The people who work for an association, as those who look after them see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from attrs import frozen
from django.db.models import Count, Max

from rollkeeper.directory.models import Role, Staff


@frozen(kw_only=True)
class Person:
    staff_id: int
    name: str
    username: str
    address: str
    role: Role
    two_steps: bool
    sessions: int
    seen_at: datetime | None
    oneself: bool


def people(*, looking: Staff | None = None) -> Sequence[Person]:
    """Return the scoped association's staff by name; three queries, however many."""
    rows = list(Staff.objects.select_related("user").order_by("user__username"))
    users = [row.user_id for row in rows]
    protected = with_two_steps(users)
    sessions = _sessions(users)
    return [
        Person(
            staff_id=row.pk,
            name=row.user.get_full_name(),
            username=row.user.get_username(),
            address=row.user.email,
            role=Role(row.role),
            two_steps=row.user_id in protected,
            sessions=sessions.get(row.user_id, (0, None))[0],
            seen_at=sessions.get(row.user_id, (0, row.user.last_login))[1],
            oneself=row == looking,
        )
        for row in rows
    ]


def with_two_steps(users: Sequence[int]) -> set[int]:
    """Return those who need more than a password to sign in."""
    found = Authenticator.objects.filter(user_id__in=users).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return set(found.values_list("user_id", flat=True))


def end_sessions(user_id: int) -> None:
    """Sign somebody out wherever they are signed in."""
    for session in UserSession.objects.filter(user_id=user_id):
        session.end()


def _sessions(users: Sequence[int]) -> Mapping[int, tuple[int, datetime]]:
    found = UserSession.objects.filter(user_id__in=users).values("user_id")
    return {
        row["user_id"]: (row["sessions"], row["seen"])
        for row in found.annotate(sessions=Count("pk"), seen=Max("last_seen_at"))
    }
