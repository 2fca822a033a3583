"""Imports: rows keyed by e-mail address, upserted in a few statements per job."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

from attrs import define, field

from mailtwin.constant_contact.contact_rows import sms_document
from mailtwin.constant_contact.import_parts import write_parts
from mailtwin.constant_contact.import_rows import BadRow, ImportRow, read_row
from mailtwin.constant_contact.store import address_key, unknown_lists
from mailtwin.constant_contact.work import Result, Work
from mailtwin.exchange import Json

MEMBERSHIP_LIMIT = 50
CORE = (
    "first_name",
    "last_name",
    "job_title",
    "company_name",
    "birthday_month",
    "birthday_day",
    "anniversary",
)


@define(kw_only=True)
class _Rows:
    """The rows of one import, those of one address merged into one."""

    by_key: dict[str, ImportRow] = field(factory=dict)
    by_number: list[ImportRow] = field(factory=list)
    errors: list[str] = field(factory=list)
    correctable: int = 0
    hopeless: int = 0


def import_contacts(work: Work) -> Result:
    """Create and change contacts, then add all of them to the lists of the job."""
    list_ids: list[str] = work.document["list_ids"]
    documents: list[dict[str, Json]] = work.document["rows"]
    if unknown := unknown_lists(work.world, work.account, list_ids):
        return Result(errors=[f"List {unknown[0]} does not exist."], failed=True)
    share = work.share(len(documents))
    rows = _read(work, documents[:share])
    _stage(work, rows.by_key)
    _upsert(work)
    contacts = dict(work.database.execute("SELECT key, contact FROM incoming"))
    rows.errors += write_parts(work, {contacts[k]: r for k, r in rows.by_key.items()})
    _write_numbers(work, rows, contacts)
    refused, failed = _add_to_lists(work, list_ids, rows)
    if over := work.document.get("skipped", 0):
        rows.errors.append(f"{over} rows are beyond the limit and were skipped.")
    return Result(
        counts={
            "items_total_count": len(documents) + 1,
            "person_count": share,
            "error_count": rows.hopeless,
            "correctable_count": rows.correctable,
            "cannot_add_to_list_count": refused,
        },
        errors=rows.errors,
        failed=failed,
    )


def _read(work: Work, documents: Sequence[Mapping[str, Json]]) -> _Rows:
    rows = _Rows()
    keep_blanks = work.world.switches["blanks"] == "clear"
    first_wins = work.world.switches["repeated_rows"] == "first"
    for line, document in enumerate(documents, start=2):
        if not keep_blanks:
            document = {k: v for k, v in document.items() if v != ""}
        try:
            row = read_row(document, line)
        except BadRow as bad:
            rows.errors.append(f"Line {line}: {bad}")
            rows.correctable += bad.correctable
            rows.hopeless += not bad.correctable
            continue
        if row.address is None:
            rows.by_number.append(row)
            continue
        key = address_key(work.world, row.address)
        earlier = rows.by_key.get(key)
        if earlier is not None:
            row = row.over(earlier) if not first_wins else earlier.over(row)
        rows.by_key[key] = row
    return rows


def _stage(work: Work, rows: Mapping[str, ImportRow]) -> None:
    work.database.execute(
        "CREATE TEMP TABLE IF NOT EXISTS incoming (key TEXT PRIMARY KEY, line INTEGER,"
        f" address TEXT, place INTEGER, contact INTEGER, {', '.join(CORE)})"
    )
    work.database.execute("DELETE FROM incoming")
    marks = ", ".join("?" * (4 + len(CORE)))
    work.database.executemany(
        f"INSERT INTO incoming (key, line, address, place, {', '.join(CORE)})"
        f" VALUES ({marks})",
        [
            (
                key,
                row.line,
                row.address,
                work.world.luck.getrandbits(62),
                *(row.core.get(name) for name in CORE),
            )
            for key, row in rows.items()
        ],
    )


def _upsert(work: Work) -> None:
    """Bring contacts up to the staged rows; deleted ones come back as they were."""
    moves = work.world.switches.on("revival_moves_updated_at")
    mine = "contact.account = :account AND contact.address_key = i.key"
    values = {"account": work.account, "at": work.at, "moves": moves}
    work.database.execute(
        "UPDATE contact SET deleted_at = NULL,"
        " updated_at = CASE WHEN :moves THEN :at ELSE updated_at END"
        f" FROM incoming i WHERE {mine} AND deleted_at IS NOT NULL",
        values,
    )
    only = ""
    if not work.world.switches.on("imports_update_opt_outs"):
        only = " AND permission <> 'unsubscribed'"
    changes = ", ".join(
        f"{name} = CASE WHEN i.{name} IS NULL THEN contact.{name}"
        f" ELSE nullif(i.{name}, '') END"
        for name in CORE
    )
    work.database.execute(
        f"UPDATE contact SET {changes}, update_source = 'Account', updated_at = :at"
        f" FROM incoming i WHERE {mine}{only}",
        values,
    )
    fresh = ", ".join(f"nullif(i.{name}, '')" for name in CORE)
    work.database.execute(
        "INSERT INTO contact (account, contact_id, place, address, address_key,"
        " permission, email_created_at, email_updated_at, opt_in_source, opt_in_date,"
        " confirm_status, create_source, update_source, created_at, updated_at,"
        f" {', '.join(CORE)})"
        " SELECT :account, new_id(), i.place, i.address, i.key, 'implicit', :at, :at,"
        f" 'Account', :at, 'off', 'Account', 'Account', :at, :at, {fresh}"
        " FROM incoming i WHERE NOT EXISTS (SELECT 1 FROM contact"
        f" WHERE {mine}) ORDER BY i.line",
        values,
    )
    work.database.execute(
        f"UPDATE incoming AS i SET contact = contact.contact FROM contact WHERE {mine}",
        values,
    )


def _write_numbers(work: Work, rows: _Rows, contacts: Mapping[str, int]) -> None:
    """Give rows with a text message number their channel, and a contact if needed."""
    for key, row in rows.by_key.items():
        if row.sms_number is not None:
            _set_number(work, contacts[key], row)
    for row in rows.by_number:
        found = work.database.execute(
            "SELECT contact FROM contact WHERE account = ? AND sms_number = ?",
            (work.account, row.sms_number),
        ).fetchone()
        contact = found["contact"] if found else _add_without_address(work, row)
        work.database.execute(
            "INSERT OR IGNORE INTO incoming (key, line, contact) VALUES (?, ?, ?)",
            (f"sms {row.sms_number}", row.line, contact),
        )
        _set_number(work, contact, row)


def _add_without_address(work: Work, row: ImportRow) -> int:
    names = ("first_name", "last_name", "job_title", "company_name")
    return int(
        work.database.execute(
            "INSERT INTO contact (account, contact_id, place, create_source,"
            f" update_source, created_at, updated_at, {', '.join(names)})"
            " VALUES (?1, new_id(), ?2, 'Account', 'Account', ?3, ?3, ?4, ?5, ?6, ?7)"
            " RETURNING contact",
            (
                work.account,
                work.world.luck.getrandbits(62),
                work.at,
                *(row.core.get(name) for name in names),
            ),
        ).fetchone()[0]
    )


def _set_number(work: Work, contact: int, row: ImportRow) -> None:
    permission = work.document.get("sms_permission") or "not_set"
    consent = {"sms_consent_permission": permission, "consent_type": "promotional_sms"}
    sms = {"number": row.sms_number, "consents": [consent]}
    document = sms_document(work.world, sms, source="Account")
    work.database.execute(
        "UPDATE OR IGNORE contact SET sms = ?, sms_number = ? WHERE contact = ?",
        (json.dumps(document), row.sms_number, contact),
    )


def _add_to_lists(work: Work, list_ids: Sequence[str], rows: _Rows) -> tuple[int, bool]:
    """Return how many opted-out people stayed off, and whether the job failed."""
    work.database.execute(
        "CREATE TEMP TABLE IF NOT EXISTS full (contact INTEGER PRIMARY KEY)"
    )
    work.database.execute("DELETE FROM full")
    full = work.database.execute(
        "INSERT INTO full SELECT contact FROM membership"
        " WHERE contact IN (SELECT contact FROM incoming) AND list NOT IN"
        "   (SELECT list FROM list WHERE list_id IN (SELECT value FROM json_each(?)))"
        " GROUP BY contact HAVING count(*) > ?",
        (json.dumps(list_ids), MEMBERSHIP_LIMIT - len(list_ids)),
    ).rowcount
    if full > 0:
        rows.errors += _lines_beyond_limit(work.database)
        if work.world.switches["beyond_membership_limit"] == "fail":
            return 0, True
    work.database.execute(
        "INSERT OR IGNORE INTO membership (contact, list)"
        " SELECT i.contact, l.list FROM incoming i JOIN contact c USING (contact)"
        " JOIN list l ON l.list_id IN (SELECT value FROM json_each(?))"
        " WHERE c.permission IS NOT 'unsubscribed'"
        " AND i.contact NOT IN (SELECT contact FROM full)",
        (json.dumps(list_ids),),
    )
    (refused,) = work.database.execute(
        "SELECT count(*) FROM incoming JOIN contact USING (contact)"
        " WHERE permission = 'unsubscribed'"
    ).fetchone()
    return refused, False


def _lines_beyond_limit(database: sqlite3.Connection) -> list[str]:
    return [
        f"Line {line}: a contact can be on {MEMBERSHIP_LIMIT} lists"
        for (line,) in database.execute(
            "SELECT line FROM incoming JOIN full USING (contact) ORDER BY line"
        )
    ]
