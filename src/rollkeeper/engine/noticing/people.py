"""The people whom an incident is about, as they are called now."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen
from django.db import connection as database

_MENTIONED = """
    SELECT DISTINCT ON (mention.mailbox, mention.kind, mention.list_id)
           coalesce(btrim(contact.first_name || ' ' || contact.last_name), ''),
           mention.mailbox, mention.kind, coalesce(list.name, ''), contact.id
      FROM notices_mention AS mention
      LEFT JOIN directory_contact AS contact ON contact.id = mention.contact_id
      LEFT JOIN directory_contactlist AS list ON list.id = mention.list_id
     WHERE mention.incident_id = %s
     ORDER BY mention.mailbox, mention.kind, mention.list_id, contact.id
     LIMIT %s
"""


@frozen(kw_only=True)
class Mentioned:
    name: str
    """Empty where nobody has the mailbox."""
    mailbox: str
    kind: str
    list_name: str
    contact_id: int | None
    """None where nobody is, or is any more."""


def mentioned(incident_id: int, most: int) -> Sequence[Mentioned]:
    """Return who is mentioned, by mailbox; of its holders the first."""
    with database.cursor() as cursor:
        cursor.execute(_MENTIONED, [incident_id, most])
        return [
            Mentioned(
                name=name,
                mailbox=mailbox,
                kind=kind,
                list_name=list_name,
                contact_id=contact_id,
            )
            for name, mailbox, kind, list_name, contact_id in cursor.fetchall()
        ]
