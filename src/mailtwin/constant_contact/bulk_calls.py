"""Calls that queue jobs on known contacts and lists."""

from __future__ import annotations

from collections.abc import Sequence

from mailtwin.constant_contact import errors, jobs
from mailtwin.constant_contact.dependence import check_dependence
from mailtwin.constant_contact.reading import Reading
from mailtwin.constant_contact.service import Asked
from mailtwin.constant_contact.sources import find_ids, read_exclude, read_source
from mailtwin.constant_contact.store import unknown_lists
from mailtwin.constant_contact.told import check_put_back
from mailtwin.exchange import Answer, Json

SOURCES = (
    "contact_ids",
    "list_ids",
    "all_active_contacts",
    "tag_ids",
    "engagement_level",
)
ADD_SOURCES = (*SOURCES, "segment_id", "new_subscriber")
LISTS_LIMIT = 50
DELETED_LISTS_LIMIT = 100


def check_lists(asked: Asked, list_ids: Sequence[str]) -> None:
    """Raise Refused for an unknown list, unless the job is to fail over it."""
    if asked.world.switches["unknown_list"] == "failed_job":
        return
    if unknown := unknown_lists(asked.world, asked.account, list(list_ids)):
        raise errors.invalid(f"list_ids has unknown lists: {unknown[0]}")


def add_list_memberships(asked: Asked) -> Answer:
    work = _read_membership_work(asked, ADD_SOURCES)
    contacts = find_ids(asked, work["source"])
    check_put_back(asked, contacts, work["list_ids"])
    check_dependence(asked, "add_list_memberships", contacts, work["list_ids"])
    return _enqueue_memberships(asked, "add_list_memberships", work)


def remove_list_memberships(asked: Asked) -> Answer:
    work = _read_membership_work(asked, SOURCES)
    contacts = find_ids(asked, work["source"])
    check_dependence(asked, "remove_list_memberships", contacts, work["list_ids"])
    if "contact_ids" not in work["source"]:
        asked.remarks.violation(
            "removal_without_ids", f"removes by {', '.join(work['source'])}"
        )
    return _enqueue_memberships(asked, "remove_list_memberships", work)


def _read_membership_work(asked: Asked, names: Sequence[str]) -> dict[str, Json]:
    cut = asked.world.switches["over_limit"] == "cut"
    document = asked.json()
    reading = Reading(document)
    inner = reading.object("source")
    source: dict[str, Json] = {}
    if inner is None:
        reading.wrong("source", "is missing")
    else:
        source = read_source(inner, names, cut=cut)
    exclude = read_exclude(reading, source)
    list_ids = reading.ids("list_ids", LISTS_LIMIT, required=True, cut=cut)
    note_over_limit(asked, document)
    reading.check()
    check_lists(asked, list_ids or [])
    return {"source": source, "exclude": exclude, "list_ids": list_ids}


def note_over_limit(asked: Asked, document: dict[str, Json]) -> None:
    """Note a body that names more contacts or lists than one call may."""
    places = [document, document.get("source")]
    for place in places:
        if not isinstance(place, dict):
            continue
        for name, limit in (("contact_ids", 500), ("list_ids", 50)):
            ids = place.get(name)
            if isinstance(ids, list):
                if name == "contact_ids":
                    asked.remarks.rows = len(ids)
                if len(ids) > limit and asked.call.path != "/v3/activities/list_delete":
                    asked.remarks.violation(
                        "over_limit", f"{len(ids)} {name}, {limit} are allowed"
                    )


def _enqueue_memberships(asked: Asked, kind: str, work: dict[str, Json]) -> Answer:
    counts = {
        "items_total_count": len(work["source"].get("contact_ids", ())),
        "items_completed_count": 0,
        "list_count": len(work["list_ids"]),
    }
    return jobs.accepted(asked, jobs.enqueue(asked, kind, work, counts))


def delete_contacts(asked: Asked) -> Answer:
    cut = asked.world.switches["over_limit"] == "cut"
    document = asked.json()
    note_over_limit(asked, document)
    reading = Reading(document)
    source = read_source(reading, ("contact_ids", "list_ids"), cut=cut)
    reading.check()
    if "list_ids" in source:
        check_lists(asked, source["list_ids"])
        asked.remarks.violation("deletion_without_ids", "deletes by list_ids")
    check_dependence(asked, "contact_delete", find_ids(asked, source), None)
    counts = {
        "items_total_count": len(source.get("contact_ids", ())),
        "items_completed_count": 0,
    }
    if "list_ids" in source:
        counts["list_count"] = len(source["list_ids"])
    row = jobs.enqueue(asked, "contact_delete", {"source": source}, counts)
    return jobs.accepted(asked, row)


def delete_lists(asked: Asked) -> Answer:
    cut = asked.world.switches["over_limit"] == "cut"
    reading = Reading(asked.json())
    list_ids = reading.ids("list_ids", DELETED_LISTS_LIMIT, required=True, cut=cut)
    reading.check()
    check_lists(asked, list_ids or [])
    work = {"list_ids": list_ids}
    counts = {"list_count": len(list_ids or [])}
    return jobs.accepted(asked, jobs.enqueue(asked, "list_delete", work, counts))
