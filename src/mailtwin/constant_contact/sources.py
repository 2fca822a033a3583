"""Which contacts a bulk call means: read from its body, resolved when the job runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from mailtwin.constant_contact.reading import Reading
from mailtwin.constant_contact.service import Asked
from mailtwin.constant_contact.store import address_key
from mailtwin.constant_contact.work import Work
from mailtwin.exchange import Json

CONTACTS_LIMIT = 500
LISTS_LIMIT = 50
LEVELS = ("high", "medium", "low", "none")


def read_source(
    reading: Reading, names: Sequence[str], *, cut: bool
) -> dict[str, Json]:
    """Return the one way of naming contacts that was used, as a job keeps it.

    *reading* is the object that holds the properties *names*. Problems go there.
    """
    found: dict[str, Json] = {}
    for name in names:
        value = READERS[name](reading, name, cut)
        if value:
            found[name] = value
    if len(found) != 1:
        reading.wrong("source", f"must have exactly one of {', '.join(names)}")
    return found


def read_exclude(reading: Reading, source: Mapping[str, Json]) -> list[str] | None:
    """Return the contacts to leave out; only whole lists or everybody can have any."""
    outside = reading.object("exclude")
    exclude = outside.ids("contact_ids", 1_000_000) if outside else None
    if exclude and not {"all_active_contacts", "list_ids"} & set(source):
        reading.wrong("exclude", "needs all_active_contacts or list_ids as source")
    return exclude


def _ids(reading: Reading, name: str, cut: bool) -> Json:
    limit = CONTACTS_LIMIT if name == "contact_ids" else LISTS_LIMIT
    return reading.ids(name, limit, cut=cut)


READERS: Mapping[str, Callable[[Reading, str, bool], Json]] = {
    "contact_ids": _ids,
    "list_ids": _ids,
    "tag_ids": _ids,
    "all_active_contacts": lambda reading, name, _: reading.flag(name),
    "new_subscriber": lambda reading, name, _: reading.flag(name),
    "engagement_level": lambda reading, name, _: reading.choice(name, LEVELS),
    "segment_id": lambda reading, name, _: reading.integer(name, 1, 2**31),
}

_CONTACT = "SELECT contact FROM contact WHERE account = ?1"
QUERIES: Mapping[str, str] = {
    "contact_ids": f"{_CONTACT} AND contact_id IN (SELECT value FROM json_each(?2))",
    "list_ids": (
        f"{_CONTACT} AND contact IN (SELECT contact FROM membership JOIN list"
        " USING (list) WHERE list_id IN (SELECT value FROM json_each(?2)))"
    ),
    "tag_ids": (
        f"{_CONTACT} AND contact IN (SELECT contact FROM tagging JOIN tag"
        " USING (tag) WHERE tag_id IN (SELECT value FROM json_each(?2)))"
    ),
    "all_active_contacts": (
        f"{_CONTACT} AND ?2 = 'true' AND deleted_at IS NULL"
        " AND permission IN ('explicit', 'implicit')"
    ),
    "new_subscriber": (
        f"{_CONTACT} AND ?2 = 'true' AND deleted_at IS NULL"
        " AND opt_in_date > ?3 - 30 * 86400"
    ),
    # nobody opens mail here: everyone's engagement is none, and no segment has anyone
    "engagement_level": f"{_CONTACT} AND deleted_at IS NULL AND ?2 = '\"none\"'",
    "segment_id": f"{_CONTACT} AND ?2 IS NULL",
}


@frozen(kw_only=True)
class Found:
    """The contacts a job works on, and how many its caller meant."""

    contacts: Sequence[int]
    total: int


def find_contacts(work: Work) -> Found:
    """Return whom the job's source names now; unknown ids name nobody."""
    ((name, value),) = work.document["source"].items()
    excluded = json.dumps(work.document.get("exclude") or [])
    rows = work.database.execute(
        f"{QUERIES[name]} AND ?3 IS NOT NULL"
        " AND contact_id NOT IN (SELECT value FROM json_each(?4))",
        (work.account, json.dumps(value), work.at, excluded),
    )
    contacts = [row["contact"] for row in rows]
    total = len(value) if name == "contact_ids" else len(contacts)
    return Found(contacts=contacts[: work.share(len(contacts))], total=total)


def find_ids(asked: Asked, source: Mapping[str, Json]) -> list[int]:
    """Return the numbers of contacts named one by one."""
    rows = asked.database.execute(
        "SELECT contact FROM contact WHERE account = ? AND contact_id IN"
        " (SELECT value FROM json_each(?))",
        (asked.account, json.dumps(source.get("contact_ids", []))),
    )
    return [row["contact"] for row in rows]


def find_addresses(asked: Asked, rows: Sequence[Mapping[str, Json]]) -> list[int]:
    """Return the numbers of contacts that the rows of an import name."""
    keys = [address_key(asked.world, str(row.get("email") or "")) for row in rows]
    found = asked.database.execute(
        "SELECT contact FROM contact WHERE account = ? AND address_key IN"
        " (SELECT value FROM json_each(?))",
        (asked.account, json.dumps(keys)),
    )
    return [row["contact"] for row in found]
