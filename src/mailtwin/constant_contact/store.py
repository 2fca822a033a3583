"""The tables of the service, and what a new account holds."""

from __future__ import annotations

import json
import sqlite3
from importlib.resources import files

from mailtwin.world import World

SCHEMA = files(__package__).joinpath("schema.sql").read_text("utf-8")


def add_functions(database: sqlite3.Connection, world: World) -> None:
    """Teach *database* the comparisons that depend on switches."""

    def same_name(one: str, other: str) -> bool:
        if world.switches.on("list_name_case"):
            return one.casefold() == other.casefold()
        return one == other

    database.create_function("same_name", 2, same_name)


def prepare(world: World) -> None:
    """Make the tables and, in an empty state, the first account."""
    world.database.executescript(SCHEMA)
    add_functions(world.database, world)
    (accounts,) = world.database.execute("SELECT count(*) FROM account").fetchone()
    if not accounts:
        with world.database:
            add_account(world, world.settings.account)


def add_account(world: World, organization_name: str) -> int:
    """Open an account and return its number; its owner allows the applications."""
    account_id = world.new_id()
    login = f"staff@{_host(organization_name)}.example"
    profile = {
        "contact_email": login,
        "contact_phone": "555-0100",
        "country_code": "US",
        "encoded_account_id": "a07" + account_id.replace("-", "")[:11],
        "first_name": "Office",
        "last_name": "Desk",
        "organization_phone": "555-0100",
        "state_code": "MA",
        "time_zone_id": "US/Eastern",
        "website": f"https://www.{_host(organization_name)}.example",
    }
    now = int(world.clock.now())
    row = world.database.execute(
        "INSERT INTO account (account_id, organization_name, profile, login, role,"
        " created_at) VALUES (?, ?, ?, ?, 'owner', ?) RETURNING account",
        (account_id, organization_name, json.dumps(profile), login, now),
    ).fetchone()
    world.database.execute(
        "INSERT INTO account_email (account, email_address, confirmed_at, roles)"
        " VALUES (?, ?, ?, ?)",
        (row["account"], login, now, json.dumps(["CONTACT", "REPLY_TO"])),
    )
    return int(row["account"])


def _host(organization_name: str) -> str:
    words = "".join(
        c if c.isascii() and c.isalnum() else " " for c in organization_name
    )
    return "-".join(words.lower().split()[:2]) or "account"


def address_key(world: World, address: str) -> str:
    """Return what makes an address unique in an account."""
    folded = address.strip()
    return folded.lower() if world.switches.on("address_case") else folded


def unknown_lists(world: World, account: int, list_ids: list[str]) -> list[str]:
    """Return those of *list_ids* that are no live list of the account."""
    known = {
        row["list_id"]
        for row in world.database.execute(
            "SELECT list_id FROM list WHERE account = ? AND deleted_at IS NULL"
            " AND list_id IN (SELECT value FROM json_each(?))",
            (account, json.dumps(list_ids)),
        )
    }
    return [each for each in list_ids if each not in known]
