"""Which mailboxes a pass looks at: all, or those that marks name.

Scoped mailboxes lie in a temporary table of the database session, so that a scope of
fifty thousand costs a join and no memory here.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection as database

from rollkeeper.core.values import ContactId, ListId, Mailbox
from rollkeeper.engine.store import EVERYTHING, Scope

_FILL = """
    WITH people AS MATERIALIZED (
        SELECT unnest(%(contacts)s::bigint[]) AS id
         UNION
        SELECT held.contact_id FROM directory_emailaddress AS held
         WHERE held.association_id = (
                   SELECT association_id FROM connections_connection
                    WHERE id = %(connection)s)
           AND held.primary AND held.mailbox = ANY(%(mailboxes)s)
         UNION
        SELECT named.carried_by FROM ledger_remotecontact AS named
         WHERE named.connection_id = %(connection)s
           AND named.mailbox = ANY(%(mailboxes)s))
    INSERT INTO sync_scope
    SELECT unnest(%(mailboxes)s::text[])
     UNION
    SELECT address.mailbox
      FROM directory_standing AS place
      JOIN directory_emailaddress AS address
        ON address.contact_id = place.contact_id
       AND address.primary AND address.mailbox IS NOT NULL
     WHERE place.list_id = ANY(%(lists)s)
     UNION
    SELECT remote.mailbox
      FROM ledger_audience AS audience
      JOIN ledger_remotemembership AS membership
        ON membership.audience_id = audience.id
      JOIN ledger_remotecontact AS remote ON remote.id = membership.contact_id
     WHERE audience.connection_id = %(connection)s AND audience.list_id = ANY(%(lists)s)
     UNION
    SELECT remote.mailbox
      FROM people
      JOIN ledger_remotecontact AS remote
        ON remote.connection_id = %(connection)s AND remote.carried_by = people.id
     UNION
    SELECT address.mailbox
      FROM ledger_remotecontact AS named
      JOIN directory_emailaddress AS address
        ON address.contact_id = named.carried_by
       AND address.primary AND address.mailbox IS NOT NULL
     WHERE named.connection_id = %(connection)s AND named.mailbox = ANY(%(mailboxes)s)
"""
"""The people are looked up once, by index: as a condition on each contact over there it
took a minute for two hundred mailboxes among ten thousand."""


def narrow(
    *,
    connection_id: int,
    mailboxes: Collection[Mailbox],
    lists: Collection[ListId],
    contacts: Collection[ContactId] = (),
) -> Scope:
    """Make these mailboxes, and all that are or should be on these lists, the scope.

    With a mailbox go the others that its contact has, or had, over there; so do those
    of *contacts*: what is said of somebody holds for old addresses that were kept.

    It stays the scope of this database session until the next call.
    """
    with database.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS sync_scope (mailbox text PRIMARY KEY);
            TRUNCATE sync_scope
            """
        )
        cursor.execute(
            _FILL,
            {
                "mailboxes": list(mailboxes),
                "lists": list(lists),
                "contacts": list(contacts),
                "connection": connection_id,
            },
        )
        cursor.execute("ANALYZE sync_scope")
    return Scope(everything=False)


def joining(scope: Scope, mailbox: str) -> str:
    """Return SQL that keeps only rows whose *mailbox*, a column, is in the scope."""
    if scope == EVERYTHING:
        return ""
    return f"JOIN sync_scope ON sync_scope.mailbox = {mailbox}"
