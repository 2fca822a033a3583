"""Those whom complete files lack: who they are, who decides, and how they leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from attrs import field, frozen
from django.db import connection, transaction

from rollkeeper.audit.services import record
from rollkeeper.core.values import AssociationId, ContactId, ListId, Mailbox
from rollkeeper.directory.importing.turns import one_import_at_a_time


@frozen(kw_only=True)
class Departing:
    """A contact who is missing, altogether or from one list."""

    contact_id: ContactId
    list_id: ListId | None = None
    """None when the contact leaves the directory."""
    mailbox: Mailbox | None = None
    """Its primary one, if it has any."""


@frozen(kw_only=True)
class Part:
    """One complete file beside what was known before of that which it holds."""

    table: str
    file: str
    rows: int
    before: int
    missing: int


@frozen(kw_only=True)
class Missing:
    """Everybody who would leave."""

    parts: tuple[Part, ...]
    """Contacts, then memberships, as far as there were files of them."""
    departing: tuple[Departing, ...] = field(repr=False)
    nameless: int
    """In how many rows it could not be read whom they are about."""

    def count(self, table: str) -> int | None:
        """Return how many rows of the table are missing, None without a file."""
        found = (part.missing for part in self.parts if part.table == table)
        return next(found, None)


class Departures(Protocol):
    """Who decides about those whom files lack."""

    @property
    def complete(self) -> bool:
        """Do the files hold everything there is?"""
        ...

    def may_leave(self, missing: Missing) -> bool:
        """Say whether they leave at once. Asked once, when the files are complete."""
        ...

    def are_here(self, named: Callable[[], Sequence[Departing]]) -> None:
        """Hear whom files name that do not hold everything; asking costs a query."""
        ...


_DEPART = (
    """
    DELETE FROM directory_listmembership
     WHERE association_id = %(association)s AND contact_id = ANY(%(contacts)s)
    """,
    """
    DELETE FROM directory_emailaddress
     WHERE association_id = %(association)s AND contact_id = ANY(%(contacts)s)
    """,
    """
    DELETE FROM directory_contact
     WHERE association_id = %(association)s AND id = ANY(%(contacts)s)
    """,
    """
    DELETE FROM directory_listmembership AS place
     USING unnest(%(who)s::bigint[], %(where)s::bigint[]) AS gone (contact_id, list_id)
     WHERE place.association_id = %(association)s
       AND place.contact_id = gone.contact_id AND place.list_id = gone.list_id
    """,
)


@transaction.atomic
def depart(
    *,
    association_id: AssociationId,
    departing: Sequence[Departing],
    by: str,
    details: Mapping[str, Any],
) -> None:
    """Take these contacts out of the directory, or off one list each.

    What they refused stays on record. Those who have gone already are no error.
    """
    contacts = [one.contact_id for one in departing if one.list_id is None]
    places = [one for one in departing if one.list_id is not None]
    values: Mapping[str, Any] = {
        "association": association_id,
        "contacts": contacts,
        "who": [one.contact_id for one in places],
        "where": [one.list_id for one in places],
    }
    with connection.cursor() as cursor:
        one_import_at_a_time(cursor, association_id)
        for statement in _DEPART:
            cursor.execute(statement, values)
    record(
        association_id=association_id,
        by=by,
        action="contacts_departed",
        details={"contacts": contacts, "memberships": len(places), **details},
    )
