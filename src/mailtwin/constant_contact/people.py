"""What people do by hand: the person in the mail's footer, the staff over there."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from mailtwin.constant_contact import consent, contact_rows
from mailtwin.constant_contact.contact_documents import CORE_TEXTS
from mailtwin.constant_contact.reading import ADDRESS
from mailtwin.constant_contact.service import Service
from mailtwin.constant_contact.store import address_key
from mailtwin.exchange import Json
from mailtwin.world import World


class NobodyThere(LookupError):
    """No such account, contact or list; the message names it."""


class NotPossible(ValueError):
    """It cannot be done by hand either; the message says why."""


def find_account(world: World, named: str | None) -> sqlite3.Row:
    """Return the account of an id or a name; without one, the first."""
    row: sqlite3.Row | None = world.database.execute(
        "SELECT * FROM account WHERE ?1 IS NULL OR account_id = ?1"
        " OR organization_name = ?1 ORDER BY account LIMIT 1",
        (named,),
    ).fetchone()
    if row is None:
        raise NobodyThere(f"there is no account {named}")
    return row


def find_contact(world: World, account: int, address: str) -> sqlite3.Row:
    row = contact_rows.find_address(world, account, address)
    if row is None:
        raise NobodyThere(f"nobody has the address {address}")
    return row


def find_list(world: World, account: int, named: str) -> sqlite3.Row:
    """Return the live list of an id or a name."""
    row: sqlite3.Row | None = world.database.execute(
        "SELECT * FROM list WHERE account = ?1 AND deleted_at IS NULL"
        " AND (list_id = ?2 OR same_name(name, ?2))",
        (account, named),
    ).fetchone()
    if row is None:
        raise NobodyThere(f"there is no list {named}")
    return row


def find_or_add_list(world: World, account: int, named: str) -> sqlite3.Row:
    try:
        return find_list(world, account, named)
    except NobodyThere:
        now = int(world.clock.now())
        row: sqlite3.Row = world.database.execute(
            "INSERT INTO list (account, list_id, name, created_at, updated_at)"
            " VALUES (?1, ?2, ?3, ?4, ?4) RETURNING *",
            (account, world.new_id(), named, now),
        ).fetchone()
        return row


def unsubscribe(
    service: Service, account: int, address: str, *, reason: str | None = None
) -> sqlite3.Row:
    """The person follows the unsubscribe link in the footer of a mail."""
    world = service.world
    row = find_contact(world, account, address)
    consent.opt_out(
        world,
        row["contact"],
        source="Contact",
        at=int(world.clock.now()),
        reason=reason,
    )
    return row


def leave_list(service: Service, account: int, address: str, named: str) -> sqlite3.Row:
    """The person drops one list on the profile page and keeps the others."""
    row = find_contact(service.world, account, address)
    found = find_list(service.world, account, named)
    if not consent.leave_list(service.world, row["contact"], found["list"]):
        raise NobodyThere(f"{address} is not on the list {named}")
    return row


def come_back(
    service: Service, account: int, address: str, lists: Sequence[str]
) -> sqlite3.Row:
    """The person subscribes again, or confirms the mail that asked them to."""
    world = service.world
    row = find_contact(world, account, address)
    ids = [find_list(world, account, each)["list_id"] for each in lists]
    now = int(world.clock.now())
    if row["deleted_at"] is not None:
        consent.revive(world, row["contact"], at=now)
    consent.come_back(world, row["contact"], ids, at=now)
    return row


def add(
    service: Service,
    account: int,
    address: str,
    *,
    core: Mapping[str, Json],
    lists: Sequence[str],
    permission: str = "implicit",
) -> sqlite3.Row:
    """Staff type a contact in; one that is there already is changed."""
    world, now = service.world, int(service.world.clock.now())
    if not ADDRESS.fullmatch(address):
        raise NotPossible(f"{address} is not an e-mail address")
    row = contact_rows.find_address(world, account, address)
    if row is None:
        world.database.execute(
            "INSERT INTO contact (account, contact_id, place, address, address_key,"
            " permission, email_created_at, email_updated_at, opt_in_source,"
            " opt_in_date, confirm_status, create_source, update_source, created_at,"
            " updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 'Account', ?7,"
            " 'off', 'Account', 'Account', ?7, ?7)",
            (
                account,
                world.new_id(),
                world.luck.getrandbits(62),
                address,
                address_key(world, address),
                permission,
                now,
            ),
        )
        row = find_contact(world, account, address)
    elif row["deleted_at"] is not None:
        consent.revive(world, row["contact"], at=now)
    return edit(service, account, address, core=core, lists=lists or None)


def edit(
    service: Service,
    account: int,
    address: str,
    *,
    core: Mapping[str, Json],
    new_address: str | None = None,
    lists: Sequence[str] | None = None,
) -> sqlite3.Row:
    """Staff change a contact; *lists*, when given, become all lists it is on."""
    world = service.world
    row = find_contact(world, account, address)
    changes: dict[str, Json] = {
        name: value or None for name, value in core.items() if name in CORE_TEXTS
    }
    now = int(world.clock.now())
    if new_address and new_address != row["address"]:
        if contact_rows.find_address(world, account, new_address) not in (None, row):
            raise NotPossible(f"somebody else has the address {new_address}")
        changes["address"] = new_address
        changes["address_key"] = address_key(world, new_address)
        changes["email_updated_at"] = now
    contact_rows.update(
        world.database,
        row["contact"],
        {**changes, "update_source": "Account", "updated_at": now},
    )
    if lists is not None:
        if lists and row["permission"] == "unsubscribed":
            raise NotPossible(f"{address} unsubscribed and cannot be put on lists")
        ids = [find_or_add_list(world, account, each)["list_id"] for each in lists]
        contact_rows.set_lists(world, account, row["contact"], ids)
    return row


def delete(service: Service, account: int, address: str) -> sqlite3.Row:
    row = find_contact(service.world, account, address)
    consent.delete(service.world, [row["contact"]], at=int(service.world.clock.now()))
    return row
