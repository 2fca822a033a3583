"""Jobs on tags and custom fields."""

from __future__ import annotations

import json

from mailtwin.constant_contact.custom_fields import remove_field
from mailtwin.constant_contact.sources import find_contacts
from mailtwin.constant_contact.work import Result, Work

TAGS_LIMIT = 50


def add_tags(work: Work) -> Result:
    """Tag contacts; one that has 50 tags already gets no more."""
    found = find_contacts(work)
    tags = _tags(work)
    errors = []
    for contact in found.contacts:
        (others,) = work.database.execute(
            "SELECT count(*) FROM tagging WHERE contact = ? AND tag NOT IN"
            " (SELECT value FROM json_each(?))",
            (contact, json.dumps(tags)),
        ).fetchone()
        if others + len(tags) > TAGS_LIMIT:
            errors.append(f"A contact can have {TAGS_LIMIT} tags.")
            continue
        work.database.executemany(
            "INSERT OR IGNORE INTO tagging VALUES (?, ?)",
            [(contact, tag) for tag in tags],
        )
    return Result(counts=_counts(found.total, len(found.contacts)), errors=errors)


def remove_tags(work: Work) -> Result:
    found = find_contacts(work)
    work.database.executemany(
        "DELETE FROM tagging WHERE contact = ? AND tag = ?",
        [(contact, tag) for contact in found.contacts for tag in _tags(work)],
    )
    return Result(counts=_counts(found.total, len(found.contacts)))


def delete_tags(work: Work) -> Result:
    tags = _tags(work)
    done = tags[: work.share(len(tags))]
    for tag in done:
        work.database.execute("DELETE FROM tagging WHERE tag = ?", (tag,))
        work.database.execute("DELETE FROM tag WHERE tag = ?", (tag,))
    return Result(counts=_counts(len(work.document["tag_ids"]), len(done)))


def delete_custom_fields(work: Work) -> Result:
    rows = work.database.execute(
        "SELECT field FROM custom_field WHERE account = ? AND custom_field_id IN"
        " (SELECT value FROM json_each(?))",
        (work.account, json.dumps(work.document["custom_field_ids"])),
    ).fetchall()
    for row in rows[: work.share(len(rows))]:
        remove_field(work.database, row["field"])
    return Result()


def _tags(work: Work) -> list[int]:
    return [
        row["tag"]
        for row in work.database.execute(
            "SELECT tag FROM tag WHERE account = ? AND tag_id IN"
            " (SELECT value FROM json_each(?))",
            (work.account, json.dumps(work.document["tag_ids"])),
        )
    ]


def _counts(total: int, completed: int) -> dict[str, int]:
    return {"items_total_count": total, "items_completed_count": completed}
