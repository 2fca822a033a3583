"""How fast a large list is exported, and in how much memory.

    python benchmarks/exporting.py [CONTACTS]

Puts everybody on one list, one in ten set to Do Not Contact, in a folder and an
embedded PostgreSQL of its own. Exports it in each format; prints seconds, files and
memory.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from house import a_house

FILL = """
    INSERT INTO directory_contact
           (association_id, external_id, first_name, last_name, title, company, phone,
            active, do_not_contact, speaks_for_member, fields)
    SELECT %(association)s, 'c' || number, 'Given', 'Family ' || number, '',
           'Company ' || number, '', true, number %% 10 = 0, false, '{}'
      FROM generate_series(1, %(contacts)s) AS number;
    INSERT INTO directory_emailaddress
           (association_id, contact_id, typed, mailbox, "primary")
    SELECT %(association)s, id, external_id || '@members.example',
           external_id || '@members.example', true
      FROM directory_contact WHERE association_id = %(association)s;
    INSERT INTO directory_contactlist
           (association_id, external_id, name, kind, sync, fields)
    VALUES (%(association)s, 'everybody', 'Everybody', 'list', true, '{}');
    INSERT INTO directory_listmembership
           (association_id, list_id, contact_id, status, no_mass_email)
    SELECT %(association)s, list.id, contact.id, 'active', false
      FROM directory_contact AS contact
      JOIN directory_contactlist AS list ON list.external_id = 'everybody'
     WHERE contact.association_id = %(association)s
"""


def main(contacts: int) -> None:
    with a_house():
        measure(contacts)


def measure(contacts: int) -> None:
    from django.db import connection as database
    from django_scopes import scope

    from rollkeeper.directory.services import create_association
    from rollkeeper.engine.exporting import Format

    association = create_association(name="Large", slug="large", by="benchmark")
    with database.cursor() as cursor:
        for statement in FILL.split(";\n"):
            cursor.execute(
                statement, {"association": association.pk, "contacts": contacts}
            )
        cursor.execute("ANALYZE")
    print(f"{contacts:,} contacts on a list; {memory()} MB before the first export")
    for format in Format:
        with scope(association=association):
            export_as(format)


def export_as(format: str) -> None:
    from rollkeeper.directory.models import ContactList
    from rollkeeper.engine.exporting import Format, export, of_list
    from rollkeeper.engine.postgres import STORE

    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        done = export(
            of_list(ContactList.objects.get(external_id="everybody")),
            Format(format),
            store=STORE,
            folder=Path(folder),
            by="benchmark",
        )
        seconds = time.perf_counter() - begun
        size = sum(one.stat().st_size for one in done.parts) / 1_000_000
    print(
        f"{format}: {seconds:.1f} s, {done.recipients:,} written,"
        f" {sum(done.left_out.values()):,} left out, {len(done.parts)} files of"
        f" {size:.0f} MB together; at most {memory()} MB so far"
    )


def memory() -> int:
    """Return the most that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
