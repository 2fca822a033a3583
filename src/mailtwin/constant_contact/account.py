"""The account itself: ``/account/…``."""

from __future__ import annotations

import json
import sqlite3

from mailtwin.constant_contact import cursors
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


def get_privileges(asked: Asked) -> Answer:
    """Return what the person who allowed the application may do."""
    mine = PRIVILEGES[asked.grant.role]
    body = [
        {"privilege_id": number, "privilege_name": name}
        for number, name in enumerate(PRIVILEGES["owner"], start=1)
        if name in mine
    ]
    return Answer(status=200, body=body)
