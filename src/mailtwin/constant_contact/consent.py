"""Permission to send: who may change it, and what a change takes along."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from mailtwin.constant_contact import contact_rows, errors
from mailtwin.constant_contact.contact_forms import ContactForm, Row
from mailtwin.constant_contact.service import Asked
from mailtwin.world import World


def opt_out(
    world: World,
    contact: int,
    *,
    source: str,
    at: int,
    reason: str | None = None,
    empty_lists: bool = True,
) -> None:
    """Unsubscribe from everything. The contact's own ``updated_at`` stays."""
    world.database.execute(
        "UPDATE contact SET permission = 'unsubscribed', update_source = ?1,"
        " opt_out_source = ?1, opt_out_date = ?2, opt_out_reason = ?3,"
        " email_updated_at = ?2, confirm_status = 'off', resubscribe_lists = NULL"
        " WHERE contact = ?4",
        (source, at, reason, contact),
    )
    if empty_lists:
        world.database.execute("DELETE FROM membership WHERE contact = ?", (contact,))


def opt_in(
    database: sqlite3.Connection, contact: int, *, permission: str, source: str, at: int
) -> None:
    """Give permission and forget an earlier opt-out."""
    database.execute(
        "UPDATE contact SET permission = ?1, opt_in_source = ?2, opt_in_date = ?3,"
        " opt_out_source = NULL, opt_out_date = NULL, opt_out_reason = NULL,"
        " email_updated_at = ?3, confirm_status ="
        "   CASE ?1 WHEN 'pending_confirmation' THEN 'pending' ELSE 'off' END"
        " WHERE contact = ?4",
        (permission, source, at, contact),
    )


def put_permission(asked: Asked, row: sqlite3.Row, form: ContactForm) -> bool:
    """Apply the permission of a PUT; return whether its lists may be applied too.

    Raises Refused when the account wants back who opted out themselves.
    """
    wanted, contact = form.permission, row["contact"]
    if row["permission"] != "unsubscribed":
        if wanted == "unsubscribed":
            return _put_opt_out(asked, row, form)
        if wanted is not None and wanted != row["permission"]:
            contact_rows.update(asked.database, contact, _changed(wanted, asked.now))
        return True
    if wanted in (None, "unsubscribed") and not form.list_ids:
        return True
    asked.remarks.violation(
        "opt_out_put_back", f"PUT brings back contact {row['contact_id']}"
    )
    theirs = row["opt_out_source"] == "Contact" and form.source == "Account"
    if theirs or wanted in (None, "unsubscribed"):
        if asked.world.switches["readding_an_opt_out"] == "ignored":
            return False
        raise errors.invalid("The contact unsubscribed and cannot be added to lists")
    assert wanted is not None  # handled above
    opt_in(
        asked.database,
        contact,
        permission=wanted,
        source=form.source,
        at=asked.now,
    )
    return True


def _changed(permission: str, at: int) -> Row:
    pending = permission == "pending_confirmation"
    return {
        "permission": permission,
        "email_updated_at": at,
        "confirm_status": "pending" if pending else "off",
    }


def _put_opt_out(asked: Asked, row: sqlite3.Row, form: ContactForm) -> bool:
    switches = asked.world.switches
    follows = switches["opt_out_source"] == "follows"
    empties = switches.on("put_opt_out_empties_lists")
    opt_out(
        asked.world,
        row["contact"],
        source=form.source if follows else "Account",
        at=asked.now,
        reason=form.opt_out_reason,
        empty_lists=empties,
    )
    return not empties


def leave_list(world: World, contact: int, list_number: int) -> bool:
    """Take a person off one list by their own wish; return whether they were on it."""
    gone = world.database.execute(
        "DELETE FROM membership WHERE contact = ? AND list = ?", (contact, list_number)
    ).rowcount
    if gone:
        world.database.execute(
            "INSERT OR IGNORE INTO left_list VALUES (?, ?)", (contact, list_number)
        )
    return bool(gone)


def come_back(world: World, contact: int, list_ids: Sequence[str], *, at: int) -> None:
    """Subscribe a person by their own act, onto *list_ids* and those once asked for."""
    row = world.database.execute(
        "SELECT resubscribe_lists FROM contact WHERE contact = ?", (contact,)
    ).fetchone()
    asked_for = json.loads(row["resubscribe_lists"] or "[]")
    opt_in(world.database, contact, permission="explicit", source="Contact", at=at)
    contact_rows.update(
        world.database,
        contact,
        {
            "confirm_status": "confirmed",
            "update_source": "Contact",
            "resubscribe_lists": None,
        },
    )
    contact_rows.add_lists(world, contact, [*asked_for, *list_ids])
    world.database.execute("DELETE FROM left_list WHERE contact = ?", (contact,))


def delete(world: World, contacts: Sequence[int], *, at: int) -> int:
    """Delete softly: off all lists, still readable. Return how many were not yet."""
    numbers = json.dumps(contacts)
    world.database.execute(
        "DELETE FROM membership WHERE contact IN (SELECT value FROM json_each(?))",
        (numbers,),
    )
    moves = world.switches.on("deletion_moves_updated_at")
    return world.database.execute(
        "UPDATE contact SET deleted_at = ?1,"
        " updated_at = CASE WHEN ?2 THEN ?1 ELSE updated_at END"
        " WHERE deleted_at IS NULL AND contact IN (SELECT value FROM json_each(?3))",
        (at, moves, numbers),
    ).rowcount


def revive(world: World, contact: int, *, at: int) -> None:
    """Undo a deletion; permission and opt-out are as they were, lists stay empty."""
    moves = world.switches.on("revival_moves_updated_at")
    world.database.execute(
        "UPDATE contact SET deleted_at = NULL,"
        " updated_at = CASE WHEN ? THEN ? ELSE updated_at END WHERE contact = ?",
        (moves, at, contact),
    )
