"""What marks say, read as they are in the table."""

from __future__ import annotations

from attrs import frozen
from django.db import connection

from rollkeeper.directory.models import Follower


@frozen
class Said:
    """The sum of a follower's marks; how many say the same does not matter."""

    mailboxes: frozenset[str] = frozenset()
    contacts: frozenset[int] = frozenset()
    lists: frozenset[int] = frozenset()
    members: frozenset[int] = frozenset()
    everything: bool = False


NOTHING = Said()


def take_marks(follower: Follower) -> Said:
    """Delete the follower's marks and return what they said."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM directory_mark WHERE follower_id = %s"
            " RETURNING mailbox, contact_id, list_id, member_id",
            [follower.pk],
        )
        rows = cursor.fetchall()
    return Said(
        frozenset(row[0] for row in rows if row[0] is not None),
        frozenset(row[1] for row in rows if row[1] is not None),
        frozenset(row[2] for row in rows if row[2] is not None),
        frozenset(row[3] for row in rows if row[3] is not None),
        (None, None, None, None) in rows,
    )


def sql(statement: str, *parameters: object) -> None:
    """Write to the database as somebody does who knows nothing of us."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)  # type: ignore[arg-type]
