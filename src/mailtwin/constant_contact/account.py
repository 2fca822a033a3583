"""The account itself: ``/account/…``."""

from __future__ import annotations

import json
import sqlite3
from zoneinfo import available_timezones

from mailtwin.clock import stamp
from mailtwin.constant_contact import cursors, errors
from mailtwin.constant_contact.reading import Reading
from mailtwin.constant_contact.service import Asked
from mailtwin.exchange import Answer, Json

PRIVILEGES: dict[str, tuple[str, ...]] = {
    "owner": (
        "account:read",
        "account:update",
        "campaign:create",
        "campaign:read",
        "contacts:read",
        "contacts:write",
        "contacts:lists:read",
        "contacts:lists:write",
    ),
    "manager": (
        "account:read",
        "campaign:create",
        "campaign:read",
        "contacts:read",
        "contacts:write",
        "contacts:lists:read",
        "contacts:lists:write",
    ),
    "campaign_creator": ("account:read", "campaign:create", "campaign:read"),
}
SUMMARY_LIMITS = {
    "contact_email": 80,
    "contact_phone": 25,
    "country_code": 2,
    "first_name": 80,
    "last_name": 80,
    "organization_name": 255,
    "organization_phone": 25,
    "state_code": 2,
    "time_zone_id": 64,
    "website": 255,
}
ADDRESS_LIMITS = {
    "address_line1": 80,
    "address_line2": 80,
    "address_line3": 80,
    "city": 80,
    "state_code": 2,
    "state_name": 80,
    "postal_code": 20,
    "country_code": 2,
}
NORTH_AMERICA = ("US", "CA")
CONFIRM_STATUSES = {
    "CONFIRMED": "CONFIRMED",
    "C": "CONFIRMED",
    "UNCONFIRMED": "UNCONFIRMED",
    "U": "UNCONFIRMED",
}
ROLES = {
    code: role
    for role in ("CONTACT", "BILLING", "JOURNALING", "REPLY_TO", "OTHER")
    for code in (role, role[0])
}


def get_summary(asked: Asked) -> Answer:
    extra = ("physical_address", "company_logo")
    wanted = cursors.some_of(asked.call.query, "extra_fields", extra) or set()
    row = _row(asked)
    body = _summary(row)
    if "physical_address" in wanted and row["physical_address"] is not None:
        body["physical_address"] = json.loads(row["physical_address"])
    if "company_logo" in wanted:
        body["company_logo"] = {}
    return Answer(status=200, body=body)


def put_summary(asked: Asked) -> Answer:
    """Change the properties sent; the others stay."""
    reading = Reading(asked.json())
    changes = {
        name: value
        for name, limit in SUMMARY_LIMITS.items()
        if (value := reading.text(name, limit)) is not None
    }
    if changes.get("time_zone_id", "UTC") not in available_timezones():
        reading.wrong("time_zone_id")
    for name in ("country_code", "state_code"):
        if not changes.get(name, "XX").isupper():
            reading.wrong(name)
    reading.check()
    body = {**_summary(_row(asked)), **changes}
    asked.database.execute(
        "UPDATE account SET profile = ?, organization_name = ? WHERE account = ?",
        (
            json.dumps({k: v for k, v in body.items() if k != "organization_name"}),
            body["organization_name"],
            asked.account,
        ),
    )
    return Answer(status=200, body=body)


def _row(asked: Asked) -> sqlite3.Row:
    row: sqlite3.Row = asked.database.execute(
        "SELECT * FROM account WHERE account = ?", (asked.account,)
    ).fetchone()
    return row


def _summary(row: sqlite3.Row) -> dict[str, Json]:
    return {
        **json.loads(row["profile"]),
        "organization_name": row["organization_name"],
    }


def get_physical_address(asked: Asked) -> Answer:
    address = _row(asked)["physical_address"]
    if address is None:
        raise errors.invalid("the account has no physical address")
    return Answer(status=200, body=json.loads(address))


def create_physical_address(asked: Asked) -> Answer:
    address = _read_address(asked)
    if _row(asked)["physical_address"] is not None:
        raise errors.conflict("The account has a physical address already")
    return Answer(status=201, body=_write_address(asked, address))


def put_physical_address(asked: Asked) -> Answer:
    return Answer(status=200, body=_write_address(asked, _read_address(asked)))


def _read_address(asked: Asked) -> dict[str, Json]:
    reading = Reading(asked.json())
    required = ("address_line1", "city", "country_code")
    address = {
        name: value
        for name, limit in ADDRESS_LIMITS.items()
        if (value := reading.text(name, limit, required=name in required)) is not None
    }
    if not address.get("country_code", "XX").isupper():
        reading.wrong("country_code")
    near = address.get("country_code") in NORTH_AMERICA
    for name in ("state_code", "postal_code"):
        if near and name not in address:
            reading.wrong(name, "is missing")
    if ("state_name" if near else "state_code") in address:
        reading.wrong("state_name and state_code", "do not fit the country_code")
    reading.check()
    return address


def _write_address(asked: Asked, address: dict[str, Json]) -> dict[str, Json]:
    asked.database.execute(
        "UPDATE account SET physical_address = ? WHERE account = ?",
        (json.dumps(address), asked.account),
    )
    return address


def get_emails(asked: Asked) -> Answer:
    """Return the account's own addresses; only one filter is taken at a time."""
    query = asked.call.query
    if len({"confirm_status", "role_code", "email_address"} & set(query)) > 1:
        raise errors.invalid("only one filter can be used at a time")
    status = cursors.one_of(query, "confirm_status", CONFIRM_STATUSES)
    role = cursors.one_of(query, "role_code", ROLES)
    rows = asked.database.execute(
        "SELECT * FROM account_email WHERE account = ? ORDER BY email_id",
        (asked.account,),
    )
    emails = [_email(row) for row in rows]
    shown = [
        each
        for each in emails
        if (status is None or each["confirm_status"] == CONFIRM_STATUSES[status])
        and (role is None or ROLES[role] in each["roles"])
        and query.get("email_address", each["email_address"]) == each["email_address"]
    ]
    return Answer(status=200, body=shown)


def create_email(asked: Asked) -> Answer:
    """Add an address; it stays unconfirmed, for no mail leaves the twin."""
    reading = Reading(asked.json())
    address = reading.address("email_address", 80, required=True)
    reading.check()
    taken = asked.database.execute(
        "SELECT email_id FROM account_email"
        " WHERE account = ? AND lower(email_address) = lower(?)",
        (asked.account, address),
    ).fetchone()
    if taken:
        raise errors.conflict("The email address exists in the account")
    row = asked.database.execute(
        "INSERT INTO account_email (account, email_address, roles)"
        " VALUES (?, ?, '[]') RETURNING *",
        (asked.account, address),
    ).fetchone()
    body = _email(row)
    return Answer(
        status=201,
        body={k: body[k] for k in ("email_address", "email_id", "confirm_status")},
    )


def _email(row: sqlite3.Row) -> dict[str, Json]:
    confirmed = row["confirmed_at"] is not None
    shown: dict[str, Json] = {
        "email_address": row["email_address"],
        "email_id": row["email_id"],
        "confirm_status": "CONFIRMED" if confirmed else "UNCONFIRMED",
        "roles": json.loads(row["roles"]),
        "pending_roles": [],
    }
    if confirmed:
        shown["confirm_time"] = stamp(row["confirmed_at"])
        shown["confirm_source_type"] = "SITE_OWNER"
    return shown


def get_privileges(asked: Asked) -> Answer:
    """Return what the person who allowed the application may do."""
    mine = PRIVILEGES[asked.grant.role]
    body = [
        {"privilege_id": number, "privilege_name": name}
        for number, name in enumerate(PRIVILEGES["owner"], start=1)
        if name in mine
    ]
    return Answer(status=200, body=body)
