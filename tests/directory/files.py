"""Files to import, with as few words as their bytes allow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rollkeeper.directory.importing import ImportReport, Limits, import_files
from rollkeeper.directory.models import Association

BY = "staff:somebody"

HEADERS = {
    "members": "member_id,name,membership_type,status",
    "contacts": "contact_id,member_id,first_name,last_name,title,company,phone,"
    "primary_email,other_emails,active,do_not_contact",
    "lists": "list_id,name,kind,sync",
    "list_memberships": "list_id,contact_id,status,no_mass_email",
}


def a_file(folder: Path, table: str, *rows: str, header: str | None = None) -> Path:
    """Write a file with the usual header, unless it is given, and these rows."""
    path = folder / f"{table}.csv"
    lines = [HEADERS[table] if header is None else header, *rows]
    path.write_bytes("\n".join(lines).encode() + b"\n")
    return path


def contact_row(number: str = "C1", **cells: str) -> str:
    """Return the row of a contact who is fine, but for *cells*."""
    usual = {
        "contact_id": number,
        "first_name": "Ann",
        "last_name": "Bell",
        "primary_email": f"{number.lower()}@members.example",
        "active": "yes",
        "do_not_contact": "no",
    }
    names = HEADERS["contacts"].split(",")
    return ",".join({**usual, **cells}.get(name, "") for name in names)


def import_(
    association: Association, *paths: Path, limits: Limits | None = None
) -> ImportReport:
    more: dict[str, Any] = {} if limits is None else {"limits": limits}
    return import_files(association=association, paths=paths, by=BY, **more)


def counts(report: ImportReport) -> dict[str, Sequence[int]]:
    """Return created, changed, unchanged and bad, by file; they add up to read."""
    result: dict[str, Sequence[int]] = {}
    for one in report.files:
        parts = (one.created, one.changed, one.unchanged, one.bad)
        assert one.read == sum(parts)
        result[one.file] = parts
    return result


def places(report: ImportReport) -> list[tuple[str, int | None, str | None]]:
    """Return file, line and column of each error."""
    return [(one.file, one.line, one.column) for one in report.errors]
