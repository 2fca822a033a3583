"""Reading the record: what somebody looks for in it."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen
from django.db import connection
from django.db.models import QuerySet

from rollkeeper.audit.models import Entry

# One look into the index for each actor, however many entries there are.
_ACTORS = """
    WITH RECURSIVE known AS (
        (SELECT actor FROM audit_entry WHERE association_id = %(association)s
          ORDER BY actor LIMIT 1)
        UNION ALL
        SELECT (SELECT actor FROM audit_entry
                 WHERE association_id = %(association)s AND actor > known.actor
                 ORDER BY actor LIMIT 1)
          FROM known WHERE known.actor IS NOT NULL)
    SELECT actor FROM known WHERE actor IS NOT NULL
"""


@frozen(kw_only=True)
class Sought:
    """What entries somebody wants to see; what is empty leaves all of them."""

    action: str = ""
    actor: str = ""
    subject: str = ""
    """All of it, such as "list:7", or its first part, such as "list"."""
    since: datetime | None = None
    until: datetime | None = None
    """Without this moment itself."""


def entries(association_id: int, sought: Sought) -> QuerySet[Entry]:
    """Return what was sought, the newest first. The association must be in scope."""
    found: QuerySet[Entry] = Entry.objects.filter(association_id=association_id)
    if sought.action:
        found = found.filter(action=sought.action)
    if sought.actor:
        found = found.filter(actor=sought.actor)
    if ":" in sought.subject:
        found = found.filter(subject=sought.subject)
    elif sought.subject:
        found = found.filter(subject__startswith=f"{sought.subject}:")
    if sought.since:
        found = found.filter(at__gte=sought.since)
    if sought.until:
        found = found.filter(at__lt=sought.until)
    return found.order_by("-id")


def actors(association_id: int) -> list[str]:
    """Return everybody who ever did anything, in the order of the alphabet."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTORS, {"association": association_id})
        return [actor for (actor,) in cursor.fetchall()]


def newest(subject: str, action: str) -> Entry | None:
    """Return the last entry of this action, in the scoped association."""
    found: QuerySet[Entry] = Entry.objects.filter(subject=subject, action=action)
    return found.order_by("-id").first()
