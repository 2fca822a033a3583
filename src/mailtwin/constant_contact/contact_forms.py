"""What a client may say about a contact, read from request bodies."""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Mapping, Sequence

from attrs import field, frozen

from mailtwin.constant_contact.contact_documents import CORE_TEXTS, PERMISSIONS
from mailtwin.constant_contact.reading import Reading
from mailtwin.exchange import Json

SOURCES = ("Contact", "Account")
PHONE_KINDS = ("home", "work", "mobile", "other")
STREET_KINDS = ("home", "work", "other")
STREET_TEXTS = (
    ("street", 255),
    ("city", 50),
    ("state", 50),
    ("postal_code", 50),
    ("country", 50),
)
Row = Mapping[str, Json]


@frozen(kw_only=True)
class ContactForm:
    """A contact as a client wants it. A sub-resource of None was not sent."""

    source: str
    address: str | None = None
    permission: str | None = None
    opt_out_reason: str | None = None
    core: Row = field(factory=dict)
    sent: frozenset[str] = frozenset()
    list_ids: Sequence[str] | None = None
    tag_ids: Sequence[str] | None = None
    phone_numbers: Sequence[Row] | None = None
    street_addresses: Sequence[Row] | None = None
    custom_fields: Sequence[Row] | None = None
    notes: Sequence[str] | None = None
    sms: Row | None = None


def read_contact(document: Json, *, source: str) -> ContactForm:
    """Return the body of a POST or PUT; *source* names its source property."""
    reading = Reading(document)
    email = reading.object("email_address")
    address = email.address("address", 80, required=True) if email else None
    form = ContactForm(
        source=reading.choice(source, SOURCES, required=True) or "",
        address=address,
        permission=email.choice("permission_to_send", PERMISSIONS) if email else None,
        opt_out_reason=email.text("opt_out_reason", 255) if email else None,
        core=read_core(reading),
        sent=frozenset(document) if isinstance(document, dict) else frozenset(),
        list_ids=reading.ids("list_memberships", 50),
        tag_ids=reading.ids("taggings", 50),
        phone_numbers=_phones(reading),
        street_addresses=_streets(reading.objects("street_addresses", 3)),
        custom_fields=read_custom_fields(reading, 25),
        notes=_notes(reading),
        sms=_sms(reading.object("sms_channel")),
    )
    reading.check()
    return form


def read_core(reading: Reading) -> dict[str, Json]:
    """Return all core properties; those left out, null or blank are None."""
    core: dict[str, Json] = {name: reading.text(name, 50) for name in CORE_TEXTS}
    core |= read_birthday(reading)
    core["anniversary"] = reading.anniversary("anniversary")
    return core


def read_birthday(reading: Reading) -> dict[str, Json]:
    month = reading.integer("birthday_month", 1, 12)
    day = reading.integer("birthday_day", 1, 31)
    if (month is None) != (day is None):
        reading.wrong("birthday_month", "and birthday_day are only allowed together")
    elif month is not None and day is not None and day > monthrange(2024, month)[1]:
        reading.wrong("birthday_day")
    return {"birthday_month": month, "birthday_day": day}


def _phones(reading: Reading) -> Sequence[Row] | None:
    phones = reading.objects("phone_numbers", 3)
    if phones is None:
        return None
    return [
        {
            "phone_number": each.text("phone_number", 25),
            "kind": each.choice("kind", PHONE_KINDS) or "other",
        }
        for each in phones
    ]


def _streets(streets: Sequence[Reading] | None) -> Sequence[Row] | None:
    if streets is None:
        return None
    return [read_street(each) for each in streets]


def read_street(reading: Reading) -> dict[str, Json]:
    row: dict[str, Json] = {"kind": reading.choice("kind", STREET_KINDS, required=True)}
    return row | {name: reading.text(name, limit) for name, limit in STREET_TEXTS}


def read_custom_fields(reading: Reading, limit: int) -> list[Row] | None:
    fields = reading.objects("custom_fields", limit)
    if fields is None:
        return None
    read: list[Row] = []
    for each in fields:
        custom_field_id = each.identifier("custom_field_id")
        choices = each.texts("choice_ids", 100)
        read.append(
            {
                "custom_field_id": custom_field_id,
                "value": each.text("value", 255),
                "choice_ids": None if choices is None else json.dumps(choices),
            }
        )
    return read


def _notes(reading: Reading) -> list[str] | None:
    notes = reading.objects("notes", 150)
    if notes is None:
        return None
    return [each.text("content", 2000, required=True) or "" for each in notes]


def _sms(reading: Reading | None) -> dict[str, Json] | None:
    if reading is None:
        return None
    number = reading.text("full_sms_address", 16, required=True)
    if number is not None and not number.isdecimal():
        reading.wrong("full_sms_address")
    consents = reading.objects("sms_channel_consents", 10)
    if consents is None:
        reading.wrong("sms_channel_consents", "is missing")
    return {
        "number": number,
        "consents": [
            {
                "sms_consent_permission": each.choice(
                    "sms_consent_permission",
                    ("explicit", "unsubscribed", "pending_confirmation", "not_set"),
                    required=True,
                ),
                "consent_type": each.choice(
                    "consent_type", ("promotional_sms",), required=True
                ),
            }
            for each in consents or ()
        ],
    }
