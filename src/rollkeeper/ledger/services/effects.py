"""What a confirmed operation, or an agreement, changes in the two remembered views.

All of it is set-based: an import of 39,000 rows is confirmed by three statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import asdict
from django.db import connection as database
from psycopg.types.json import Jsonb

from rollkeeper.core.changes import Agree
from rollkeeper.core.values import Mailbox
from rollkeeper.ledger.services.operations import OpenOperation

_PICKED = """
    WITH picked AS (
        SELECT subject.* FROM ledger_operationsubject AS subject
         WHERE subject.operation_id = %(operation)s
           AND (%(positions)s::int[] IS NULL
                OR subject.position = ANY(%(positions)s::int[])))
"""

_RENAME = (
    _PICKED
    + """
    UPDATE ledger_remotecontact AS remote SET mailbox = picked.mailbox
      FROM picked
     WHERE remote.connection_id = %(connection)s AND remote.mailbox = picked.before
       AND NOT EXISTS (
           SELECT FROM ledger_remotecontact AS taken
            WHERE taken.connection_id = %(connection)s
              AND taken.mailbox = picked.mailbox)
"""
)

_BEFORE = (
    _PICKED
    + """
    , gone AS (
        SELECT before.id, remote.id AS now
          FROM picked
          JOIN ledger_remotecontact AS before
            ON before.connection_id = %(connection)s AND before.mailbox = picked.before
           AND coalesce(before.provider_id, picked.provider_id) = picked.provider_id
          JOIN ledger_remotecontact AS remote
            ON remote.connection_id = %(connection)s
           AND remote.mailbox = picked.mailbox)
"""
)
"""The new mailbox was seen before this is recorded, so that it has a row of its own:
what is left of the old one, and whose it is now."""

_STAY_OURS = (
    _BEFORE
    + """
    UPDATE ledger_remotemembership AS membership SET ours = true
      FROM gone, ledger_remotemembership AS known
     WHERE membership.contact_id = gone.now AND known.contact_id = gone.id
       AND known.audience_id = membership.audience_id AND known.ours
"""
)

_CARRY_ON = (
    _BEFORE
    + """
    UPDATE ledger_remotemembership AS membership SET contact_id = gone.now
      FROM gone
     WHERE membership.contact_id = gone.id
       AND NOT EXISTS (
           SELECT FROM ledger_remotemembership AS known
            WHERE known.contact_id = gone.now
              AND known.audience_id = membership.audience_id)
"""
)
"""Lists that are switched off are not seen, nor are those that somebody just left."""

_FORGET_MEMBERSHIPS = (
    _BEFORE
    + """
    DELETE FROM ledger_remotemembership AS membership USING gone
     WHERE membership.contact_id = gone.id
"""
)

_FORGET_BEFORE = (
    _BEFORE
    + """
    DELETE FROM ledger_remotecontact AS remote USING gone WHERE remote.id = gone.id
"""
)

_BRING = (
    _PICKED
    + """
    INSERT INTO ledger_remotecontact AS remote
           (association_id, connection_id, mailbox, provider_id, permission, elsewhere,
            person, agreed_person, carried_by, seen_at)
    SELECT %(association)s, %(connection)s, mailbox, provider_id, 'mailable', false,
           coalesce(person, '{}'), person, carried_by, clock_timestamp()
      FROM picked
        ON CONFLICT (connection_id, mailbox) DO UPDATE
       SET person = CASE WHEN %(kind)s = 'join' THEN remote.person
                    ELSE excluded.person END,
           agreed_person = excluded.agreed_person,
           carried_by = excluded.carried_by, disabled_at = NULL,
           seen_at = excluded.seen_at,
           provider_id = coalesce(excluded.provider_id, remote.provider_id),
           permission = CASE remote.permission
                        WHEN 'deleted' THEN 'mailable' ELSE remote.permission END
"""
)
"""Joining touches no fields: what staff wrote over there stays what we saw."""

_JOIN = (
    _PICKED
    + """
    INSERT INTO ledger_remotemembership
           (association_id, audience_id, contact_id, there, ours, since)
    SELECT %(association)s, audience.id, remote.id, true, true, clock_timestamp()
      FROM picked
      JOIN ledger_remotecontact AS remote
        ON remote.connection_id = %(connection)s AND remote.mailbox = picked.mailbox
     CROSS JOIN LATERAL unnest(picked.audiences) AS wanted(id)
      JOIN ledger_audience AS audience ON audience.id = wanted.id
        ON CONFLICT (contact_id, audience_id) DO UPDATE
       SET there = true, ours = true, since = excluded.since
"""
)

_LEAVE = (
    _PICKED
    + """
    DELETE FROM ledger_remotemembership AS membership
     USING picked, ledger_remotecontact AS remote
     WHERE remote.connection_id = %(connection)s AND remote.mailbox = picked.mailbox
       AND membership.contact_id = remote.id
       AND membership.audience_id = ANY(picked.audiences)
"""
)

_LEAVE_ALL = (
    _PICKED
    + """
    DELETE FROM ledger_remotemembership AS membership
     USING picked, ledger_remotecontact AS remote
     WHERE remote.connection_id = %(connection)s AND remote.mailbox = picked.mailbox
       AND membership.contact_id = remote.id
"""
)

_DISABLE = (
    _PICKED
    + """
    UPDATE ledger_remotecontact AS remote
       SET permission = 'deleted', disabled_at = clock_timestamp(), elsewhere = false,
           seen_at = clock_timestamp()
      FROM picked
     WHERE remote.connection_id = %(connection)s AND remote.mailbox = picked.mailbox
"""
)

_SETTLES_OUTCOME = (
    _PICKED
    + """
    DELETE FROM ledger_outcome AS outcome USING picked
     WHERE outcome.connection_id = %(connection)s AND outcome.kind = 'refused'
       AND outcome.mailbox IN (picked.mailbox, picked.before)
    RETURNING outcome.mailbox
"""
)

_STATEMENTS = {
    "import": (_BRING, _JOIN),
    "join": (_BRING, _JOIN),
    "create": (_BRING, _JOIN),
    "rewrite": (
        _RENAME,
        _STAY_OURS,
        _CARRY_ON,
        _FORGET_MEMBERSHIPS,
        _FORGET_BEFORE,
        _BRING,
        _JOIN,
    ),
    "leave": (_LEAVE,),
    "delete": (_LEAVE_ALL, _DISABLE),
}


def confirm(
    operation: OpenOperation, *, positions: Sequence[int] | None = None
) -> list[Mailbox]:
    """Record that the operation is true at the provider, in the caller's transaction.

    With *positions*, only for those of its subjects. Return the mailboxes of which
    something was refused before: that is forgotten now, and may be wanted still.
    """
    values: dict[str, Any] = {
        "operation": operation.id,
        "kind": operation.kind,
        "association": operation.association_id,
        "connection": operation.connection_id,
        "positions": None if positions is None else list(positions),
    }
    with database.cursor() as cursor:
        for statement in _STATEMENTS[operation.kind]:
            cursor.execute(statement, values)
        cursor.execute(_SETTLES_OUTCOME, values)
        return [Mailbox(mailbox) for (mailbox,) in cursor.fetchall()]


_CLAIM_LISTS = (
    _PICKED
    + """
    UPDATE ledger_remotemembership AS membership SET ours = true
      FROM picked, ledger_remotecontact AS remote
     WHERE remote.connection_id = %(connection)s AND remote.mailbox = picked.mailbox
       AND membership.contact_id = remote.id AND membership.there
       AND membership.audience_id = ANY(picked.audiences)
"""
)

_CLAIM_CONTACT = (
    _PICKED
    + """
    UPDATE ledger_remotecontact AS remote
       SET agreed_person = coalesce(remote.agreed_person, remote.person),
           carried_by = coalesce(remote.carried_by, picked.carried_by)
      FROM picked
     WHERE remote.connection_id = %(connection)s AND remote.mailbox = picked.mailbox
       AND EXISTS (SELECT FROM ledger_remotemembership AS membership
                    WHERE membership.contact_id = remote.id AND membership.ours)
"""
)


def claim(operation: OpenOperation, *, positions: Sequence[int]) -> None:
    """Whoever of these is on a list that the operation was to put them on is there by
    it, though not all of it came true. In the caller's transaction."""
    values: dict[str, Any] = {
        "operation": operation.id,
        "connection": operation.connection_id,
        "positions": list(positions),
    }
    with database.cursor() as cursor:
        cursor.execute(_CLAIM_LISTS, values)
        cursor.execute(_CLAIM_CONTACT, values)


_AGREED = """
    WITH agreed AS (
        SELECT agreed.*, remote.id AS contact_id
          FROM jsonb_to_recordset(%(agreed)s) AS agreed
               (mailbox text, person jsonb, carried_by bigint, audiences bigint[])
          JOIN ledger_remotecontact AS remote
            ON remote.connection_id = %(connection)s
           AND remote.mailbox = agreed.mailbox)
"""

_AGREE_ON_PERSON = (
    _AGREED
    + """
    UPDATE ledger_remotecontact AS remote
       SET agreed_person = agreed.person, carried_by = agreed.carried_by
      FROM agreed WHERE remote.id = agreed.contact_id
"""
)

_KEPT_TRUE = """
    (audience.state = 'active'
     OR audience.state = 'list_deleted' AND audience.list_deleted <> 'keep')
"""

_AGREE_ON_LISTS = (
    _AGREED
    + f"""
    UPDATE ledger_remotemembership AS membership
       SET ours = membership.audience_id = ANY(agreed.audiences)
      FROM agreed, ledger_audience AS audience
     WHERE membership.contact_id = agreed.contact_id
       AND audience.id = membership.audience_id AND {_KEPT_TRUE}
       AND (membership.there OR membership.audience_id = ANY(agreed.audiences))
"""
)

_LET_GO = (
    _AGREED
    + f"""
    DELETE FROM ledger_remotemembership AS membership
     USING agreed, ledger_audience AS audience
     WHERE membership.contact_id = agreed.contact_id
       AND audience.id = membership.audience_id AND {_KEPT_TRUE}
       AND NOT membership.there
       AND NOT membership.audience_id = ANY(agreed.audiences)
"""
)
"""Neither there nor claimed any more: who is wanted there again is new to it."""


def agree(connection_id: int, agreements: Iterable[Agree]) -> None:
    """Record what both sides already say alike, in the caller's transaction."""
    agreed = [
        {
            "mailbox": change.mailbox,
            "person": asdict(change.person),
            "carried_by": change.carried_by,
            "audiences": sorted(change.audiences),
        }
        for change in agreements
    ]
    if not agreed:
        return
    values: dict[str, Any] = {
        "connection": connection_id,
        "agreed": Jsonb(agreed),
    }
    with database.cursor() as cursor:
        cursor.execute(_AGREE_ON_PERSON, values)
        cursor.execute(_AGREE_ON_LISTS, values)
        cursor.execute(_LET_GO, values)
