"""Exports: the call that queues one, and the file it leads to."""

from __future__ import annotations

from mailtwin.constant_contact import errors, jobs
from mailtwin.constant_contact.bulk_calls import check_lists
from mailtwin.constant_contact.contact_documents import PERMISSIONS
from mailtwin.constant_contact.export_filters import read_filters
from mailtwin.constant_contact.reading import Reading
from mailtwin.constant_contact.service import Asked
from mailtwin.exchange import Answer

NEEDS_ADDRESS = frozenset(
    {
        "email_optin_source",
        "email_optin_date",
        "email_optout_source",
        "email_optout_date",
        "email_optout_reason",
    }
)
STATUSES = ("active", "deleted", *PERMISSIONS)


def export_contacts(asked: Asked) -> Answer:
    """Queue an export; its result link is known at once, the file comes later."""
    reading = Reading(asked.json())
    filters = read_filters(reading, STATUSES)
    fields = reading.texts("fields", 200)
    if fields and NEEDS_ADDRESS & set(fields) and "email_address" not in fields:
        reading.wrong("fields", "needs email_address")
    reading.check()
    check_lists(asked, filters.get("list_ids") or [])
    work = {"filters": filters, "fields": fields or []}
    counts = {"items_total_count": 0, "items_completed_count": 0}
    return jobs.accepted(asked, jobs.enqueue(asked, "contact_exports", work, counts))


def get_export(asked: Asked) -> Answer:
    """Return the file of a finished export. A file is kept as long as its job."""
    row = asked.database.execute(
        "SELECT csv, ends_at FROM activity JOIN export USING (activity)"
        " WHERE account = ? AND activity_id = ? AND created_at > ?",
        (asked.account, asked.id("file_export_id"), asked.call.at - jobs.KEPT_SECONDS),
    ).fetchone()
    if row is None or row["ends_at"] > asked.call.at:
        raise errors.not_found("The file was not found.")
    return Answer(
        status=200,
        body=row["csv"].encode(),
        media_type="text/csv",
        headers={"Content-Disposition": "attachment; filename=contacts.csv"},
    )
