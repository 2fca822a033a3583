"""Contacts who have another address over there than they have here, in SQL.

Either it was changed here, and follows over there; or it was changed over there, by the
person or by staff, and is not changed back (I6).
"""

from __future__ import annotations

from typing import Final

from django.db import connection as database

from rollkeeper.core.values import Mailbox

MOVES: Final = """
    SELECT DISTINCT ON (address.mailbox) remote.mailbox, address.mailbox
      FROM ledger_remotecontact AS remote
      JOIN directory_emailaddress AS address
        ON address.contact_id = remote.carried_by AND address.primary
       AND address.mailbox IS NOT NULL AND address.mailbox <> remote.mailbox
     WHERE remote.connection_id = %(connection)s
       AND remote.agreed_person IS NOT NULL
       AND remote.renamed_from IS DISTINCT FROM address.mailbox
       AND NOT EXISTS (
           SELECT FROM directory_emailaddress AS other
            WHERE other.association_id = %(association)s AND other.primary
              AND other.mailbox = remote.mailbox)
       AND NOT EXISTS (
           SELECT FROM ledger_remotecontact AS taken
            WHERE taken.connection_id = %(connection)s
              AND taken.mailbox = address.mailbox)
       AND NOT EXISTS (
           SELECT FROM consent_refusal AS refusal
            WHERE refusal.association_id = %(association)s
              AND refusal.mailbox = remote.mailbox AND refusal.list_id IS NULL)
       {in_scope}
     ORDER BY address.mailbox, remote.permission IN ('unsubscribed', 'deleted'),
              remote.mailbox
"""

MOVE_IN_SCOPE: Final = """
       AND EXISTS (SELECT FROM sync_scope
                    WHERE sync_scope.mailbox IN (remote.mailbox, address.mailbox))
"""
"""The old and the new mailbox, where only the old one is known over there.

Not where the old one is known to have refused: who has left it behind did not, or is
known to have, too; and what refused is not given to anybody else.
"""

RENAMED: Final = """
    EXISTS (SELECT FROM directory_emailaddress AS now
             WHERE now.contact_id = remote.carried_by AND now.primary
               AND now.mailbox = remote.renamed_from)
"""
"""Was *remote* given its address there, while its carrier has another one here?"""

STAYS: Final = f"""
    ARRAY(SELECT audience.id FROM directory_standing AS place
            JOIN ledger_audience AS audience
              ON audience.connection_id = remote.connection_id
             AND audience.list_id = place.list_id
           WHERE place.contact_id = remote.carried_by AND place.status = 'active'
             AND NOT place.no_mass_email AND {RENAMED})
"""
"""The audiences that *remote* stays on, for its carrier is on their lists."""

_KNOWN_AS = f"""
    SELECT remote.renamed_from, min(remote.mailbox) FROM ledger_remotecontact AS remote
     WHERE remote.connection_id = %s AND remote.renamed_from IS NOT NULL
       AND remote.permission <> 'deleted' AND {RENAMED}
       AND EXISTS (
           SELECT FROM directory_standing AS place
            WHERE place.contact_id = remote.carried_by AND place.status = 'active'
              AND NOT place.no_mass_email OFFSET 0)
       AND NOT EXISTS (
           SELECT FROM directory_emailaddress AS other
            WHERE other.association_id = remote.association_id AND other.primary
              AND other.mailbox = remote.mailbox)
     GROUP BY remote.renamed_from
"""
"""OFFSET 0 has the few who were renamed looked up one by one, by their index; joined,
the view would be computed for everybody."""


def known_as(connection_id: int) -> dict[Mailbox, Mailbox]:
    """Return, by the mailbox that they have here, the one that they have there.

    Not where somebody else has the latter here, nor for who is on no list.
    """
    with database.cursor() as cursor:
        cursor.execute(_KNOWN_AS, [connection_id])
        return {Mailbox(here): Mailbox(there) for here, there in cursor.fetchall()}
