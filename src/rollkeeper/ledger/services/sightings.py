"""What reads of the provider change in the observed view.

A read says who is there. Only a complete read says who is not, and even that not of
what was confirmed moments ago: reads may lag behind writes
(Constant Contact, FACTS open question 16).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import asdict
from django.db import connection as database
from django.db import transaction
from django.db.models import Min
from psycopg.types.json import Jsonb

from rollkeeper.core.values import ContactId, Mailbox, ProviderContactId
from rollkeeper.core.views import Observed, Permission
from rollkeeper.ledger.models import RemoteContact, RemoteMembership
from rollkeeper.ledger.services import drift

LAG = timedelta(minutes=10)
"""How far a read may lie behind what a finished job made true."""

_MAKE_TABLE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS sighting (
        mailbox text PRIMARY KEY, provider_id text, permission text, elsewhere boolean,
        person jsonb, audiences bigint[]);
    TRUNCATE sighting
"""

_NOTE = """
    INSERT INTO sighting
    SELECT * FROM jsonb_to_recordset(%(shown)s) AS shown
           (mailbox text, provider_id text, permission text, elsewhere boolean,
            person jsonb, audiences bigint[])
        ON CONFLICT (mailbox) DO UPDATE
       SET provider_id = excluded.provider_id, permission = excluded.permission,
           elsewhere = excluded.elsewhere, person = excluded.person,
           audiences = excluded.audiences
"""

_REMEMBER_RENAMED = """
    INSERT INTO ledger_remotecontact AS renamed
           (association_id, connection_id, mailbox, permission, elsewhere, person,
            seen_at, agreed_person, carried_by, renamed_from)
    SELECT %(association)s, %(connection)s, sighting.mailbox, sighting.permission,
           sighting.elsewhere, sighting.person, %(seen_at)s, remote.agreed_person,
           remote.carried_by, coalesce(remote.renamed_from, remote.mailbox)
      FROM sighting
      JOIN ledger_remotecontact AS remote
        ON remote.connection_id = %(connection)s
       AND remote.provider_id = sighting.provider_id
       AND remote.mailbox <> sighting.mailbox
     WHERE remote.agreed_person IS NOT NULL AND remote.carried_by IS NOT NULL
       AND NOT EXISTS (
           SELECT FROM directory_emailaddress AS address
            WHERE address.association_id = %(association)s AND address.primary
              AND address.mailbox = sighting.mailbox)
       AND NOT EXISTS (
           SELECT FROM ledger_operation AS operation
             JOIN ledger_operationsubject AS subject
               ON subject.operation_id = operation.id
            WHERE operation.connection_id = %(connection)s
              AND operation.state IN ('planned', 'sending', 'accepted', 'unknown')
              AND (subject.mailbox IN (remote.mailbox, sighting.mailbox)
                   OR subject.before IN (remote.mailbox, sighting.mailbox)))
        ON CONFLICT (connection_id, mailbox) DO UPDATE
       SET agreed_person = excluded.agreed_person, carried_by = excluded.carried_by,
           renamed_from = excluded.renamed_from
     WHERE renamed.agreed_person IS NULL
"""
"""Who has an address there that we did not give them, and nobody has here, is still the
contact whom we brought."""

_FREE_MOVED_IDS = """
    UPDATE ledger_remotecontact AS remote SET provider_id = NULL
      FROM sighting
     WHERE remote.connection_id = %(connection)s
       AND remote.provider_id = sighting.provider_id
       AND remote.mailbox <> sighting.mailbox
"""

_RECORD = """
    INSERT INTO ledger_remotecontact AS remote
           (association_id, connection_id, mailbox, provider_id, permission, elsewhere,
            person, seen_at)
    SELECT %(association)s, %(connection)s, mailbox, provider_id, permission, elsewhere,
           person, %(seen_at)s
      FROM sighting
        ON CONFLICT (connection_id, mailbox) DO UPDATE
       SET provider_id = excluded.provider_id, elsewhere = excluded.elsewhere,
           person = excluded.person,
           seen_at = greatest(remote.seen_at, excluded.seen_at),
           permission = CASE
               WHEN remote.seen_at > %(settled_before)s
                AND excluded.permission <> 'unsubscribed' THEN remote.permission
               ELSE excluded.permission END
"""

_RECORD_LISTS = """
    INSERT INTO ledger_remotemembership
           (association_id, audience_id, contact_id, there, ours, since)
    SELECT %(association)s, seen.audience, remote.id, true, false, %(seen_at)s
      FROM sighting
      JOIN ledger_remotecontact AS remote
        ON remote.connection_id = %(connection)s AND remote.mailbox = sighting.mailbox
     CROSS JOIN LATERAL unnest(sighting.audiences) AS seen(audience)
     WHERE remote.permission <> 'deleted'
        ON CONFLICT (contact_id, audience_id) DO UPDATE SET there = true
     WHERE NOT ledger_remotemembership.there
"""

_CLAIM_RENAMED = """
    UPDATE ledger_remotemembership AS membership SET ours = true
      FROM sighting
      JOIN ledger_remotecontact AS renamed
        ON renamed.connection_id = %(connection)s
       AND renamed.mailbox = sighting.mailbox
      JOIN ledger_remotecontact AS former
        ON former.connection_id = %(connection)s
       AND former.mailbox = renamed.renamed_from
      JOIN ledger_remotemembership AS claim
        ON claim.contact_id = former.id AND claim.ours
     WHERE membership.contact_id = renamed.id AND NOT membership.ours
       AND membership.audience_id = claim.audience_id
"""

_NOT_THERE = f"""
      FROM sighting, ledger_remotecontact AS remote, ledger_audience AS audience
     WHERE remote.connection_id = %(connection)s AND remote.mailbox = sighting.mailbox
       AND membership.contact_id = remote.id AND membership.there
       AND audience.id = membership.audience_id
       AND {drift.LOOKED_AT}
       AND NOT membership.audience_id = ANY(sighting.audiences)
       AND (membership.since < %(settled_before)s
            OR sighting.permission = 'unsubscribed')
"""

_RECORD_GONE = """
    UPDATE ledger_remotecontact AS remote
       SET permission = 'deleted', elsewhere = false
     WHERE remote.connection_id = %(connection)s AND remote.seen_at < %(settled_before)s
       AND remote.permission <> 'deleted'
       AND NOT EXISTS (SELECT FROM sighting WHERE sighting.mailbox = remote.mailbox)
"""

_DELETED_BUT_LISTED = """
      FROM ledger_remotecontact AS remote
     WHERE remote.connection_id = %(connection)s AND remote.id = membership.contact_id
       AND remote.permission = 'deleted' AND membership.there
"""


_GIVE_UP_DELETED = """
    DELETE FROM ledger_remotemembership AS membership
     USING ledger_remotecontact AS remote
     WHERE remote.connection_id = %(connection)s AND remote.permission = 'deleted'
       AND membership.contact_id = remote.id
       AND (remote.mailbox = ANY(%(mailboxes)s)
            OR remote.carried_by IN (
                SELECT address.contact_id FROM directory_emailaddress AS address
                 WHERE address.association_id = remote.association_id
                   AND address.primary AND address.mailbox = ANY(%(mailboxes)s)))
"""


def _off_the_list(condition: str) -> tuple[str, str]:
    """A stranger's membership that ended is forgotten; ours is remembered as ours."""
    return (
        "DELETE FROM ledger_remotemembership AS membership"
        + condition.replace("FROM", "USING", 1)
        + " AND NOT membership.ours",
        "UPDATE ledger_remotemembership AS membership SET there = false" + condition,
    )


def begin() -> None:
    """Begin a read: what is noted from now on belongs to it, in this session."""
    with database.cursor() as cursor:
        cursor.execute(_MAKE_TABLE)


def note(sightings: Iterable[tuple[Mailbox, Observed]]) -> int:
    """Note one page of the read; return how many contacts it had.

    Pages of a live account may show a contact twice: the later sight counts.
    """
    shown = {
        mailbox: {
            "mailbox": mailbox,
            "provider_id": observed.provider_id,
            "permission": observed.permission,
            "elsewhere": observed.elsewhere,
            "person": asdict(observed.person),
            "audiences": sorted(observed.audiences),
        }
        for mailbox, observed in sightings
    }
    values: dict[str, Any] = {"shown": Jsonb(list(shown.values()))}
    with database.cursor() as cursor:
        cursor.execute(_NOTE, values)
    return len(shown)


def conclude(
    *,
    association_id: int,
    connection_id: int,
    seen_at: datetime,
    complete: bool,
    drift_of: int | None = None,
) -> Mapping[str, int]:
    """Record what the read begun at *seen_at* showed, all of it or nothing.

    *complete* promises that the read went to its end and covered the whole account:
    contacts it did not show are gone. With *drift_of*, a run, what changed over there
    behind our back is named for that run, and counted: by `drift.count_key`.
    """
    values: dict[str, Any] = {
        "association": association_id,
        "connection": connection_id,
        "seen_at": seen_at,
        "settled_before": seen_at - LAG,
    }
    statements = [
        _REMEMBER_RENAMED,
        _FREE_MOVED_IDS,
        _RECORD,
        _RECORD_LISTS,
        _CLAIM_RENAMED,
        *_off_the_list(_NOT_THERE),
    ]
    if complete:
        statements += [_RECORD_GONE, *_off_the_list(_DELETED_BUT_LISTED)]
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute("ANALYZE sighting")
        found = drift.record(cursor, drift_of, values) if drift_of else {}
        for statement in statements:
            cursor.execute(statement, values)
        cursor.execute("TRUNCATE sighting")
    return found


def learn_ids(
    connection_id: int, known: Iterable[tuple[Mailbox, ProviderContactId]]
) -> int:
    """Fill in ids that imports did not tell; return how many were new to us."""
    values: dict[str, Any] = {
        "pairs": Jsonb([[mailbox, provider_id] for mailbox, provider_id in known]),
        "connection": connection_id,
    }
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE ledger_remotecontact AS remote SET provider_id = pair.value ->> 1
              FROM jsonb_array_elements(%(pairs)s) AS pair
             WHERE remote.connection_id = %(connection)s
               AND remote.mailbox = pair.value ->> 0 AND remote.provider_id IS NULL
            """,
            values,
        )
        return int(cursor.rowcount)


def record_opt_outs(
    *, association_id: int, connection_id: int, mailboxes: Iterable[Mailbox]
) -> None:
    """They unsubscribed from everything, which took them off every list there."""
    values: dict[str, Any] = {
        "association": association_id,
        "connection": connection_id,
        "mailboxes": list(mailboxes),
    }
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE ledger_remotecontact SET permission = 'unsubscribed'
             WHERE connection_id = %(connection)s AND mailbox = ANY(%(mailboxes)s)
               AND permission NOT IN ('unsubscribed', 'deleted')
            """,
            values,
        )
        cursor.execute(
            """
            DELETE FROM ledger_remotemembership AS membership
             USING ledger_remotecontact AS remote
             WHERE remote.connection_id = %(connection)s
               AND remote.mailbox = ANY(%(mailboxes)s)
               AND membership.contact_id = remote.id
            """,
            values,
        )


def record_opt_ins(*, connection_id: int, mailboxes: Iterable[Mailbox]) -> None:
    """They subscribed again by their own act, later than what we had seen of them."""
    RemoteContact.objects.filter(
        connection_id=connection_id,
        mailbox__in=list(mailboxes),
        permission=Permission.UNSUBSCRIBED,
    ).update(permission=Permission.MAILABLE)


def carriers(
    connection_id: int, mailboxes: Iterable[Mailbox]
) -> dict[Mailbox, ContactId]:
    """Return whom each of these mailboxes was sent for, wherever they are now."""
    carried = RemoteContact.objects.filter(
        connection_id=connection_id,
        mailbox__in=list(mailboxes),
        carried_by__isnull=False,
    )
    return {
        Mailbox(mailbox): ContactId(carrier)
        for mailbox, carrier in carried.values_list("mailbox", "carried_by")
        if carrier is not None
    }


def known(connection_id: int) -> int:
    """Return how many contacts we know over there, deleted ones too."""
    return RemoteContact.objects.filter(connection_id=connection_id).count()


def oldest_without_id(connection_id: int) -> datetime | None:
    """Return when the first contact was made whose id we still do not know."""
    nameless = RemoteContact.objects.filter(
        connection_id=connection_id, provider_id=None, agreed_person__isnull=False
    ).exclude(permission=Permission.DELETED)
    first: datetime | None = nameless.aggregate(first=Min("seen_at"))["first"]
    return first


def forget(connection_id: int, mailboxes: Iterable[Mailbox]) -> None:
    """The provider knows no such contacts: neither do we."""
    RemoteContact.objects.filter(
        connection_id=connection_id, mailbox__in=list(mailboxes)
    ).delete()


def give_up(audience_id: int, mailboxes: Iterable[Mailbox]) -> None:
    """They left the audience over there: their memberships are no longer ours."""
    RemoteMembership.objects.filter(
        audience_id=audience_id, there=False, contact__mailbox__in=list(mailboxes)
    ).delete()


def give_up_deleted(connection_id: int, mailboxes: Iterable[Mailbox]) -> None:
    """Claim no list any more for those who were deleted over there, under one of these
    mailboxes or one that its holder had before: they may be brought anew."""
    values: dict[str, Any] = {"connection": connection_id, "mailboxes": list(mailboxes)}
    with database.cursor() as cursor:
        cursor.execute(_GIVE_UP_DELETED, values)
