"""How fast an association is streamed whose lists follow from its members.

    python benchmarks/automatic_lists.py [CONTACTS]

Makes members of ten types with four representatives each, one in ten inactive or of a
dropped member, and a hand-made list with a tenth of them, in a folder and an embedded
PostgreSQL of its own. Streams the views of everybody, then those of one contact, adds
up the lists, explains a contact and counts the lists; prints seconds and memory.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

from house import a_house

FILL = """
    INSERT INTO directory_membershiptype (association_id, name)
    SELECT %(association)s, 'Type ' || number FROM generate_series(0, 9) AS number;
    INSERT INTO directory_member
           (association_id, external_id, name, membership_type_id, status, fields)
    SELECT %(association)s, 'm' || number, 'Member ' || number,
           (SELECT id FROM directory_membershiptype
             WHERE association_id = %(association)s AND name = 'Type ' || number %% 10),
           CASE WHEN number %% 20 = 0 THEN 'dropped' ELSE 'active' END, '{}'
      FROM generate_series(1, %(contacts)s / 4) AS number;
    INSERT INTO directory_contact
           (association_id, external_id, member_id, first_name, last_name, title,
            company, phone, active, do_not_contact, speaks_for_member, fields)
    SELECT %(association)s, 'c' || number, member.id, 'Given', 'Family ' || number, '',
           member.name, '', number %% 20 <> 0, false, false, '{}'
      FROM generate_series(1, %(contacts)s) AS number
      JOIN directory_member AS member
        ON member.association_id = %(association)s
       AND member.external_id = 'm' || (number + 3) / 4;
    INSERT INTO directory_emailaddress
           (association_id, contact_id, typed, mailbox, "primary")
    SELECT %(association)s, id, external_id || '@members.example',
           external_id || '@members.example', true
      FROM directory_contact WHERE association_id = %(association)s;
    INSERT INTO directory_contactlist
           (association_id, external_id, name, kind, sync, fields)
    VALUES (%(association)s, 'golf', 'Golf', 'group', true, '{}');
    INSERT INTO directory_listmembership
           (association_id, list_id, contact_id, status, no_mass_email)
    SELECT %(association)s, list.id, contact.id, 'active', false
      FROM directory_contact AS contact
      JOIN directory_contactlist AS list ON list.external_id = 'golf'
     WHERE contact.association_id = %(association)s AND contact.id %% 10 = 0;
"""


def main(contacts: int) -> None:
    with a_house():
        measure(contacts)


def measure(contacts: int) -> None:
    from django_scopes import scope

    from rollkeeper.connections.models import Application, Connection
    from rollkeeper.directory.services import create_association
    from rollkeeper.ledger.services.newsletter import change_newsletter

    association = create_association(name="Large", slug="large", by="benchmark")
    with scope(association=association):
        once("filled", lambda: fill(association.pk, contacts))
        change_newsletter(
            association_id=association.pk,
            changes={"representatives": True, "membership_types": True},
            by="benchmark",
        )
        connection = Connection.objects.create(
            association=association,
            application=Application.objects.create(
                provider="constant_contact", client_id="benchmark"
            ),
            provider="constant_contact",
            state="connected",
        )
        look(connection)


def fill(association_id: int, contacts: int) -> str:
    from django.db import connection as database

    with database.cursor() as cursor:
        for statement in FILL.split(";\n"):
            cursor.execute(
                statement, {"association": association_id, "contacts": contacts}
            )
        cursor.execute("ANALYZE")
        cursor.execute(
            "SELECT count(*) FROM directory_standing WHERE association_id = %s",
            [association_id],
        )
        (places,) = cursor.fetchone()
    return f"{contacts:,} contacts, {places:,} places"


def look(connection: object) -> None:
    from rollkeeper.connections.models import Connection
    from rollkeeper.core.values import ContactId, Mailbox
    from rollkeeper.directory.models import Contact
    from rollkeeper.engine import audiences
    from rollkeeper.engine.explain import explain
    from rollkeeper.engine.postgres import STORE
    from rollkeeper.engine.postgres.sums import sums
    from rollkeeper.engine.scope import narrow
    from rollkeeper.engine.store import EVERYTHING, Question
    from rollkeeper.web import roll

    assert isinstance(connection, Connection)
    current = audiences.current(
        STORE, association_id=connection.association_id, connection_id=connection.pk
    )
    question = Question(
        association_id=connection.association_id,
        connection_id=connection.pk,
        lists=current.by_list,
        policies=current.policies,
        field_length=50,
    )

    def stream(everything: bool) -> str:
        scope = EVERYTHING
        if not everything:
            scope = narrow(
                connection_id=connection.pk,
                mailboxes=[Mailbox("c1001@members.example")],
                lists=[],
                contacts=[ContactId(contact.pk)],
            )
        with STORE.sights.views(question, scope=scope) as views:
            wanted = [len(one.desired.audiences) for one in views if one.desired]
        return f"{len(wanted):,} mailboxes, {sum(wanted):,} wanted on lists"

    contact = Contact.objects.get(external_id="c1")
    once("views of everybody", lambda: stream(True))
    once("views of one contact", lambda: stream(False))
    once("sums", lambda: f"{sum(one.members for one in sums(connection)):,} members")
    once(
        "one contact explained",
        lambda: f"{len(explain(connection=connection, contacts=[contact]))} sentences",
    )
    once("lists with their sizes", lambda: f"{len(roll.lists())} lists")


def once(what: str, doing: Callable[[], str]) -> None:
    begin = time.perf_counter()
    said = doing()
    seconds = time.perf_counter() - begin
    print(f"{what:24}{seconds:>9.3f} s  {peak():>14}  {said}", flush=True)


def peak() -> str:
    """Return the most memory this process ever had; the server's is not in it."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"peak {kilobytes / 1024:.0f} MB"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
