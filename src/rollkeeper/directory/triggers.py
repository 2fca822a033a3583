"""Change capture: which writes to the directory leave marks, by database trigger.

Whoever writes - a page, an import, SQL by hand - the marks are in the same transaction.
A trigger names only what its own row says: an address its mailbox, a membership its
contact, a list itself. Looking up more would read rows that a neighbour is changing.
"""

from __future__ import annotations

import pgtrigger

TOLD_OF_A_CONTACT = (
    "first_name",
    "last_name",
    "company",
    "active",
    "do_not_contact",
    "speaks_for_member",
)


def writing(association: str) -> str:
    """Return SQL that announces a write to *association* until its transaction ends.

    `services.follow` waits for those under way: they did not see the new follower.
    """
    return (
        "PERFORM pg_advisory_xact_lock_shared("
        f"hashtextextended('rollkeeper.directory', {association}));"
    )


def stays_in_its_association() -> pgtrigger.Trigger:
    """Refuse to move a row to another association."""
    return pgtrigger.Protect(
        name="stays_in_its_association",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("association"),
    )


def of_contacts() -> list[pgtrigger.Trigger]:
    """Mark a contact that changed; one that came or went had, or has, no address."""
    return [
        pgtrigger.Trigger(
            name="contact_changed_at",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.AnyChange(*TOLD_OF_A_CONTACT),
            func="NEW.changed_at = statement_timestamp(); RETURN NEW;",
        ),
        _marking(
            "contact_changed",
            pgtrigger.Update,
            column="contact_id",
            values="NEW.id",
            condition=pgtrigger.AnyChange(*TOLD_OF_A_CONTACT, "changed_at"),
        ),
        _truncated(),
    ]


def of_addresses() -> list[pgtrigger.Trigger]:
    """Mark the mailbox of a primary address that came, went or changed hands."""
    old = "CASE WHEN OLD.primary THEN OLD.mailbox END"
    new = "CASE WHEN NEW.primary THEN NEW.mailbox END"
    return _row_triggers(
        "address",
        column="mailbox",
        old=old,
        new=new,
        changed=pgtrigger.AnyChange("contact", "mailbox", "primary"),
    )


def of_lists() -> list[pgtrigger.Trigger]:
    """Mark a list that came, went, was renamed or switched."""
    return _row_triggers(
        "list",
        column="list_id",
        old="OLD.id",
        new="NEW.id",
        changed=pgtrigger.AnyChange("name", "sync"),
    )


def of_memberships() -> list[pgtrigger.Trigger]:
    """Mark the contact whose place on a list came, went or changed."""
    return _row_triggers(
        "membership",
        column="contact_id",
        old="OLD.contact_id",
        new="NEW.contact_id",
        changed=pgtrigger.AnyChange("list", "contact", "status", "no_mass_email"),
    )


def _row_triggers(
    noun: str, *, column: str, old: str, new: str, changed: pgtrigger.Condition
) -> list[pgtrigger.Trigger]:
    return [
        _marking(f"{noun}_added", pgtrigger.Insert, column=column, values=new),
        _marking(
            f"{noun}_changed",
            pgtrigger.Update,
            column=column,
            values=f"{old}, {new}",
            condition=changed,
        ),
        _marking(f"{noun}_deleted", pgtrigger.Delete, column=column, values=old),
        _truncated(),
    ]


def _marking(
    name: str,
    operation: pgtrigger.Operation,
    *,
    column: str,
    values: str,
    condition: pgtrigger.Condition | None = None,
) -> pgtrigger.Trigger:
    row = "OLD" if operation is pgtrigger.Delete else "NEW"
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        condition=condition,
        func=f"""
            {writing(f"{row}.association_id")}
            INSERT INTO directory_mark (association_id, follower_id, {column})
            SELECT follower.association_id, follower.id, touched.it
            FROM directory_follower AS follower,
                (SELECT DISTINCT unnest(ARRAY[{values}])) AS touched(it)
            WHERE follower.association_id = {row}.association_id
                AND touched.it IS NOT NULL
            FOR KEY SHARE OF follower;
            RETURN NULL;
        """,
    )


def _truncated() -> pgtrigger.Trigger:
    """TRUNCATE tells no rows: everything is marked, for everybody."""
    return pgtrigger.Trigger(
        name="truncated",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Truncate,
        func="""
            INSERT INTO directory_mark (association_id, follower_id)
            SELECT association_id, id FROM directory_follower FOR KEY SHARE;
            RETURN NULL;
        """,
    )
