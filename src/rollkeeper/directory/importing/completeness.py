"""What files that hold everything do not hold.

A row that was left out as bad is there nevertheless. Contacts and lists that were made
on the pages never stood in a file, and stay. Members and lists are told of, no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen
from django.db.backends.utils import CursorWrapper

from rollkeeper.core.values import AssociationId
from rollkeeper.directory.importing.departing import Departing, Missing, Part
from rollkeeper.directory.importing.rows import Reading
from rollkeeper.directory.importing.staging import name_of
from rollkeeper.directory.importing.tables import (
    CONTACTS,
    LIST_MEMBERSHIPS,
    LISTS,
    MEMBERS,
    TABLES,
    Table,
)
from rollkeeper.directory.numbering import OURS


def _named(table: Table) -> str:
    return f"import_named_{table.name}"


_GONE_CONTACTS = f"""
    SELECT contact.id, NULL::bigint, address.mailbox
      FROM directory_contact AS contact
      LEFT JOIN directory_emailaddress AS address
        ON address.contact_id = contact.id AND address.primary
     WHERE contact.association_id = %(association)s
       AND NOT starts_with(contact.external_id, %(ours)s)
       AND NOT EXISTS (SELECT FROM {_named(CONTACTS)} AS named
                        WHERE named.contact_id = contact.external_id)
     ORDER BY contact.id
"""

_CONTACTS_HERE = """
    SELECT count(*) FROM directory_contact
     WHERE association_id = %(association)s
       AND NOT starts_with(external_id, %(ours)s)
"""

_PLACES = f"""
      FROM directory_listmembership AS place
      JOIN directory_contactlist AS list ON list.id = place.list_id
      JOIN directory_contact AS contact ON contact.id = place.contact_id
      LEFT JOIN directory_emailaddress AS address
        ON address.contact_id = contact.id AND address.primary
     WHERE place.association_id = %(association)s
       AND NOT starts_with(contact.external_id, %(ours)s)
       AND NOT place.contact_id = ANY(%(departing)s)
       AND (%(of_all_lists)s
            OR list.external_id IN (SELECT list_id FROM {_named(LISTS)})
            OR list.external_id IN (SELECT list_id FROM {_named(LIST_MEMBERSHIPS)}))
"""

_GONE_PLACES = f"""
    SELECT place.contact_id, place.list_id, address.mailbox {_PLACES}
       AND NOT EXISTS (
           SELECT FROM {_named(LIST_MEMBERSHIPS)} AS named
            WHERE named.list_id = list.external_id
              AND named.contact_id = contact.external_id)
     ORDER BY place.id
"""

_ABSENT = """
    SELECT known.external_id FROM {target} AS known
     WHERE known.association_id = %(association)s
       AND NOT starts_with(known.external_id, %(ours)s)
       AND NOT EXISTS (
           SELECT FROM {named} AS named WHERE named.{key} = known.external_id)
     ORDER BY known.external_id
"""

_STAGED = f"""
    SELECT contact.id, NULL::bigint
      FROM {name_of(CONTACTS)} AS staged
      JOIN directory_contact AS contact
        ON contact.association_id = %(association)s
       AND contact.external_id = staged.contact_id
     UNION ALL
    SELECT contact.id, list.id
      FROM {name_of(LIST_MEMBERSHIPS)} AS staged
      JOIN directory_contact AS contact
        ON contact.association_id = %(association)s
       AND contact.external_id = staged.contact_id
      JOIN directory_contactlist AS list
        ON list.association_id = %(association)s
       AND list.external_id = staged.list_id
"""


def begin(cursor: CursorWrapper) -> None:
    """Prepare to note whom files name."""
    for table in TABLES:
        columns = ", ".join(f"{name} text" for name in table.key)
        cursor.execute(f"CREATE TEMP TABLE {_named(table)} ({columns}) ON COMMIT DROP")


def note_named(cursor: CursorWrapper, reading: Reading) -> None:
    """Remember whom the file names, before bad rows are taken out."""
    table = reading.source.table
    key = ", ".join(table.key)
    cursor.execute(
        f"INSERT INTO {_named(table)} SELECT DISTINCT {key} FROM {name_of(table)}"
    )
    with cursor.copy(f"COPY {_named(table)} ({key}) FROM STDIN") as copy:
        for values in reading.bad_keys:
            copy.write_row(values)
    cursor.execute(f"ANALYZE {_named(table)}")


def end(cursor: CursorWrapper) -> None:
    cursor.execute(f"DROP TABLE {', '.join(_named(table) for table in TABLES)}")


def staged(cursor: CursorWrapper, association_id: AssociationId) -> list[Departing]:
    """Return whom the files name, complete or not, as if they were to leave."""
    cursor.execute(_STAGED, {"association": association_id})
    return [
        Departing(contact_id=contact_id, list_id=list_id)
        for contact_id, list_id in cursor.fetchall()
    ]


@frozen(kw_only=True)
class Search:
    """Looks for what is missing, after everything that is there was merged."""

    cursor: CursorWrapper
    association_id: AssociationId
    readings: Mapping[str, Reading]
    """By the name of the table."""
    created: Mapping[str, int]
    """Likewise, how many rows of the directory this import made."""

    def missing(self) -> Missing:
        parts: list[Part] = []
        departing: list[Departing] = []
        for table, gone, here in (
            (CONTACTS, _GONE_CONTACTS, _CONTACTS_HERE),
            (LIST_MEMBERSHIPS, _GONE_PLACES, f"SELECT count(*) {_PLACES}"),
        ):
            if table.name in self.readings:
                values = self._values(departing)
                found = self._departing(gone, values)
                parts.append(self._part(table, self._count(here, values), len(found)))
                departing += found
        return Missing(
            parts=tuple(parts), departing=tuple(departing), nameless=self._nameless()
        )

    def absent(self, table: Table) -> Sequence[str] | None:
        """Return the ids of the members or lists that their file lacks, if there was
        one."""
        target = {
            MEMBERS.name: "directory_member",
            LISTS.name: "directory_contactlist",
        }[table.name]
        if table.name not in self.readings:
            return None
        (key,) = table.key
        self.cursor.execute(
            _ABSENT.format(target=target, named=_named(table), key=key),
            self._values(()),
        )
        return [external_id for (external_id,) in self.cursor.fetchall()]

    def _part(self, table: Table, here: int, missing: int) -> Part:
        reading = self.readings[table.name]
        return Part(
            table=table.name,
            file=reading.source.file,
            rows=reading.read,
            before=here - self.created[table.name],
            missing=missing,
        )

    def _departing(self, statement: str, values: Mapping[str, Any]) -> list[Departing]:
        self.cursor.execute(statement, values)
        return [
            Departing(contact_id=contact_id, list_id=list_id, mailbox=mailbox)
            for contact_id, list_id, mailbox in self.cursor.fetchall()
        ]

    def _count(self, statement: str, values: Mapping[str, Any]) -> int:
        self.cursor.execute(statement, values)
        (count,) = self.cursor.fetchone()
        return int(count)

    def _values(self, gone: Sequence[Departing]) -> Mapping[str, Any]:
        """A file without a single row names no list: then it is about all of them."""
        places = self.readings.get(LIST_MEMBERSHIPS.name)
        return {
            "association": self.association_id,
            "ours": OURS,
            "departing": [one.contact_id for one in gone],
            "of_all_lists": places is not None and not places.read,
        }

    def _nameless(self) -> int:
        return sum(
            reading.nameless
            for name, reading in self.readings.items()
            if name in (CONTACTS.name, LIST_MEMBERSHIPS.name)
        )
