"""Lists that nobody is put on: who belongs follows from the contact and its member."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class AutomaticKind(StrEnum):
    REPRESENTATIVES = "representatives"
    """All active representatives of members that count."""
    MEMBERSHIP_TYPE = "membership_type"
    """Those of them whose member has the list's type."""


COUNTED_STATUSES: Final = ("active", "courtesy")
"""What a member is while its representatives belong to automatic lists."""

IDS: Final = "rollkeeper-automatic-"
"""How the ids of automatic lists begin. No file may name one."""


class Outside(StrEnum):
    """Why a contact is not on an automatic list: the first that holds."""

    NO_MEMBER = "no_member"
    ANOTHER_TYPE = "another_type"
    INACTIVE = "inactive"
    MEMBER_DROPPED = "member_dropped"
    MEMBER_PROSPECT = "member_prospect"


def outside(
    *,
    active: bool,
    member_status: str | None,
    member_type: int | None,
    of_type: int | None,
) -> Outside | None:
    """Return why a contact does not belong to an automatic list, None when it does.

    *member_status* is None for a contact of no member, *of_type* for the list of all
    representatives. The view `directory_standing` says the same in SQL.
    """
    if member_status is None:
        return Outside.NO_MEMBER
    if of_type is not None and member_type != of_type:
        return Outside.ANOTHER_TYPE
    if not active:
        return Outside.INACTIVE
    if member_status not in COUNTED_STATUSES:
        dropped = member_status == "dropped"
        return Outside.MEMBER_DROPPED if dropped else Outside.MEMBER_PROSPECT
    return None
