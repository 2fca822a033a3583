"""Naming what changed at the provider behind our back, since we last looked at all.

To be asked before a complete read is recorded: what it shows is compared with what we
remember, which our own calls have changed as they were confirmed. What a call under way
may change, or one that ended so lately that the read may lag behind it, proves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from django.db.backends.utils import CursorWrapper

from rollkeeper.ledger.states import DriftKind

_UNDER_WAY = """
    under_way AS (
        SELECT subject.mailbox, subject.before
          FROM ledger_operation AS operation
          JOIN ledger_operationsubject AS subject
            ON subject.operation_id = operation.id
         WHERE operation.connection_id = %(connection)s
           AND operation.state IN ('planned', 'sending', 'accepted', 'unknown')),
    moving AS (
        SELECT mailbox FROM under_way
         UNION SELECT before FROM under_way WHERE before IS NOT NULL),
    known AS (
        SELECT remote.* FROM ledger_remotecontact AS remote
         WHERE remote.connection_id = %(connection)s
           AND NOT EXISTS (
               SELECT FROM moving WHERE moving.mailbox = remote.mailbox)),
    settled AS (
        SELECT known.* FROM known
         WHERE known.agreed_person IS NOT NULL
           AND known.seen_at < %(settled_before)s),
    shown AS (
        SELECT sighting.* FROM sighting
         WHERE sighting.permission NOT IN ('unsubscribed', 'deleted')
           AND NOT EXISTS (
               SELECT FROM moving WHERE moving.mailbox = sighting.mailbox))
"""

_ADDED = """
    WITH unknown AS MATERIALIZED (
        SELECT shown.mailbox, audience.id AS audience_id, audience.list_id
          FROM shown CROSS JOIN LATERAL unnest(shown.audiences) AS seen (audience)
          JOIN ledger_audience AS audience
            ON audience.id = seen.audience AND audience.filled_at IS NOT NULL
          LEFT JOIN known ON known.mailbox = shown.mailbox
         WHERE (known.id IS NULL OR known.seen_at < %(settled_before)s)
           AND NOT EXISTS (
               SELECT FROM ledger_remotemembership AS membership
                WHERE membership.contact_id = known.id
                  AND membership.audience_id = audience.id
                  AND (membership.there OR known.permission <> 'deleted'))
           AND NOT EXISTS (
               SELECT FROM known AS same
                WHERE same.provider_id = shown.provider_id
                  AND same.mailbox <> shown.mailbox)
           AND (known.id IS NULL OR NOT EXISTS (
               SELECT FROM ledger_operation AS operation
                WHERE operation.connection_id = %(connection)s
                  AND operation.settled_at >= %(settled_before)s
                  AND operation.kind IN ('leave', 'delete'))))
    SELECT unknown.mailbox, unknown.audience_id, '', '' FROM unknown
      LEFT JOIN LATERAL (
           SELECT bool_or(person.do_not_contact) AS stopped,
                  bool_or(place.no_mass_email) AS muted,
                  bool_or(place.status = 'active') AS wanted
             FROM directory_emailaddress AS address
             JOIN directory_contact AS person ON person.id = address.contact_id
             LEFT JOIN LATERAL (
                  SELECT status, no_mass_email FROM directory_standing AS standing
                   WHERE standing.contact_id = address.contact_id
                     AND standing.list_id = unknown.list_id
                  OFFSET 0) AS place ON true
            WHERE address.association_id = %(association)s AND address.primary
              AND address.mailbox = unknown.mailbox) AS here ON true
     WHERE here.stopped OR here.muted OR here.wanted IS NOT TRUE
"""
"""Where the few who are left belong is looked up one by one: OFFSET 0 sees to it."""

LOOKED_AT: Final = """
    (audience.state = 'active'
     OR audience.state = 'list_deleted' AND audience.list_deleted <> 'keep')
"""
"""Lists that reads tell of. Of one that is switched off nobody knows who is on it."""

_REMOVED = f"""
    SELECT shown.mailbox, membership.audience_id, '', ''
      FROM shown
      JOIN known ON known.mailbox = shown.mailbox
      JOIN ledger_remotemembership AS membership ON membership.contact_id = known.id
      JOIN ledger_audience AS audience ON audience.id = membership.audience_id
     WHERE membership.there AND membership.ours AND {LOOKED_AT}
       AND membership.since < %(settled_before)s
       AND NOT membership.audience_id = ANY(shown.audiences)
"""

_NAME = """concat_ws(' ', nullif({0} ->> 'first_name', ''),
               nullif({0} ->> 'last_name', ''), nullif({0} ->> 'company', ''))"""

_EDITED = f"""
    SELECT shown.mailbox, NULL::bigint, {_NAME.format("settled.person")},
           {_NAME.format("shown.person")}
      FROM shown JOIN settled ON settled.mailbox = shown.mailbox
     WHERE EXISTS (
           SELECT FROM jsonb_each_text(settled.agreed_person) AS told
            WHERE told.value <> ''
              AND coalesce(shown.person ->> told.key, '')
                  <> coalesce(settled.person ->> told.key, '')
              AND coalesce(shown.person ->> told.key, '') <> told.value)
"""
"""What we told ourselves is nobody's edit, though an older read was seen after it."""

_READDRESSED = """
    SELECT settled.mailbox, NULL::bigint, settled.mailbox, shown.mailbox
      FROM shown
      JOIN settled
        ON settled.provider_id = shown.provider_id
       AND settled.mailbox <> shown.mailbox
     WHERE NOT EXISTS (
           SELECT FROM directory_emailaddress AS address
            WHERE address.contact_id = settled.carried_by AND address.primary
              AND address.mailbox = shown.mailbox)
"""

_DELETED = """
    SELECT settled.mailbox, NULL::bigint, settled.permission, ''
      FROM settled
      LEFT JOIN sighting ON sighting.mailbox = settled.mailbox
     WHERE settled.permission NOT IN ('unsubscribed', 'deleted')
       AND coalesce(sighting.permission, 'deleted') = 'deleted'
       AND NOT EXISTS (
           SELECT FROM sighting AS same
            WHERE same.provider_id = settled.provider_id
              AND same.mailbox <> settled.mailbox)
"""

_UNSUBSCRIBED = """
    SELECT DISTINCT known.mailbox, NULL::bigint, '', ''
      FROM known
      JOIN consent_suppression AS fact
        ON fact.association_id = %(association)s AND fact.mailbox = known.mailbox
     WHERE known.agreed_person IS NOT NULL AND fact.kind = 'unsubscribed'
       AND fact.run_id = %(run)s
       AND NOT EXISTS (
           SELECT FROM ledger_drift AS named
            WHERE named.run_id = %(run)s AND named.kind = %(kind)s
              AND named.mailbox = known.mailbox)
"""
"""A run that reads the account again names them once."""

_FOUND: Final[Mapping[DriftKind, str]] = {
    DriftKind.ADDED: _ADDED,
    DriftKind.REMOVED: _REMOVED,
    DriftKind.EDITED: _EDITED,
    DriftKind.READDRESSED: _READDRESSED,
    DriftKind.DELETED: _DELETED,
    DriftKind.UNSUBSCRIBED: _UNSUBSCRIBED,
}

_RECORD = f"""
    WITH {_UNDER_WAY}, found (mailbox, audience_id, was, now) AS ({{found}})
    INSERT INTO ledger_drift
           (association_id, connection_id, run_id, kind, mailbox, audience_id, was, now)
    SELECT %(association)s, %(connection)s, %(run)s, %(kind)s, found.* FROM found
"""


def record(
    cursor: CursorWrapper, run_id: int, values: Mapping[str, Any]
) -> Mapping[str, int]:
    """Name, for the run, how the read noted in `sighting` differs from what we know.

    *values* are those of the statements that record the read. Returns how many of each
    kind were found, under the keys that runs count by.
    """
    counts: Counter[str] = Counter()
    for kind, found in _FOUND.items():
        cursor.execute(
            _RECORD.format(found=found), {**values, "run": run_id, "kind": kind.value}
        )
        counts[count_key(kind)] = cursor.rowcount
    return +counts


def count_key(kind: DriftKind) -> str:
    """Return what a run counts this kind under."""
    return f"{kind.value}_there"
