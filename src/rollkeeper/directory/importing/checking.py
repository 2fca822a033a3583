"""What only all rows together can tell: repeated ids, and ids that nobody has.

Such rows are taken out of the staging tables and reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_noop as _

from rollkeeper.core.automatic import IDS
from rollkeeper.core.values import AssociationId
from rollkeeper.directory.importing.problems import Problem, Sentence
from rollkeeper.directory.importing.staging import name_of
from rollkeeper.directory.importing.tables import (
    CONTACTS,
    LIST_MEMBERSHIPS,
    LISTS,
    MEMBERS,
    Table,
)


@frozen
class Reference:
    """A column whose value must be the id of a row of the directory."""

    column: str
    target: str
    unknown: str
    remedy: str


_NO_MEMBER = (
    _("There is no member with the id '%(id)s'."),
    _("Correct it, or import the member first or together."),
)
_NO_LIST = (
    _("There is no list with the id '%(id)s'."),
    _("Correct it, or import the list first or together."),
)
_NO_CONTACT = (
    _("There is no contact with the id '%(id)s'."),
    _("Correct it, or import the contact first or together."),
)


REFERENCES = {
    MEMBERS.name: (),
    CONTACTS.name: (Reference("member_id", "directory_member", *_NO_MEMBER),),
    LISTS.name: (),
    LIST_MEMBERSHIPS.name: (
        Reference("list_id", "directory_contactlist", *_NO_LIST),
        Reference("contact_id", "directory_contact", *_NO_CONTACT),
    ),
}


def take_out_bad_rows(
    cursor: CursorWrapper, table: Table, file: str, association_id: AssociationId
) -> Iterator[Problem]:
    """Yield what is wrong with each row that was taken out.

    The tables that this one refers to have been merged before.
    """
    yield from _repeated(cursor, table, file)
    if table in (LISTS, LIST_MEMBERSHIPS):
        yield from _automatic(cursor, table, file)
    for reference in REFERENCES[table.name]:
        yield from _unknown(cursor, table, file, reference, association_id)


def _repeated(cursor: CursorWrapper, table: Table, file: str) -> Iterator[Problem]:
    """Keep the first of the rows that have the same key."""
    key = table.key
    columns = ", ".join(key)
    cursor.execute(
        f"""
        DELETE FROM {name_of(table)} AS staged USING (
            SELECT {columns}, min(line) AS first FROM {name_of(table)}
            GROUP BY {columns} HAVING count(*) > 1
        ) AS repeated
        WHERE {_same(key, "staged", "repeated")} AND staged.line > repeated.first
        RETURNING staged.line, repeated.first, {_list(key, "staged")}
        """
    )
    for line, first, *values in cursor.fetchall():
        yield Problem(
            file=file,
            line=line,
            column=key[-1],
            reason=_stood_before(values, first),
            remedy=_("Keep one of the two; the first was imported."),
        )


def _stood_before(values: Sequence[str], first: int) -> Sentence:
    if len(values) == 1:
        return Sentence(
            _("%(id)s stood in line %(line)s already."),
            {"id": values[0], "line": str(first)},
        )
    return Sentence(
        _("%(list)s and %(contact)s stood in line %(line)s already."),
        {"list": values[0], "contact": values[1], "line": str(first)},
    )


def _automatic(cursor: CursorWrapper, table: Table, file: str) -> Iterator[Problem]:
    cursor.execute(
        f"DELETE FROM {name_of(table)} WHERE starts_with(list_id, %s)"
        " RETURNING line, list_id",
        [IDS],
    )
    for line, value in cursor.fetchall():
        yield Problem(
            file=file,
            line=line,
            column="list_id",
            reason=Sentence(
                _("'%(id)s' is an automatic list: no file says who is on it."),
                {"id": value},
            ),
            remedy=_(
                "Leave the row out. Members and contacts decide who is on the list."
            ),
        )


def _unknown(
    cursor: CursorWrapper,
    table: Table,
    file: str,
    reference: Reference,
    association_id: AssociationId,
) -> Iterator[Problem]:
    cursor.execute(
        f"""
        DELETE FROM {name_of(table)} AS staged
        WHERE {reference.column} IS NOT NULL AND NOT EXISTS (
            SELECT FROM {reference.target} WHERE association_id = %s
                AND external_id = staged.{reference.column}
        )
        RETURNING line, {reference.column}
        """,
        [association_id],
    )
    for line, value in cursor.fetchall():
        yield Problem(
            file=file,
            line=line,
            column=reference.column,
            reason=Sentence(reference.unknown, {"id": value}),
            remedy=reference.remedy,
        )


def _same(key: Sequence[str], one: str, other: str) -> str:
    return " AND ".join(f"{one}.{column} = {other}.{column}" for column in key)


def _list(key: Sequence[str], of: str) -> str:
    return ", ".join(f"{of}.{column}" for column in key)
