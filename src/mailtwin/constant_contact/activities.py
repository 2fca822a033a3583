"""Bulk activities: ``/activities`` and what each kind of job is asked with."""

from __future__ import annotations

from collections.abc import Sequence

from mailtwin.constant_contact import cursors, errors, jobs
from mailtwin.constant_contact.import_bodies import read_json_import
from mailtwin.constant_contact.reading import Reading
from mailtwin.constant_contact.service import Asked
from mailtwin.constant_contact.sources import find_ids, read_source
from mailtwin.constant_contact.store import unknown_lists
from mailtwin.constant_contact.told import check_addresses_put_back, check_put_back
from mailtwin.exchange import Answer, Json

STATES = ("processing", "completed", "cancelled", "failed", "timed_out")
MEMBERSHIP_SOURCES = (
    "contact_ids",
    "list_ids",
    "all_active_contacts",
    "tag_ids",
    "engagement_level",
)
LISTS_LIMIT = 50
DELETED_LISTS_LIMIT = 100


def get_activities(asked: Asked) -> Answer:
    """Return the jobs of the last ten days, newest first."""
    page = cursors.read(asked.call.query, page=50, most=500)
    wanted = cursors.one_of(page.query, "state", STATES)
    rows = asked.database.execute(
        "SELECT * FROM activity WHERE account = ? AND created_at > ?"
        " AND activity < ? ORDER BY activity DESC",
        (
            asked.account,
            asked.call.at - jobs.KEPT_SECONDS,
            _place(page.after),
        ),
    )
    shown: list[Json] = []
    last = None
    for row in rows:
        if wanted in (None, jobs.state(row, at=asked.call.at)):
            if len(shown) == page.limit:
                break
            shown.append(jobs.document(asked.world, row, at=asked.call.at))
            last = row["activity"]
    else:
        last = None
    body: dict[str, Json] = {"activities": shown}
    if last is not None:
        body["_links"] = page.links("/v3/activities", str(last), asked.now)
    return Answer(status=200, body=body)


def _place(after: str | None) -> int:
    if after is None:
        return 2**62
    if not after.isdecimal() or len(after) > 18:
        raise errors.invalid("cursor does not have a valid value")
    return int(after)


def get_activity(asked: Asked) -> Answer:
    row = asked.database.execute(
        "SELECT * FROM activity WHERE account = ? AND activity_id = ?"
        " AND created_at > ?",
        (asked.account, asked.id("activity_id"), asked.call.at - jobs.KEPT_SECONDS),
    ).fetchone()
    if row is None:
        raise errors.not_found("The activity was not found.")
    return Answer(status=200, body=jobs.document(asked.world, row, at=asked.call.at))


def import_json(asked: Asked) -> Answer:
    body = read_json_import(asked)
    check_lists(asked, body.list_ids)
    check_addresses_put_back(asked, body.rows, body.list_ids)
    work = {
        "rows": body.rows,
        "list_ids": body.list_ids,
        "skipped": body.skipped,
        "sms_permission": body.sms_permission,
    }
    counts = {
        "items_total_count": len(body.rows) + 1,
        "person_count": 0,
        "error_count": 0,
        "correctable_count": 0,
        "cannot_add_to_list_count": 0,
    }
    row = jobs.enqueue(asked, "contacts_json_import", work, counts)
    return jobs.accepted(asked, row)


def check_lists(asked: Asked, list_ids: Sequence[str]) -> None:
    """Raise Refused for an unknown list, unless the job is to fail over it."""
    if asked.world.switches["unknown_list"] == "failed_job":
        return
    if unknown := unknown_lists(asked.world, asked.account, list(list_ids)):
        raise errors.invalid(f"list_ids has unknown lists: {unknown[0]}")


def add_list_memberships(asked: Asked) -> Answer:
    names = (*MEMBERSHIP_SOURCES, "segment_id", "new_subscriber")
    work = _read_membership_work(asked, names)
    check_put_back(asked, find_ids(asked, work["source"]), work["list_ids"])
    return _enqueue_memberships(asked, "add_list_memberships", work)


def remove_list_memberships(asked: Asked) -> Answer:
    work = _read_membership_work(asked, MEMBERSHIP_SOURCES)
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
    outside = reading.object("exclude")
    exclude = outside.ids("contact_ids", 1_000_000) if outside else None
    if exclude and not {"all_active_contacts", "list_ids"} & set(source):
        reading.wrong("exclude", "needs all_active_contacts or list_ids as source")
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
