"""``GET /contacts``: filters, sub-resources, pages."""

from __future__ import annotations

import json
from collections.abc import Mapping

from attrs import define, field

from mailtwin.constant_contact import cursors, errors
from mailtwin.constant_contact.contact_documents import INCLUDABLE, documents
from mailtwin.constant_contact.replica import collection_view
from mailtwin.constant_contact.service import Asked
from mailtwin.constant_contact.store import address_key
from mailtwin.constant_contact.told import tell
from mailtwin.exchange import Answer, Json

STATUSES = (
    "all",
    "active",
    "deleted",
    "not_set",
    "pending_confirmation",
    "temp_hold",
    "unsubscribed",
)
SMS_STATUSES = ("all", "explicit", "unsubscribed", "pending_confirmation", "not_set")
RANGES = (
    ("updated_after", "updated_at > ?"),
    ("updated_before", "updated_at < ?"),
    ("created_after", "created_at > ?"),
    ("created_before", "created_at < ?"),
)


@define
class Where:
    """A condition in the making."""

    parts: list[str] = field(factory=list)
    values: list[Json] = field(factory=list)

    def add(self, part: str, *values: Json) -> None:
        self.parts.append(f"({part})")
        self.values.extend(values)

    def __str__(self) -> str:
        return " AND ".join(self.parts)


def get_contacts(asked: Asked) -> Answer:
    """Return a page of contacts, in an order that means nothing."""
    page = cursors.read(
        asked.call.query,
        page=50,
        most=500,
        seconds=int(asked.world.switches["cursor_seconds"]),
        now=asked.now,
    )
    _check_segment(page.query)
    include = cursors.some_of(page.query, "include", INCLUDABLE) or set()
    counted = cursors.flag(page.query, "include_count")
    where = _where(asked, page.query)
    place = "place" if asked.world.switches["order"] == "shuffled" else "contact"
    view = collection_view(asked)
    rows = view.execute(
        f"SELECT * FROM contact WHERE {where} AND {place} > ? ORDER BY {place} LIMIT ?",
        (*where.values, cursors.place(page.after), page.limit + 1),
    ).fetchall()
    shown = rows[: page.limit]
    tell(asked, shown, include)
    body: dict[str, Json] = {"contacts": documents(view, shown, include)}
    if counted:
        (body["contacts_count"],) = view.execute(
            f"SELECT count(*) FROM contact WHERE {where}", where.values
        ).fetchone()
    if len(rows) > page.limit:
        body["_links"] = page.links("/v3/contacts", str(shown[-1][place]), asked.now)
    return Answer(status=200, body=body)


def _check_segment(query: Mapping[str, str]) -> None:
    if "segment_id" not in query:
        return
    if others := set(query) - {"segment_id", "limit", "cursor"}:
        raise errors.invalid(f"segment_id cannot be combined with {min(others)}")
    raise errors.not_found("The segment was not found.")


def _where(asked: Asked, query: Mapping[str, str]) -> Where:
    where = Where()
    where.add("account = ?", asked.account)
    _add_status(asked, query, where)
    if "email" in query:
        where.add("address_key = ?", address_key(asked.world, query["email"]))
    if (list_ids := cursors.ids(query, "lists", 25)) is not None:
        where.add(
            "contact IN (SELECT contact FROM membership JOIN list USING (list)"
            " WHERE list_id IN (SELECT value FROM json_each(?)))",
            json.dumps(list_ids),
        )
    if (tag_ids := cursors.ids(query, "tags", 50)) is not None:
        where.add(
            "contact IN (SELECT contact FROM tagging JOIN tag USING (tag)"
            " WHERE tag_id IN (SELECT value FROM json_each(?)))",
            json.dumps(tag_ids),
        )
    for name, condition in RANGES:
        if (bound := cursors.time(query, name)) is not None:
            where.add(condition, bound)
    _add_opt_out(asked, query, where)
    _add_sms_status(query, where)
    return where


def _add_status(asked: Asked, query: Mapping[str, str], where: Where) -> None:
    try:
        wanted = cursors.some_of(query, "status", STATUSES)
    except errors.Refused:
        if asked.world.switches["unknown_status"] == "refused":
            raise
        wanted = None
    if wanted is None:
        where.add("deleted_at IS NULL")
        return
    if "all" in wanted:
        return
    parts, values = [], list[Json]()
    for status in sorted(wanted):
        if status == "deleted":
            parts.append("deleted_at IS NOT NULL")
        elif status == "active":
            parts.append(
                "deleted_at IS NULL AND permission IN ('explicit', 'implicit')"
            )
        else:
            parts.append("deleted_at IS NULL AND permission = ?")
            values.append(status)
    where.add(" OR ".join(f"({part})" for part in parts), *values)


def _add_opt_out(asked: Asked, query: Mapping[str, str], where: Where) -> None:
    after = cursors.time(query, "optout_after")
    before = cursors.time(query, "optout_before")
    how = asked.world.switches["optout_after"]
    if how == "ignored":
        return
    also = "=" if how == "inclusive" else ""
    if after is not None:
        where.add(f"opt_out_date >{also} ?", after)
    if before is not None:
        where.add(f"opt_out_date <{also} ?", before)


def _add_sms_status(query: Mapping[str, str], where: Where) -> None:
    wanted = cursors.some_of(query, "sms_status", SMS_STATUSES)
    if wanted is None:
        return
    where.add("sms IS NOT NULL")
    if "all" not in wanted:
        where.add(
            "EXISTS (SELECT 1 FROM json_each(sms, '$.sms_channel_consents') AS c"
            " WHERE c.value ->> 'sms_consent_permission'"
            " IN (SELECT value FROM json_each(?)))",
            json.dumps(sorted(wanted)),
        )
