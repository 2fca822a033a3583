"""How followers take up the marks that changes leave: claim, then settle or release.

    claimed = marks.claim(follower=follower, lease=LEASE, limit=LIMIT)
    ...  # read the directory in later statements, compute
    with transaction.atomic():
        ...  # make what follows from it durable
        marks.settle(claimed)

A mark made meanwhile has an id of its own and is claimed next time, so no change is
lost between reading and settling. A claimer that dies lets go when its lease ends.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from attrs import field, frozen
from django.db import connection

from rollkeeper.core.values import AssociationId, ContactId, ListId, Mailbox


class Following(Protocol):
    """Who follows an association's directory, and so has marks."""

    @property
    def pk(self) -> int: ...
    @property
    def association_id(self) -> int: ...


class ClaimLost(Exception):
    """The lease ended and the marks are somebody else's: undo what was computed."""


@frozen(kw_only=True)
class ClaimedMarks:
    """What a follower has to compute again, and which marks said so."""

    claim: UUID | None
    """None when there was nothing to claim."""
    ids: tuple[int, ...] = field(repr=False)
    mailboxes: frozenset[Mailbox] = field(repr=False)
    contacts: frozenset[ContactId] = field(repr=False)
    """Those marked, and those of marked members; their mailboxes are named besides."""
    lists: frozenset[ListId]
    everything: bool

    def __bool__(self) -> bool:
        return bool(self.ids)


@frozen(kw_only=True)
class Waiting:
    """A follower with marks that nobody holds, and since when the oldest waits."""

    association_id: AssociationId
    follower_id: int
    name: str
    since: datetime


FREE = "(claim IS NULL OR claimed_until < clock_timestamp())"

CLAIM = f"""
    WITH free AS (
        SELECT id FROM directory_mark WHERE follower_id = %s AND {FREE}
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    ), this AS MATERIALIZED (
        SELECT gen_random_uuid() AS claim,
            clock_timestamp() + make_interval(secs => %s) AS claimed_until
    )
    UPDATE directory_mark AS mark
    SET claim = this.claim, claimed_until = this.claimed_until
    FROM free, this WHERE mark.id = free.id
    RETURNING mark.claim, mark.id, mark.mailbox, mark.contact_id, mark.list_id,
        mark.member_id
"""

CONTACTS = """
    SELECT id FROM directory_contact
    WHERE association_id = %s AND member_id = ANY(%s)
"""

MAILBOXES = """
    SELECT DISTINCT mailbox FROM directory_emailaddress
    WHERE association_id = %s AND contact_id = ANY(%s)
        AND "primary" AND mailbox IS NOT NULL
"""

WAITING = f"""
    SELECT follower.association_id, follower.id, follower.name, oldest.made_at
    FROM directory_follower AS follower, LATERAL (
        SELECT made_at FROM directory_mark
        WHERE follower_id = follower.id AND {FREE} ORDER BY id LIMIT 1
    ) AS oldest
    ORDER BY oldest.made_at, follower.id
"""


def claim(*, follower: Following, lease: timedelta, limit: int) -> ClaimedMarks:
    """Take up to *limit* free marks, oldest first, for as long as *lease*.

    Nobody else gets them meanwhile. Call it outside a transaction: what is read after
    it must be newer than the claim.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [follower.pk, limit, lease.total_seconds()])
        rows = cursor.fetchall()
    mailboxes, marked, lists, members = (
        frozenset(row[at] for row in rows if row[at] is not None) for at in range(2, 6)
    )
    contacts = marked | _contacts_of(follower, members)
    return ClaimedMarks(
        claim=rows[0][0] if rows else None,
        ids=tuple(row[1] for row in rows),
        mailboxes=mailboxes | _mailboxes_of(follower, contacts),
        contacts=contacts,
        lists=lists,
        everything=any(row[2:] == (None,) * 4 for row in rows),
    )


def _contacts_of(follower: Following, members: Collection[int]) -> frozenset[ContactId]:
    """Whose members they are by now; one who comes or goes later is marked then."""
    if not members:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(CONTACTS, [follower.association_id, list(members)])
        return frozenset(ContactId(contact) for (contact,) in cursor)


def _mailboxes_of(follower: Following, contacts: Collection[int]) -> frozenset[Mailbox]:
    """Where the contacts are now; where they were before, the address marked itself."""
    if not contacts:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(MAILBOXES, [follower.association_id, list(contacts)])
        return frozenset(mailbox for (mailbox,) in cursor)


def settle(claimed: ClaimedMarks) -> None:
    """Delete exactly the claimed marks, in the transaction that made the work durable.

    Raises `ClaimLost` when another claimer has taken them over since.
    """
    gone = _write("DELETE FROM directory_mark", claimed)
    if gone != len(claimed.ids):
        raise ClaimLost(f"{len(claimed.ids) - gone} marks were taken over")


def release(claimed: ClaimedMarks) -> None:
    """Give the marks back as they were. Those taken over by others stay with them."""
    _write("UPDATE directory_mark SET claim = NULL, claimed_until = NULL", claimed)


def let_go(follower: Following) -> None:
    """End all claims: whoever made them is gone, as the caller knows for certain."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE directory_mark SET claim = NULL, claimed_until = NULL"
            " WHERE follower_id = %s AND claim IS NOT NULL",
            [follower.pk],
        )


def _write(statement: str, claimed: ClaimedMarks) -> int:
    if not claimed:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} WHERE id = ANY(%s) AND claim = %s",
            [list(claimed.ids), claimed.claim],
        )
        return int(cursor.rowcount)


def mark_mailboxes(*, follower: Following, mailboxes: Collection[Mailbox]) -> None:
    """Have *follower* compute these mailboxes again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO directory_mark (association_id, follower_id, mailbox)"
            " SELECT %s, %s, unnest(%s::text[])",
            [follower.association_id, follower.pk, sorted(mailboxes)],
        )


def waiting() -> tuple[Waiting, ...]:
    """Return every follower with free marks, in all associations, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return tuple(
            Waiting(association_id=a, follower_id=f, name=name, since=since)
            for a, f, name, since in cursor
        )


def mark_list(*, follower: Following, list_id: ListId) -> None:
    """Have *follower* compute everybody on this list again."""
    _mark(follower, list_id)


def mark_everything(*, follower: Following) -> None:
    """Have *follower* compute the whole association again."""
    _mark(follower, None)


def _mark(follower: Following, list_id: ListId | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO directory_mark (association_id, follower_id, list_id)"
            " VALUES (%s, %s, %s)",
            [follower.association_id, follower.pk, list_id],
        )
