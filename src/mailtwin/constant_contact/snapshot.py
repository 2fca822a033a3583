"""The whole of one account as one document, for tests to compare with."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict

from mailtwin.clock import stamp
from mailtwin.constant_contact import jobs
from mailtwin.constant_contact.contact_documents import CORE_TEXTS
from mailtwin.exchange import Json
from mailtwin.world import World


def document(world: World, account: sqlite3.Row) -> dict[str, Json]:
    """Return lists with their members, contacts with their lists, and jobs."""
    number = account["account"]
    members: dict[int, list[str]] = defaultdict(list)
    names: dict[int, list[str]] = defaultdict(list)
    for row in world.database.execute(
        "SELECT m.list, m.contact, c.address, l.name FROM membership m"
        " JOIN contact c USING (contact) JOIN list l USING (list)"
        " WHERE c.account = ? ORDER BY c.address_key, l.name",
        (number,),
    ):
        members[row["list"]].append(row["address"])
        names[row["contact"]].append(row["name"])
    return {
        "now": stamp(world.clock.now()),
        "account": {
            "account_id": account["account_id"],
            "encoded_account_id": json.loads(account["profile"])["encoded_account_id"],
            "organization_name": account["organization_name"],
        },
        "lists": _lists(world, number, members),
        "contacts": _contacts(world, number, names),
        "activities": _activities(world, number),
    }


def _lists(world: World, account: int, members: dict[int, list[str]]) -> list[Json]:
    rows = world.database.execute(
        "SELECT * FROM list WHERE account = ? AND deleted_at IS NULL ORDER BY list",
        (account,),
    )
    return [
        {
            "list_id": row["list_id"],
            "name": row["name"],
            "description": row["description"],
            "members": members.get(row["list"], []),
        }
        for row in rows
    ]


def _contacts(world: World, account: int, names: dict[int, list[str]]) -> list[Json]:
    phones: dict[int, dict[str, str]] = defaultdict(dict)
    for row in world.database.execute(
        "SELECT p.* FROM phone_number p JOIN contact USING (contact) WHERE account = ?",
        (account,),
    ):
        phones[row["contact"]][row["kind"]] = row["phone_number"]
    custom: dict[int, dict[str, str]] = defaultdict(dict)
    for row in world.database.execute(
        "SELECT v.contact, v.value, f.name FROM custom_value v"
        " JOIN custom_field f USING (field) WHERE f.account = ?",
        (account,),
    ):
        custom[row["contact"]][row["name"]] = row["value"]
    rows = world.database.execute(
        "SELECT * FROM contact WHERE account = ? ORDER BY contact", (account,)
    )
    return [
        {
            "contact_id": row["contact_id"],
            "address": row["address"],
            "permission_to_send": row["permission"],
            "opt_out_source": row["opt_out_source"],
            "deleted": row["deleted_at"] is not None,
            **{name: row[name] for name in CORE_TEXTS},
            "phone_numbers": phones.get(row["contact"], {}),
            "custom_fields": custom.get(row["contact"], {}),
            "lists": names.get(row["contact"], []),
        }
        for row in rows
    ]


def _activities(world: World, account: int) -> list[Json]:
    now = world.clock.now()
    rows = world.database.execute(
        "SELECT * FROM activity WHERE account = ? ORDER BY activity", (account,)
    )
    return [
        {
            "activity_id": row["activity_id"],
            "kind": row["kind"],
            "state": jobs.state(row, at=now),
        }
        for row in rows
    ]
