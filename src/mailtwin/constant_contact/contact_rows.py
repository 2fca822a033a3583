"""Writes contacts and their sub-resources into the state."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

from mailtwin.constant_contact import errors
from mailtwin.constant_contact.contact_forms import ContactForm, Row
from mailtwin.constant_contact.service import Asked
from mailtwin.constant_contact.store import address_key, unknown_lists
from mailtwin.exchange import Json
from mailtwin.world import World


def find(asked: Asked) -> sqlite3.Row:
    """Return the contact of the path, deleted ones too. Raises Refused."""
    row: sqlite3.Row | None = asked.database.execute(
        "SELECT * FROM contact WHERE account = ? AND contact_id = ?",
        (asked.account, asked.id("contact_id")),
    ).fetchone()
    if row is None:
        raise errors.not_found("The contact was not found.")
    return row


def find_address(world: World, account: int, address: str) -> sqlite3.Row | None:
    """Return whoever has the address, deleted or not."""
    row: sqlite3.Row | None = world.database.execute(
        "SELECT * FROM contact WHERE account = ? AND address_key = ?",
        (account, address_key(world, address)),
    ).fetchone()
    return row


def check_address_is_free(asked: Asked, address: str, *, but: int = 0) -> None:
    taken = find_address(asked.world, asked.account, address)
    if taken is not None and taken["contact"] != but:
        raise errors.conflict(
            f"Validation failed: Email already exists for contact {taken['contact_id']}"
        )


def insert(asked: Asked, form: ContactForm) -> int:
    """Write a new contact without sub-resources and return its number."""
    world, now = asked.world, asked.now
    has_email = form.address is not None
    permission = (form.permission or "implicit") if has_email else None
    opted_in = has_email and permission in ("explicit", "implicit")
    row: dict[str, Json] = {
        "account": asked.account,
        "contact_id": world.new_id(),
        "place": world.luck.getrandbits(62),
        "address": form.address,
        "address_key": address_key(world, form.address) if form.address else None,
        "permission": permission,
        "email_created_at": now if has_email else None,
        "email_updated_at": now if has_email else None,
        "opt_in_source": form.source if opted_in else None,
        "opt_in_date": now if opted_in else None,
        "confirm_status": "pending" if permission == "pending_confirmation" else "off",
        "create_source": form.source,
        "update_source": form.source,
        "created_at": now,
        "updated_at": now,
        **form.core,
    }
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    return int(
        asked.database.execute(
            f"INSERT INTO contact ({names}) VALUES ({marks}) RETURNING contact",
            tuple(row.values()),
        ).fetchone()[0]
    )


def update(database: sqlite3.Connection, contact: int, row: Row) -> None:
    """Change columns of one contact; the names come from this package."""
    changes = ", ".join(f"{name} = ?" for name in row)
    database.execute(
        f"UPDATE contact SET {changes} WHERE contact = ?", (*row.values(), contact)
    )


def set_parts(asked: Asked, contact: int, form: ContactForm) -> None:
    """Replace each sub-resource that was sent, lists excepted."""
    if form.tag_ids is not None:
        _set_tags(asked, contact, form.tag_ids)
    if form.phone_numbers is not None:
        set_phones(asked, contact, form.phone_numbers, source=form.source)
    if form.street_addresses is not None:
        set_streets(asked, contact, form.street_addresses)
    if form.custom_fields is not None:
        asked.database.execute("DELETE FROM custom_value WHERE contact = ?", (contact,))
        add_custom_fields(asked, contact, form.custom_fields)
    if form.notes is not None:
        _set_notes(asked, contact, form.notes)
    if form.sms is not None:
        set_sms(asked, contact, form.sms, source=form.source)


def set_lists(
    world: World, account: int, contact: int, list_ids: Sequence[str]
) -> None:
    """Make *list_ids* the complete set of the contact's lists. Raises Refused."""
    if unknown := unknown_lists(world, account, list(list_ids)):
        raise errors.invalid(f"list_memberships has unknown lists: {unknown[0]}")
    world.database.execute(
        "DELETE FROM membership WHERE contact = ? AND list NOT IN"
        " (SELECT list FROM list WHERE list_id IN (SELECT value FROM json_each(?)))",
        (contact, json.dumps(list_ids)),
    )
    add_lists(world, contact, list_ids)


def add_lists(world: World, contact: int, list_ids: Sequence[str]) -> None:
    world.database.execute(
        "INSERT OR IGNORE INTO membership (contact, list)"
        " SELECT ?, list FROM list WHERE list_id IN (SELECT value FROM json_each(?))",
        (contact, json.dumps(list_ids)),
    )


def _set_tags(asked: Asked, contact: int, tag_ids: Sequence[str]) -> None:
    found = asked.database.execute(
        "SELECT tag FROM tag WHERE account = ? AND tag_id IN"
        " (SELECT value FROM json_each(?))",
        (asked.account, json.dumps(tag_ids)),
    ).fetchall()
    if len(found) != len(tag_ids):
        raise errors.invalid("taggings has unknown tags")
    asked.database.execute("DELETE FROM tagging WHERE contact = ?", (contact,))
    asked.database.executemany(
        "INSERT INTO tagging (contact, tag) VALUES (?, ?)",
        [(contact, row["tag"]) for row in found],
    )


def set_phones(
    asked: Asked, contact: int, phones: Sequence[Row], *, source: str
) -> None:
    asked.database.execute("DELETE FROM phone_number WHERE contact = ?", (contact,))
    _add_phones(asked, contact, phones, source=source)


def put_phone(asked: Asked, contact: int, number: str) -> None:
    """Set the one number a sign-up form has, of kind other."""
    asked.database.execute(
        "DELETE FROM phone_number WHERE contact = ? AND kind = 'other'", (contact,)
    )
    phone = {"phone_number": number, "kind": "other"}
    _add_phones(asked, contact, [phone], source="Contact")


def _add_phones(
    asked: Asked, contact: int, phones: Sequence[Row], *, source: str
) -> None:
    asked.database.executemany(
        "INSERT INTO phone_number (contact, kind, phone_number_id, phone_number,"
        " create_source, update_source, created_at, updated_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?6)",
        [
            (
                contact,
                phone["kind"],
                asked.world.new_id(),
                phone["phone_number"],
                source,
                asked.now,
            )
            for phone in phones
        ],
    )


def set_streets(asked: Asked, contact: int, streets: Sequence[Row]) -> None:
    asked.database.execute("DELETE FROM street_address WHERE contact = ?", (contact,))
    _add_streets(asked, contact, streets)


def put_street(asked: Asked, contact: int, street: Row) -> None:
    """Set the one address a sign-up form has; it replaces that of its kind."""
    asked.database.execute(
        "DELETE FROM street_address WHERE contact = ? AND kind = ?",
        (contact, street["kind"]),
    )
    _add_streets(asked, contact, [street])


def _add_streets(asked: Asked, contact: int, streets: Sequence[Row]) -> None:
    asked.database.executemany(
        "INSERT INTO street_address (contact, kind, street_address_id, street, city,"
        " state, postal_code, country, created_at, updated_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)",
        [
            (
                contact,
                street["kind"],
                asked.world.new_id(),
                street["street"],
                street["city"],
                street["state"],
                street["postal_code"],
                street["country"],
                asked.now,
            )
            for street in streets
        ],
    )


def add_custom_fields(asked: Asked, contact: int, values: Sequence[Row]) -> None:
    """Set custom values; an empty one takes the value away. Raises Refused."""
    known = {
        row["custom_field_id"]: row["field"]
        for row in asked.database.execute(
            "SELECT field, custom_field_id FROM custom_field WHERE account = ?",
            (asked.account,),
        )
    }
    for value in values:
        field = known.get(value["custom_field_id"])
        if field is None:
            raise errors.invalid(
                f"custom_field_id {value['custom_field_id']} does not exist"
            )
        asked.database.execute(
            "DELETE FROM custom_value WHERE contact = ? AND field = ?", (contact, field)
        )
        if value["value"] is not None or value["choice_ids"] is not None:
            asked.database.execute(
                "INSERT INTO custom_value VALUES (?, ?, ?, ?)",
                (contact, field, value["value"], value["choice_ids"]),
            )


def _set_notes(asked: Asked, contact: int, notes: Sequence[str]) -> None:
    asked.database.execute("DELETE FROM note WHERE contact = ?", (contact,))
    asked.database.executemany(
        "INSERT INTO note VALUES (?, ?, ?, ?)",
        [(contact, asked.world.new_id(), text, asked.now) for text in reversed(notes)],
    )


def set_sms(asked: Asked, contact: int, sms: Row, *, source: str) -> None:
    """Give the contact its one text message channel. Raises Refused."""
    taken = asked.database.execute(
        "SELECT contact_id FROM contact WHERE account = ? AND sms_number = ?"
        " AND contact <> ?",
        (asked.account, sms["number"], contact),
    ).fetchone()
    if taken:
        raise errors.conflict(f"SMS already exists for contact {taken['contact_id']}")
    document = sms_document(asked.world, sms, source=source)
    update(
        asked.database,
        contact,
        {"sms": json.dumps(document), "sms_number": sms["number"]},
    )


def sms_document(world: World, sms: Row, *, source: str) -> Mapping[str, Json]:
    number = str(sms["number"])
    national = number[1:] if len(number) == 11 and number[0] == "1" else number
    return {
        "sms_channel_id": world.new_id(),
        "sms_address": national,
        "dial_code": "1",
        "country_code": "US",
        "create_source": source,
        "update_source": source,
        "sms_channel_consents": list(sms["consents"]),
    }
