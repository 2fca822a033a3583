"""Change capture: which writes to the directory leave marks, by database trigger.

Whoever writes - a page, an import, SQL by hand - the marks are in the same transaction.
A trigger names only what its own row says: an address its mailbox, a membership its
contact, a list or a member itself. Looking up more would read rows that a neighbour is
changing: the contact that he is giving to a member just now is not the member's yet,
and once both have committed nobody would have marked it. Who takes a member's mark up
looks for its contacts then, so that either his mark or the member's comes later.

Automatic lists are made here as well: no association and no membership type is ever
without its own.
"""

from __future__ import annotations

import pgtrigger

from rollkeeper.core.automatic import IDS, AutomaticKind

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
    return f"PERFORM {_announcing(association)};"


def _announcing(association: str) -> str:
    return (
        "pg_advisory_xact_lock_shared("
        f"hashtextextended('rollkeeper.directory', {association}))"
    )


def stays_in_its_association() -> pgtrigger.Trigger:
    """Refuse to move a row to another association."""
    return pgtrigger.Protect(
        name="stays_in_its_association",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("association"),
    )


def of_associations() -> pgtrigger.Trigger:
    """Make the list of all representatives with the association."""
    return pgtrigger.Trigger(
        name="association_added",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=f"""
            INSERT INTO directory_contactlist
                   (association_id, external_id, name, kind, sync, fields)
            VALUES (NEW.id, '{IDS}representatives', 'All active representatives',
                    '{AutomaticKind.REPRESENTATIVES.value}', true, '{{}}');
            RETURN NULL;
        """,
    )


def of_membership_types() -> list[pgtrigger.Trigger]:
    """Make a list with each type, and call it as the type is called.

    With the type goes its list, as its foreign key says.
    """
    return [
        _of_a_statement(
            "type_added",
            pgtrigger.Insert,
            new="added",
            func=f"""
                INSERT INTO directory_contactlist
                       (association_id, external_id, name, kind, membership_type_id,
                        sync, fields)
                SELECT association_id, '{IDS}type-' || id, name,
                       '{AutomaticKind.MEMBERSHIP_TYPE.value}', id, true, '{{}}'
                FROM added ORDER BY id;
                RETURN NULL;
            """,
        ),
        _of_a_statement(
            "type_renamed",
            pgtrigger.Update,
            new="renamed",
            func="""
                UPDATE directory_contactlist AS list SET name = renamed.name
                FROM renamed
                WHERE list.membership_type_id = renamed.id
                    AND list.name <> renamed.name;
                RETURN NULL;
            """,
        ),
    ]


def of_members() -> list[pgtrigger.Trigger]:
    """Mark the members whose representatives belong to other automatic lists now.

    One statement for all that a statement changed: an import changes thousands. A
    member that is deleted needs no mark, for its contacts let go of it and are marked.
    """
    return [
        _of_a_statement(
            "member_changed",
            pgtrigger.Update,
            old="before",
            new="after",
            func=f"""
                PERFORM {_announcing("touched.association_id")}
                FROM (SELECT DISTINCT association_id FROM after) AS touched;
                INSERT INTO directory_mark (association_id, follower_id, member_id)
                SELECT follower.association_id, follower.id, after.id
                FROM after JOIN before USING (id)
                JOIN directory_follower AS follower
                    ON follower.association_id = after.association_id
                WHERE (before.status, before.membership_type_id)
                    IS DISTINCT FROM (after.status, after.membership_type_id)
                ORDER BY follower.id, after.id
                FOR KEY SHARE OF follower;
                RETURN NULL;
            """,
        ),
    ]


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
            condition=pgtrigger.AnyChange(*TOLD_OF_A_CONTACT, "member", "changed_at"),
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


def _of_a_statement(
    name: str,
    operation: pgtrigger.Operation,
    *,
    func: str,
    new: str,
    old: str | None = None,
) -> pgtrigger.Trigger:
    """Run *func* once, over tables of all rows after, and maybe before, a statement."""
    rows = pgtrigger.Referencing(old=old, new=new)  # type: ignore[no-untyped-call]
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=rows,
        func=func,
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
