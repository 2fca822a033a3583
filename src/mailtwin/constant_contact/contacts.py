"""Operations on one contact, and their counts."""

from __future__ import annotations

import json
import sqlite3

from mailtwin.constant_contact import consent, contact_rows, cursors, errors
from mailtwin.constant_contact.contact_documents import INCLUDABLE, documents
from mailtwin.constant_contact.contact_forms import ContactForm, read_contact
from mailtwin.constant_contact.reading import Reading
from mailtwin.constant_contact.replica import collection_view
from mailtwin.constant_contact.service import Asked
from mailtwin.constant_contact.store import address_key, unknown_lists
from mailtwin.constant_contact.told import tell
from mailtwin.exchange import Answer, Json

DAYS_OF_A_NEW_SUBSCRIBER = 30


def create_contact(asked: Asked) -> Answer:
    form = read_contact(asked.json(), source="create_source")
    names = (form.core["first_name"], form.core["last_name"])
    if form.address is None and form.sms is None and not any(names):
        raise errors.invalid(
            "first_name, last_name, email_address or sms_channel is missing"
        )
    if form.address is not None:
        contact_rows.check_address_is_free(asked, form.address)
    contact = contact_rows.insert(asked, form)
    contact_rows.set_parts(asked, contact, form)
    if form.list_ids:
        contact_rows.set_lists(asked.world, asked.account, contact, form.list_ids)
    if form.permission == "unsubscribed" and form.address is not None:
        consent.opt_out(
            asked.world,
            contact,
            source=form.source,
            at=asked.now,
            reason=form.opt_out_reason,
        )
    return Answer(status=201, body=_whole(asked, contact))


def _whole(asked: Asked, contact: int) -> dict[str, Json]:
    row = asked.database.execute(
        "SELECT * FROM contact WHERE contact = ?", (contact,)
    ).fetchone()
    (document,) = documents(asked.database, [row], INCLUDABLE)
    return document


def get_contact(asked: Asked) -> Answer:
    row = contact_rows.find(asked)
    include = cursors.some_of(asked.call.query, "include", INCLUDABLE) or ()
    tell(asked, [row], include)
    (document,) = documents(asked.database, [row], include)
    return Answer(status=200, body=document)


def put_contact(asked: Asked) -> Answer:
    """Replace core properties whole, and each sub-resource that was sent."""
    row = contact_rows.find(asked)
    form = read_contact(asked.json(), source="update_source")
    _note_erased(asked, row, form)
    if form.address is not None:
        contact_rows.check_address_is_free(asked, form.address, but=row["contact"])
    if row["deleted_at"] is not None:
        if form.source != "Account":
            raise errors.invalid("update_source must be Account to restore a contact")
        consent.revive(asked.world, row["contact"], at=asked.now)
    contact_rows.update(
        asked.database,
        row["contact"],
        {**form.core, "update_source": form.source, "updated_at": asked.now},
    )
    _put_address(asked, row, form)
    lists_apply = consent.put_permission(asked, row, form)
    contact_rows.set_parts(asked, row["contact"], form)
    if form.list_ids is not None and lists_apply:
        contact_rows.set_lists(
            asked.world, asked.account, row["contact"], form.list_ids
        )
    return Answer(status=200, body=_whole(asked, row["contact"]))


def _note_erased(asked: Asked, row: sqlite3.Row, form: ContactForm) -> None:
    erased = [
        name for name in form.core if name not in form.sent and row[name] is not None
    ]
    if erased:
        asked.remarks.violation(
            "put_erased_field",
            f"PUT left out {', '.join(erased)} of contact {row['contact_id']}",
        )


def _put_address(asked: Asked, row: sqlite3.Row, form: ContactForm) -> None:
    now, contact = asked.now, row["contact"]
    if form.address is None:
        if asked.world.switches["put_without_email"] == "clear":
            contact_rows.update(
                asked.database, contact, {"address": None, "address_key": None}
            )
        return
    if form.address == row["address"]:
        return
    changes: dict[str, Json] = {
        "address": form.address,
        "address_key": address_key(asked.world, form.address),
        "email_updated_at": now,
    }
    if row["address"] is None:
        changes |= {
            "permission": row["permission"] or form.permission or "implicit",
            "email_created_at": now,
            "opt_in_source": form.source,
            "opt_in_date": now,
        }
    contact_rows.update(asked.database, contact, changes)


def delete_contact(asked: Asked) -> Answer:
    row = contact_rows.find(asked)
    consent.delete(asked.world, [row["contact"]], at=asked.now)
    return Answer(status=204)


def resubscribe(asked: Asked) -> Answer:
    """Send the one confirmation mail; it takes effect when the person confirms.

    Once ever: not again for somebody who came back and unsubscribed a second time.
    """
    row = contact_rows.find(asked)
    reading = Reading(asked.json())
    list_ids = reading.ids("list_ids", 50, required=True) or []
    reading.check()
    if unknown := unknown_lists(asked.world, asked.account, list_ids):
        raise errors.not_found(f"The list {unknown[0]} was not found.")
    if row["permission"] != "unsubscribed" or row["deleted_at"] is not None:
        raise errors.invalid("The contact is not unsubscribed")
    if row["resubscribe_asked"]:
        raise errors.conflict("The contact was asked to resubscribe before")
    contact_rows.update(
        asked.database,
        row["contact"],
        {"resubscribe_lists": json.dumps(list_ids), "resubscribe_asked": 1},
    )
    return Answer(status=200, body=_whole(asked, row["contact"]))


def count_contacts(asked: Asked) -> Answer:
    include = cursors.one_of(asked.call.query, "include", ("new_subscriber",))
    since = asked.now - DAYS_OF_A_NEW_SUBSCRIBER * 86_400
    row = (
        collection_view(asked)
        .execute(
            "SELECT count(*) AS total,"
            " count(*) FILTER (WHERE permission = 'explicit') AS explicit,"
            " count(*) FILTER (WHERE permission = 'implicit') AS implicit,"
            " count(*) FILTER (WHERE permission = 'pending_confirmation') AS pending,"
            " count(*) FILTER (WHERE permission = 'unsubscribed') AS unsubscribed,"
            " count(*) FILTER (WHERE opt_in_date > ?) AS new_subscriber"
            " FROM contact WHERE account = ? AND deleted_at IS NULL",
            (since, asked.account),
        )
        .fetchone()
    )
    counts = dict(row)
    if include is None:
        del counts["new_subscriber"]
    return Answer(status=200, body=counts)
