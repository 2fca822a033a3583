"""What a comparison of everything finds to do that no mark had asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection as database
from psycopg.types.json import Jsonb

from rollkeeper.core.values import AudienceId, Mailbox
from rollkeeper.directory.marks import Following

_TRUE_BEFORE = """
    SELECT last.id FROM ledger_run AS last
     WHERE last.connection_id = %(connection)s AND last.id < %(run)s
       AND last.kind = 'everything' AND last.state IN ('done', 'done_with_exceptions')
       AND NOT EXISTS (
           SELECT FROM ledger_run AS later
            WHERE later.connection_id = %(connection)s
              AND later.id > last.id AND later.id < %(run)s
              AND later.state NOT IN ('done', 'done_with_exceptions'))
     ORDER BY last.id DESC LIMIT 1
"""
"""The last comparison of everything, if all that was tried after it ended well."""

_MISSED = """
    WITH changed AS (
        SELECT changed.* FROM jsonb_to_recordset(%(changed)s)
                           AS changed (mailbox text, audiences bigint[])),
    marked AS (
        SELECT mark.mailbox, mark.contact_id, mark.list_id
          FROM directory_mark AS mark WHERE mark.follower_id = %(follower)s
         UNION ALL
        SELECT NULL, contact.id, NULL
          FROM directory_mark AS mark
          JOIN directory_contact AS contact ON contact.member_id = mark.member_id
         WHERE mark.follower_id = %(follower)s AND mark.member_id IS NOT NULL
         UNION ALL
        SELECT NULL, address.contact_id, NULL
          FROM directory_mark AS mark
          JOIN directory_emailaddress AS address
            ON address.association_id = mark.association_id
           AND address.primary AND address.mailbox = mark.mailbox
         WHERE mark.follower_id = %(follower)s),
    people AS (
        SELECT address.mailbox, address.contact_id
          FROM directory_emailaddress AS address
         WHERE address.association_id = %(association)s AND address.primary
         UNION
        SELECT remote.mailbox, remote.carried_by FROM ledger_remotecontact AS remote
         WHERE remote.connection_id = %(connection)s),
    lists AS (
        SELECT audience.id, audience.list_id FROM ledger_audience AS audience
         WHERE audience.connection_id = %(connection)s
           AND (audience.filled_at IS NULL OR audience.rule_changed_at IS NOT NULL
                OR audience.list_id IN (SELECT list_id FROM marked))),
    places AS (
        SELECT place.contact_id FROM directory_standing AS place
         WHERE place.association_id = %(association)s
           AND place.list_id = ANY(ARRAY(SELECT list_id FROM lists)))
    SELECT DISTINCT changed.mailbox FROM changed
     WHERE changed.mailbox NOT IN (
               SELECT mailbox FROM marked WHERE mailbox IS NOT NULL)
       AND NOT EXISTS (
               SELECT FROM people JOIN marked USING (contact_id)
                WHERE people.mailbox = changed.mailbox)
       AND NOT EXISTS (
               SELECT FROM lists WHERE lists.id = ANY(changed.audiences))
       AND NOT EXISTS (
               SELECT FROM people JOIN places USING (contact_id)
                WHERE people.mailbox = changed.mailbox)
       AND NOT EXISTS (
               SELECT FROM ledger_remotecontact AS remote
                 JOIN ledger_remotemembership AS place ON place.contact_id = remote.id
                 JOIN lists ON lists.id = place.audience_id
                WHERE remote.connection_id = %(connection)s
                  AND remote.mailbox = changed.mailbox)
       AND NOT EXISTS (
               SELECT FROM ledger_drift AS drift
                WHERE drift.connection_id = %(connection)s
                  AND drift.run_id > %(before)s AND drift.mailbox = changed.mailbox)
       AND NOT EXISTS (
               SELECT FROM ledger_outcome AS outcome
                WHERE outcome.connection_id = %(connection)s
                  AND (outcome.mailbox = changed.mailbox
                       OR outcome.mailbox IN (
                           SELECT theirs.mailbox
                             FROM people AS theirs JOIN people USING (contact_id)
                            WHERE people.mailbox = changed.mailbox)))
       AND NOT EXISTS (
               SELECT FROM ledger_hold AS hold
                 JOIN ledger_helditem AS item ON item.hold_id = hold.id
                WHERE hold.association_id = %(association)s AND hold.state <> 'over'
                  AND item.mailbox = changed.mailbox)
"""


def missed(
    *,
    connection_id: int,
    run_id: int,
    follower: Following,
    changed: Iterable[tuple[Mailbox, frozenset[AudienceId]]],
) -> frozenset[Mailbox]:
    """Return those of *changed* that nothing explains: marks should have named them.

    A mark explains a mailbox, and everybody on a list that it names; so do drift, an
    outcome, a hold, and an audience that is new or whose policy changed. As long as not
    everything was true before, nobody can say, and none is returned. Call it before the
    marks are settled.
    """
    values: dict[str, Any] = {
        "association": follower.association_id,
        "connection": connection_id,
        "run": run_id,
        "follower": follower.pk,
    }
    with database.cursor() as cursor:
        cursor.execute(_TRUE_BEFORE, values)
        before = cursor.fetchone()
        if before is None:
            return frozenset()
        values["before"] = before[0]
        values["changed"] = Jsonb(
            [
                {"mailbox": mailbox, "audiences": sorted(audiences)}
                for mailbox, audiences in changed
            ]
        )
        cursor.execute(_MISSED, values)
        return frozenset(Mailbox(mailbox) for (mailbox,) in cursor.fetchall())
