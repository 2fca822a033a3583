"""Finding out whether the record was tampered with.

Each entry's digest covers the entry and the digest before it. So an entry that was
changed, or before which one was taken out, does not fit the one before it any more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import frozen
from django.db import connection

PORTION: Final = 20_000
"""Entries looked at in one statement: long records are read without being held."""

_LOOK = """
    SELECT count(*), max(id), max(digest) FILTER (WHERE last),
           min(id) FILTER (WHERE NOT fits), count(*) FILTER (WHERE NOT fits)
      FROM (SELECT e.id, e.digest, row_number() OVER (ORDER BY e.id DESC) = 1 AS last,
                   e.digest = audit_digest(
                       lag(e.digest, 1, %(previous)s) OVER (ORDER BY e.id), e) AS fits
              FROM audit_entry AS e
             WHERE e.association_id = %(association)s AND e.id > %(after)s
               AND e.id <= coalesce(
                   (SELECT id FROM audit_entry
                     WHERE association_id = %(association)s AND id > %(after)s
                     ORDER BY id OFFSET %(portion)s - 1 LIMIT 1), %(largest)s)
           ) AS portion
"""

_BROKEN = """
    SELECT e.at, e.actor, e.action, e.subject,
           (SELECT max(id) FROM audit_entry
             WHERE association_id = e.association_id AND id < e.id)
      FROM audit_entry AS e WHERE e.id = %s
"""

_LARGEST: Final = 2**63 - 1


@frozen(kw_only=True)
class Broken:
    """The first entry that does not fit the one before it."""

    entry_id: int
    at: datetime
    actor: str
    action: str
    subject: str
    before: int | None
    """The entry that it should follow; None when it is the first there is."""
    in_all: int
    """How many entries do not fit."""

    def __str__(self) -> str:
        which = f"entry {self.entry_id} ({self.action}, {self.at:%Y-%m-%d %H:%M} UTC)"
        if self.before is None:
            return f"{which} was changed, or entries before it were taken out"
        return (
            f"{which} was changed, or entries between {self.before} and"
            f" {self.entry_id} were taken out"
        )


@frozen(kw_only=True)
class Verdict:
    """What became of looking at all entries of an association."""

    entries: int
    last_id: int | None
    last_digest: str
    """Whoever keeps it elsewhere can tell later that nothing up to here was lost."""
    broken: Broken | None

    @property
    def holds(self) -> bool:
        return self.broken is None


def verify(association_id: int, *, portion: int = PORTION) -> Verdict:
    """Look at each entry. Those missing from the very end do not show."""
    entries, broken, first_broken = 0, 0, None
    last_id, digest = 0, ""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                _LOOK,
                {
                    "association": association_id,
                    "after": last_id,
                    "previous": digest,
                    "portion": portion,
                    "largest": _LARGEST,
                },
            )
            count, newest, newest_digest, first, misfits = cursor.fetchone()
            if not count:
                break
            entries, broken = entries + count, broken + misfits
            last_id, digest = newest, newest_digest
            first_broken = first if first_broken is None else first_broken
    return Verdict(
        entries=entries,
        last_id=last_id or None,
        last_digest=digest,
        broken=None if first_broken is None else _told(first_broken, in_all=broken),
    )


def _told(entry_id: int, *, in_all: int) -> Broken:
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN, [entry_id])
        at, actor, action, subject, before = cursor.fetchone()
    return Broken(
        entry_id=entry_id,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        before=before,
        in_all=in_all,
    )
