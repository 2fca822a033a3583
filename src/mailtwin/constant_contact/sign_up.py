"""``POST /contacts/sign_up_form``: the person's own act, never a sync's."""

from __future__ import annotations

import sqlite3

from attrs import frozen

from mailtwin.constant_contact import consent, contact_rows, errors
from mailtwin.constant_contact.contact_forms import (
    ContactForm,
    Row,
    read_core,
    read_custom_fields,
    read_street,
)
from mailtwin.constant_contact.reading import Reading
from mailtwin.constant_contact.service import Asked
from mailtwin.constant_contact.store import unknown_lists
from mailtwin.exchange import Answer, Json

LISTS_LIMIT = 50
CUSTOM_FIELDS_LIMIT = 50


@frozen(kw_only=True)
class SignUp:
    """What a person typed into a sign-up form."""

    address: str
    core: dict[str, Json]
    list_ids: list[str]
    custom_fields: list[Row]
    phone_number: str | None
    street: Row | None


def sign_up(asked: Asked) -> Answer:
    """Create the contact, or change what the form says and add its lists.

    It gives explicit permission, also to somebody who had unsubscribed.
    """
    asked.remarks.violation("sign_up_form", "the sign-up form is for the person alone")
    form = _read(asked.json())
    if unknown := unknown_lists(asked.world, asked.account, form.list_ids):
        raise errors.not_found(f"The list {unknown[0]} was not found.")
    row = contact_rows.find_address(asked.world, asked.account, form.address)
    if row is None:
        contact, action = _create(asked, form), "created"
    else:
        contact, action = _change(asked, row, form), "updated"
    _add_parts(asked, contact, form)
    found = asked.database.execute(
        "SELECT contact_id FROM contact WHERE contact = ?", (contact,)
    ).fetchone()
    return Answer(
        status=201 if row is None else 200,
        body={"contact_id": found["contact_id"], "action": action},
    )


def _read(document: Json) -> SignUp:
    reading = Reading(document)
    street = reading.object("street_address")
    form = SignUp(
        address=reading.address("email_address", 50, required=True) or "",
        core={k: v for k, v in read_core(reading).items() if v is not None},
        list_ids=reading.ids("list_memberships", LISTS_LIMIT, required=True) or [],
        custom_fields=read_custom_fields(reading, CUSTOM_FIELDS_LIMIT) or [],
        phone_number=reading.text("phone_number", 25),
        street=read_street(street) if street else None,
    )
    reading.check()
    return form


def _permission(asked: Asked) -> str:
    row = asked.database.execute(
        "SELECT confirmed_opt_in FROM account WHERE account = ?", (asked.account,)
    ).fetchone()
    return "pending_confirmation" if row["confirmed_opt_in"] else "explicit"


def _create(asked: Asked, form: SignUp) -> int:
    contact = contact_rows.insert(
        asked,
        ContactForm(
            source="Contact",
            address=form.address,
            permission=_permission(asked),
            core=form.core,
        ),
    )
    contact_rows.add_lists(asked.world, contact, form.list_ids)
    return contact


def _change(asked: Asked, row: sqlite3.Row, form: SignUp) -> int:
    contact = int(row["contact"])
    if row["deleted_at"] is not None:
        consent.revive(asked.world, contact, at=asked.now)
    contact_rows.update(
        asked.database,
        contact,
        {**form.core, "update_source": "Contact", "updated_at": asked.now},
    )
    if row["permission"] not in ("explicit", "pending_confirmation"):
        comes_back = row["permission"] == "unsubscribed"
        consent.opt_in(
            asked.database,
            contact,
            permission=_permission(asked) if comes_back else "explicit",
            source="Contact",
            at=asked.now,
        )
    contact_rows.add_lists(asked.world, contact, form.list_ids)
    (lists,) = asked.database.execute(
        "SELECT count(*) FROM membership WHERE contact = ?", (contact,)
    ).fetchone()
    if lists > LISTS_LIMIT:
        raise errors.invalid(f"a contact can be on {LISTS_LIMIT} lists")
    return contact


def _add_parts(asked: Asked, contact: int, form: SignUp) -> None:
    contact_rows.add_custom_fields(asked, contact, form.custom_fields)
    if form.phone_number is not None:
        contact_rows.put_phone(asked, contact, form.phone_number)
    if form.street is not None:
        contact_rows.put_street(asked, contact, form.street)
