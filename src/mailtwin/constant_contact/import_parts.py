"""Phones, street addresses and custom values of imported contacts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

from mailtwin.constant_contact.import_rows import ImportRow
from mailtwin.constant_contact.work import Work
from mailtwin.exchange import Json

PARTS_LIMIT = 3


def write_parts(work: Work, rows: Mapping[int, ImportRow]) -> list[str]:
    """Write what *rows*, by contact number, say of sub-resources; return errors."""
    _write_phones(work, rows)
    _write_streets(work, rows)
    return _write_custom(work, rows)


def _kinds(
    work: Work, table: str, rows: Mapping[int, ImportRow]
) -> dict[int, set[str]]:
    kinds: dict[int, set[str]] = {contact: set() for contact in rows}
    for contact, kind in work.database.execute(
        f"SELECT contact, kind FROM {table} WHERE contact IN"
        " (SELECT contact FROM incoming)"
    ):
        kinds[contact].add(kind)
    return kinds


def _write_phones(work: Work, rows: Mapping[int, ImportRow]) -> None:
    rows = {contact: row for contact, row in rows.items() if row.phones}
    if not rows:
        return
    kinds = _kinds(work, "phone_number", rows)
    changed, added = [], []
    for contact, row in rows.items():
        for kind, number in row.phones.items():
            if kind in kinds[contact]:
                changed.append((number or None, work.at, contact, kind))
            elif number and len(kinds[contact]) < PARTS_LIMIT:
                kinds[contact].add(kind)
                added.append((contact, kind, work.world.new_id(), number, work.at))
    work.database.executemany(
        "UPDATE phone_number SET phone_number = ?, updated_at = ?,"
        " update_source = 'Account' WHERE contact = ? AND kind = ?",
        changed,
    )
    work.database.executemany(
        "INSERT INTO phone_number (contact, kind, phone_number_id, phone_number,"
        " create_source, update_source, created_at, updated_at)"
        " VALUES (?1, ?2, ?3, ?4, 'Account', 'Account', ?5, ?5)",
        added,
    )


def _write_streets(work: Work, rows: Mapping[int, ImportRow]) -> None:
    rows = {contact: row for contact, row in rows.items() if row.streets}
    if not rows:
        return
    kinds = _kinds(work, "street_address", rows)
    for contact, row in rows.items():
        for kind, said in row.streets.items():
            columns = _street_columns(said)
            if kind not in kinds[contact]:
                if len(kinds[contact]) == PARTS_LIMIT:
                    continue
                kinds[contact].add(kind)
                work.database.execute(
                    "INSERT INTO street_address (contact, kind, street_address_id,"
                    " created_at, updated_at) VALUES (?, ?, new_id(), ?, ?)",
                    (contact, kind, work.at, work.at),
                )
            changes = ", ".join(f"{name} = ?" for name in columns)
            work.database.execute(
                f"UPDATE street_address SET {changes}, updated_at = ?"
                " WHERE contact = ? AND kind = ?",
                (*columns.values(), work.at, contact, kind),
            )


def _street_columns(said: Mapping[str, str]) -> dict[str, Json]:
    columns: dict[str, Json] = {
        name: value or None for name, value in said.items() if name != "street2"
    }
    if second := said.get("street2"):
        columns["street"] = " ".join(filter(None, (said.get("street"), second)))[:255]
    return columns or {"street": None}


def _write_custom(work: Work, rows: Mapping[int, ImportRow]) -> list[str]:
    known = dict(
        work.database.execute(
            "SELECT name, field FROM custom_field WHERE account = ?", (work.account,)
        ).fetchall()
    )
    unknown: Counter[str] = Counter()
    cleared, written = [], []
    for contact, row in rows.items():
        for name, value in row.custom.items():
            field = known.get(name)
            if field is None:
                unknown[name] += 1
            elif value:
                written.append((contact, field, value))
            else:
                cleared.append((contact, field))
    work.database.executemany(
        "DELETE FROM custom_value WHERE contact = ? AND field = ?", cleared
    )
    work.database.executemany(
        "INSERT INTO custom_value (contact, field, value) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET value = excluded.value, choice_ids = NULL",
        written,
    )
    return [
        f"Custom field {json.dumps(name)} does not exist; {times} values ignored."
        for name, times in unknown.items()
    ]
