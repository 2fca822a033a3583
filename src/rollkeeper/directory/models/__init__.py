"""Tables and constraints of the directory.

A row that belongs to another row belongs to the same association: such foreign keys
are on (association, id) and stand in the migrations, hence `db_constraint=False`.
`triggers.py` says what leaves marks, `marks.py` how they are taken up.
"""

from __future__ import annotations

from rollkeeper.directory.models.associations import Association, Role, Staff
from rollkeeper.directory.models.contacts import Contact, EmailAddress
from rollkeeper.directory.models.imports import FOR_A_WORKER, Import, ImportState
from rollkeeper.directory.models.invitations import Invitation
from rollkeeper.directory.models.lists import (
    AUTOMATIC,
    ContactList,
    ListKind,
    ListMembership,
    PlaceOnList,
    Standing,
)
from rollkeeper.directory.models.marks import Follower, Mark
from rollkeeper.directory.models.members import Member, MembershipType, MemberStatus

__all__ = [
    "AUTOMATIC",
    "FOR_A_WORKER",
    "Association",
    "Contact",
    "ContactList",
    "EmailAddress",
    "Follower",
    "Import",
    "ImportState",
    "Invitation",
    "ListKind",
    "ListMembership",
    "Mark",
    "Member",
    "MemberStatus",
    "MembershipType",
    "PlaceOnList",
    "Role",
    "Staff",
    "Standing",
]
