"""From the staging tables into the directory: sets, not rows; only what differs."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from attrs import evolve, field, frozen
from django.db.backends.utils import CursorWrapper

from rollkeeper.core.values import AssociationId
from rollkeeper.directory.importing.readdressing import OTHERS, PRIMARY, readdress
from rollkeeper.directory.importing.staging import WRITTEN, name_of
from rollkeeper.directory.importing.tables import (
    CONTACTS,
    LIST_MEMBERSHIPS,
    LISTS,
    MEMBERS,
    Table,
)

FIELDS = "jsonb_strip_nulls(coalesce(old.fields, '{}') || new.fields)"
"""What was kept before and stands in no column now stays; a blank cell empties."""


@frozen(kw_only=True)
class Merge:
    """How the rows of a staging table become rows of the directory."""

    table: Table
    target: str
    key: Mapping[str, str]
    """Which columns find the row, and the SQL of their values."""
    values: Mapping[str, str]
    """Likewise, which columns are kept true to the file."""
    at_first: Mapping[str, str] = field(factory=dict)
    """Likewise, which columns only a new row takes from here."""
    joins: str = ""

    def statement(self) -> str:
        """Return SQL that inserts or updates what differs: ids, and which are new."""
        columns = {**self.key, **self.values, **self.at_first}
        updated = ", ".join(self.values)
        excluded = ", ".join(f"EXCLUDED.{name}" for name in self.values)
        found = " AND ".join(f"old.{name} = {sql}" for name, sql in self.key.items())
        return f"""
            INSERT INTO {self.target} AS kept (association_id, {", ".join(columns)})
            SELECT %(association)s, {", ".join(columns.values())}
            FROM {name_of(self.table)} AS new {self.joins}
            LEFT JOIN {self.target} AS old
                ON old.association_id = %(association)s AND {found}
            WHERE old.id IS NULL OR {self._row("old")}
                IS DISTINCT FROM ROW({", ".join(self.values.values())})
            ORDER BY {", ".join(self.key.values())}
            ON CONFLICT ({self._conflict()}) DO UPDATE
            SET ({updated}) = ROW({excluded})
            WHERE {self._row("kept")} IS DISTINCT FROM ROW({excluded})
            RETURNING id, xmax = 0 AS created
        """

    def without(self, absent: Collection[str]) -> Merge:
        """Return a merge that leaves these columns of rows that are there alone."""
        values = {
            name: f"CASE WHEN old.id IS NULL THEN {sql} ELSE old.{name} END"
            if name.removesuffix("_id") in absent or name in absent
            else sql
            for name, sql in self.values.items()
        }
        return evolve(self, values=values)

    def _row(self, of: str) -> str:
        return f"ROW({', '.join(f'{of}.{name}' for name in self.values)})"

    def _conflict(self) -> str:
        """External ids are unique in an association, places on a list by themselves."""
        scope = ("association_id",) if "external_id" in self.key else ()
        return ", ".join((*scope, *self.key))


MERGES = {
    MEMBERS.name: Merge(
        table=MEMBERS,
        target="directory_member",
        key={"external_id": "new.member_id"},
        values={
            "name": "new.name",
            "membership_type_id": "type.id",
            "status": "new.status",
            "fields": FIELDS,
        },
        joins="""
            LEFT JOIN directory_membershiptype AS type
                ON type.association_id = %(association)s
                AND type.name = new.membership_type
        """,
    ),
    CONTACTS.name: Merge(
        table=CONTACTS,
        target="directory_contact",
        key={"external_id": "new.contact_id"},
        values={
            "member_id": "member.id",
            "first_name": "new.first_name",
            "last_name": "new.last_name",
            "title": "new.title",
            "company": "new.company",
            "phone": "new.phone",
            "active": "new.active",
            "do_not_contact": "new.do_not_contact",
            "fields": FIELDS,
        },
        at_first={"speaks_for_member": "false"},
        joins="""
            LEFT JOIN directory_member AS member
                ON member.association_id = %(association)s
                AND member.external_id = new.member_id
        """,
    ),
    LISTS.name: Merge(
        table=LISTS,
        target="directory_contactlist",
        key={"external_id": "new.list_id"},
        values={
            "name": "new.name",
            "kind": "new.kind",
            "sync": "coalesce(new.sync, old.sync, %(switched_on)s)",
            "fields": FIELDS,
        },
    ),
    LIST_MEMBERSHIPS.name: Merge(
        table=LIST_MEMBERSHIPS,
        target="directory_listmembership",
        key={"list_id": "list.id", "contact_id": "contact.id"},
        values={"status": "new.status", "no_mass_email": "new.no_mass_email"},
        joins="""
            JOIN directory_contactlist AS list
                ON list.association_id = %(association)s
                AND list.external_id = new.list_id
            JOIN directory_contact AS contact
                ON contact.association_id = %(association)s
                AND contact.external_id = new.contact_id
        """,
    ),
}


def merge(
    cursor: CursorWrapper,
    table: Table,
    association_id: AssociationId,
    *,
    switched_on: bool = False,
    absent: Collection[str] = (),
) -> tuple[int, int]:
    """Bring the directory to what the staging table says; return created and changed.

    *switched_on* is for new lists of which the file does not say it. Columns that are
    *absent* stay as they are where a row is known. A contact counts as changed also
    when only its addresses are.
    """
    association = {"association": association_id, "switched_on": switched_on}
    statement = MERGES[table.name].without(absent).statement()
    if table is MEMBERS:
        cursor.execute(NEW_TYPES, association)
    written = f"WITH written AS ({statement})"
    target = MERGES[table.name].target
    if table is CONTACTS:
        note = f"{written} INSERT INTO {WRITTEN} SELECT * FROM written"
        cursor.execute(note, association)
        _refresh_statistics(cursor, target, cursor.rowcount)
        if PRIMARY not in absent:
            readdress(cursor, association_id, others=OTHERS not in absent)
        cursor.execute(f"{COUNT} FROM {WRITTEN}")
        created, changed = cursor.fetchone()
        _refresh_statistics(cursor, ADDRESSES, created + changed)
    else:
        cursor.execute(f"{written} {COUNT} FROM written", association)
        created, changed = cursor.fetchone()
        _refresh_statistics(cursor, target, created)
    return created, changed


ADDRESSES = "directory_emailaddress"


def _refresh_statistics(cursor: CursorWrapper, target: str, written: int) -> None:
    """Tell the planner of a table that may have grown by a fifth or more.

    It would look for each row that later rows refer to among all of the association,
    while it takes the table for small.
    """
    cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [target])
    (rows,) = cursor.fetchone()
    if written > max(rows, 0) / 5:
        cursor.execute(f"ANALYZE {target}")


NEW_TYPES = f"""
    INSERT INTO directory_membershiptype (association_id, name)
    SELECT DISTINCT %(association)s, membership_type FROM {name_of(MEMBERS)}
    WHERE membership_type <> '' AND membership_type NOT IN (
        SELECT name FROM directory_membershiptype
        WHERE association_id = %(association)s
    )
    ON CONFLICT DO NOTHING
"""

COUNT = """
    SELECT count(*) FILTER (WHERE created), count(*) FILTER (WHERE NOT created)
"""
