"""What the database sees to by itself when facts of consent are written.

Whoever writes a fact - a pull of any provider, staff, SQL by hand - everybody who keeps
lists for the association computes the mailbox and the person again: the marks are in
the same transaction.
"""

from __future__ import annotations

import pgtrigger


def facts_are_only_added() -> pgtrigger.Trigger:
    """Refuse to change or delete a fact."""
    return pgtrigger.Protect(
        name="facts_are_only_added",
        operation=pgtrigger.Update | pgtrigger.Delete,
    )


def followers_are_told() -> pgtrigger.Trigger:
    """Mark the mailboxes and the people of new facts for every follower."""
    added = pgtrigger.Referencing(new="added")  # type: ignore[no-untyped-call]
    return pgtrigger.Trigger(
        name="followers_are_told",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=added,
        func=f"""
            PERFORM pg_advisory_xact_lock_shared(
                hashtextextended('rollkeeper.directory', touched.association_id))
            FROM (SELECT DISTINCT association_id FROM added) AS touched;
            {_marking("mailbox")}
            {_marking("contact_id")}
            RETURN NULL;
        """,
    )


def _marking(column: str) -> str:
    return f"""
            INSERT INTO directory_mark (association_id, follower_id, {column})
            SELECT follower.association_id, follower.id, touched.{column}
            FROM (SELECT DISTINCT association_id, {column} FROM added
                  WHERE {column} IS NOT NULL) AS touched
            JOIN directory_follower AS follower
                ON follower.association_id = touched.association_id
            ORDER BY follower.id, touched.{column}
            FOR KEY SHARE OF follower;
    """
