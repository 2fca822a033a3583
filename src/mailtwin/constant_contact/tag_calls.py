"""Calls that queue jobs on tags and custom fields."""

from __future__ import annotations

from mailtwin.constant_contact import errors, jobs
from mailtwin.constant_contact.custom_fields import known_fields
from mailtwin.constant_contact.reading import Reading
from mailtwin.constant_contact.service import Asked
from mailtwin.constant_contact.sources import read_exclude, read_source
from mailtwin.constant_contact.tags import unknown_tags
from mailtwin.exchange import Answer, Json

SOURCES = (
    "contact_ids",
    "list_ids",
    "tag_ids",
    "all_active_contacts",
    "new_subscriber",
)
TAGS_LIMIT = 50
DELETED_TAGS_LIMIT = 500
DELETED_FIELDS_LIMIT = 100


def add_taggings(asked: Asked) -> Answer:
    return _taggings(asked, "contacts_taggings_add")


def remove_taggings(asked: Asked) -> Answer:
    return _taggings(asked, "contacts_taggings_remove")


def _taggings(asked: Asked, kind: str) -> Answer:
    reading = Reading(asked.json())
    inner = reading.object("source")
    source: dict[str, Json] = {}
    if inner is None:
        reading.wrong("source", "is missing")
    else:
        source = read_source(inner, SOURCES, cut=False)
    exclude = read_exclude(reading, source)
    tag_ids = reading.ids("tag_ids", TAGS_LIMIT, required=True) or []
    reading.check()
    if unknown := unknown_tags(asked, tag_ids):
        raise errors.not_found(f"The tag {unknown[0]} was not found.")
    counts = _counts(len(source.get("contact_ids", ())))
    work = {"source": source, "exclude": exclude, "tag_ids": tag_ids}
    return jobs.accepted(asked, jobs.enqueue(asked, kind, work, counts))


def delete_tags(asked: Asked) -> Answer:
    reading = Reading(asked.json())
    tag_ids = reading.ids("tag_ids", DELETED_TAGS_LIMIT, required=True) or []
    reading.check()
    if unknown := unknown_tags(asked, tag_ids):
        raise errors.invalid(f"tag_ids has unknown tags: {unknown[0]}")
    work, counts = {"tag_ids": tag_ids}, _counts(len(tag_ids))
    row = jobs.enqueue(asked, "contacts_tags_delete", work, counts)
    return jobs.accepted(asked, row)


def delete_custom_fields(asked: Asked) -> Answer:
    reading = Reading(asked.json())
    ids = reading.ids("custom_field_ids", DELETED_FIELDS_LIMIT, required=True) or []
    reading.check()
    if missing := set(ids) - set(known_fields(asked, ids)):
        raise errors.not_found(f"The custom field {min(missing)} was not found.")
    work = {"custom_field_ids": ids}
    return jobs.accepted(asked, jobs.enqueue(asked, "custom_fields_delete", work, {}))


def _counts(total: int) -> dict[str, int]:
    return {"items_total_count": total, "items_completed_count": 0}
