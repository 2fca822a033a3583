"""The addresses of imported contacts: all those of the row, and no others."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

from rollkeeper.core.values import AssociationId
from rollkeeper.directory.importing.staging import WRITTEN, name_of
from rollkeeper.directory.importing.tables import CONTACTS

PRIMARY, OTHERS = (column.name for column in CONTACTS.columns[-2:])

WANTED = f"""
    CREATE TEMP TABLE import_addresses ON COMMIT DROP AS
    SELECT contact.id AS contact_id, address.typed, address.mailbox,
        place = 1 AS "primary"
    FROM {name_of(CONTACTS)} AS staged
    JOIN directory_contact AS contact ON contact.association_id = %(association)s
        AND contact.external_id = staged.contact_id
    CROSS JOIN unnest(staged.typed, staged.mailboxes)
        WITH ORDINALITY AS address (typed, mailbox, place)
    WHERE address.typed IS NOT NULL
"""

OTHERS_STAY = f"""
    INSERT INTO import_addresses
    SELECT address.contact_id, address.typed, address.mailbox, false
    FROM directory_emailaddress AS address
    JOIN directory_contact AS contact ON contact.id = address.contact_id
    JOIN {name_of(CONTACTS)} AS staged ON staged.contact_id = contact.external_id
    WHERE contact.association_id = %(association)s AND NOT address.primary
        AND NOT EXISTS (
            SELECT FROM import_addresses AS wanted
            WHERE wanted.contact_id = address.contact_id AND (
                wanted.typed = address.typed OR wanted.mailbox = address.mailbox)
        )
"""

DIFFERING = f"""
    CREATE TEMP TABLE import_readdressed ON COMMIT DROP AS
    WITH existing AS (
        SELECT address.contact_id, address.typed, address.mailbox, address.primary
        FROM directory_emailaddress AS address
        JOIN directory_contact AS contact ON contact.id = address.contact_id
        JOIN {name_of(CONTACTS)} AS staged ON staged.contact_id = contact.external_id
        WHERE contact.association_id = %(association)s
    )
    SELECT contact_id FROM (TABLE import_addresses EXCEPT TABLE existing) AS more
    UNION
    SELECT contact_id FROM (TABLE existing EXCEPT TABLE import_addresses) AS less
"""

LOCKED = f"""
    SELECT FROM directory_contact WHERE id IN (
        SELECT contact_id FROM import_readdressed
        EXCEPT SELECT contact_id FROM {WRITTEN}
    ) ORDER BY id FOR NO KEY UPDATE
"""

GONE = """
    DELETE FROM directory_emailaddress AS address USING import_readdressed AS one
    WHERE address.contact_id = one.contact_id AND NOT EXISTS (
        SELECT FROM import_addresses AS wanted
        WHERE wanted.contact_id = address.contact_id AND wanted.typed = address.typed
    )
"""

NO_LONGER_PRIMARY = """
    UPDATE directory_emailaddress AS address SET "primary" = false
    FROM import_readdressed AS one JOIN import_addresses AS wanted USING (contact_id)
    WHERE address.contact_id = one.contact_id AND address.typed = wanted.typed
        AND address.primary AND NOT wanted.primary
"""

CHANGED = """
    UPDATE directory_emailaddress AS address
    SET mailbox = wanted.mailbox, "primary" = wanted.primary
    FROM import_readdressed AS one JOIN import_addresses AS wanted USING (contact_id)
    WHERE address.contact_id = one.contact_id AND address.typed = wanted.typed
        AND ROW(address.mailbox, address.primary)
            IS DISTINCT FROM ROW(wanted.mailbox, wanted.primary)
"""

NEW = """
    INSERT INTO directory_emailaddress
        (association_id, contact_id, typed, mailbox, "primary")
    SELECT %(association)s, contact_id, typed, mailbox, "primary"
    FROM import_readdressed JOIN import_addresses AS wanted USING (contact_id)
    WHERE NOT EXISTS (
        SELECT FROM directory_emailaddress AS address
        WHERE address.contact_id = wanted.contact_id AND address.typed = wanted.typed
    )
    ORDER BY contact_id
"""

NOTED = f"""
    INSERT INTO {WRITTEN} SELECT contact_id, false FROM import_readdressed
    ON CONFLICT DO NOTHING
"""

DONE = "DROP TABLE import_addresses, import_readdressed"


def readdress(
    cursor: CursorWrapper, association_id: AssociationId, *, others: bool = True
) -> None:
    """Give the contacts in the staging table the addresses it says.

    Without *others* it says the primary ones alone, and other addresses stay.

    Those whose addresses are right already are neither written nor locked. An address
    stops being primary before another becomes it: there is never more than one.
    """
    association = {"association": association_id}
    for statement in (
        WANTED,
        *(() if others else (OTHERS_STAY,)),
        "ANALYZE import_addresses",
        DIFFERING,
        "ANALYZE import_readdressed",
        LOCKED,
        GONE,
        NO_LONGER_PRIMARY,
        CHANGED,
        NEW,
        NOTED,
        DONE,
    ):
        cursor.execute(statement, association)
