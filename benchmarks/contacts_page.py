"""How fast the page of contacts opens, searches and turns.

    python benchmarks/contacts_page.py [CONTACTS]

Fills a roll in a folder and an embedded PostgreSQL of its own, asks for pages through
Django's test client, whole answers with sign-in and templates, and prints medians: once
before the database has gathered statistics, once after. Beside them stands what the
database alone needs for the same page the plain way: ILIKE, COUNT and OFFSET.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

from house import a_house

TIMES = 7

FILLED = (
    "directory_member",
    "directory_contact",
    "directory_emailaddress",
    "directory_contactlist",
    "directory_listmembership",
)
"""Nothing gathers statistics on these behind our back."""

FILL = """
    INSERT INTO directory_member
           (association_id, external_id, name, status, fields)
    SELECT %(association)s, 'm' || number, 'Firm ' || md5(number::text),
           (ARRAY['active', 'active', 'active', 'courtesy', 'prospect', 'dropped'])
           [1 + number %% 6], '{}'
      FROM generate_series(1, %(contacts)s / 3) AS number;
    INSERT INTO directory_contact
           (association_id, external_id, member_id, first_name, last_name, title,
            company, phone, active, do_not_contact, speaks_for_member, fields)
    SELECT %(association)s, 'c' || number, member.id,
           (ARRAY['Ann', 'Zoë', 'Jörg', 'Maria', 'John', 'Priya', 'Seán', 'Wim'])
           [1 + number %% 8],
           initcap(substr(md5((number %% 4000)::text), 1, 6)), 'Owner',
           (ARRAY['Bakery', 'Winery', 'Marina', 'Gallery', 'Bank'])[1 + number %% 5]
           || ' ' || substr(md5((number / 3)::text), 1, 8), '',
           number %% 20 <> 0, number %% 40 = 0, false, '{}'
      FROM generate_series(1, %(contacts)s) AS number
      LEFT JOIN directory_member AS member
             ON member.external_id = 'm' || (number / 3)
            AND member.association_id = %(association)s;
    INSERT INTO directory_emailaddress
           (association_id, contact_id, typed, mailbox, "primary")
    SELECT %(association)s, id, 'p.' || external_id || '@firm' || id %% 5000
           || '.example', 'p.' || external_id || '@firm' || id %% 5000 || '.example',
           true
      FROM directory_contact WHERE association_id = %(association)s AND id %% 50 <> 0;
    INSERT INTO directory_contactlist
           (association_id, external_id, name, kind, sync, fields)
    VALUES (%(association)s, 'most', 'Most', 'list', true, '{}'),
           (%(association)s, 'board', 'Board', 'committee', true, '{}');
    INSERT INTO directory_listmembership
           (association_id, list_id, contact_id, status, no_mass_email)
    SELECT %(association)s, list.id, contact.id, 'active', false
      FROM directory_contact AS contact
      JOIN directory_contactlist AS list
        ON list.external_id = 'most' AND contact.id %% 10 <> 0
        OR list.external_id = 'board' AND contact.id %% 3000 = 0
     WHERE contact.association_id = %(association)s
"""

PLAIN_SEARCH = """
    WHERE contact.association_id = %(of)s AND (first_name ILIKE %(word)s
       OR last_name ILIKE %(word)s OR company ILIKE %(word)s OR title ILIKE %(word)s
       OR EXISTS (SELECT FROM directory_emailaddress AS address
                   WHERE address.contact_id = contact.id AND typed ILIKE %(word)s))
"""


def main(contacts: int) -> None:
    with a_house():
        measure(contacts)


def measure(contacts: int) -> None:
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django_scopes import scope

    from rollkeeper.directory.models import Staff
    from rollkeeper.directory.services import create_association

    settings.ALLOWED_HOSTS = ["testserver"]
    association = create_association(name="Large", slug="large", by="benchmark")
    user = get_user_model().objects.create_user("benchmark")
    with scope(association=association):
        Staff.objects.create(association=association, user=user)
    execute(
        *(f"ALTER TABLE {table} SET (autovacuum_enabled = off)" for table in FILLED)
    )
    fill(association.pk, contacts)
    client = Client()
    client.force_login(user)
    print(f"{contacts:,} contacts; medians of {TIMES}, in milliseconds")
    report("before statistics were gathered", client, association.pk, contacts)
    execute("ANALYZE")
    report("after", client, association.pk, contacts)


def fill(association: int, contacts: int) -> None:
    from django.db import connection as database

    with database.cursor() as cursor:
        for statement in FILL.split(";\n"):
            cursor.execute(
                statement, {"association": association, "contacts": contacts}
            )


def execute(*statements: str) -> None:
    from django.db import connection as database

    with database.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def report(title: str, client: Any, association: int, contacts: int) -> None:
    print(f"\n{title:44}{'page':>8}{'plain':>8}")
    for name, query in pages(association, contacts).items():
        took = timed(lambda query=query: shown(client, query))  # type: ignore[misc]
        said = plain(name, association, contacts)
        print(f"{name:44}{took:8.0f}{said:>8}")


def pages(association: int, contacts: int) -> Mapping[str, Mapping[str, str]]:
    from django_scopes import scopes_disabled

    from rollkeeper.directory.models import ContactList

    with scopes_disabled():
        lists = dict(ContactList.objects.values_list("external_id", "pk"))
    midst = str(a_contact_at(association, contacts // 2))
    return {
        "first page": {},
        "last page": {"last": "1"},
        "page in the midst": {"after": midst},
        "by company": {"sort": "company"},
        "by company, backwards, in the midst": {"sort": "-company", "after": midst},
        "search: a name": {"q": "zoe c4ca"},
        "search: a part of an address": {"q": "firm4711"},
        "search: one letter": {"q": "z"},
        "search: a letter nearly all have": {"q": "p"},
        "search: two words that many have": {"q": "bakery maria"},
        "search: two that nobody has both": {"q": "ann zoe"},
        "search: no result": {"q": "nobody like that"},
        "on a large list": {"list": str(lists["most"])},
        "on a large list, last page": {"list": str(lists["most"]), "last": "1"},
        "on a small list": {"list": str(lists["board"])},
        "Do Not Contact": {"mail": "do_not_contact"},
        "No Mass Emails": {"mail": "no_mass_emails"},
        "without an address": {"mail": "no_address"},
        "of active members": {"status": "active"},
        "of active members, last page": {"status": "active", "last": "1"},
        "inactive, one letter": {"active": "inactive", "q": "m"},
    }


def a_contact_at(association: int, number: int) -> int:
    from django_scopes import scopes_disabled

    from rollkeeper.directory.models import Contact

    with scopes_disabled():
        rows = Contact.objects.filter(association_id=association)
        return int(rows.order_by("last_name", "first_name", "pk")[number].pk)


def shown(client: Any, query: Mapping[str, str]) -> None:
    answer = client.get("/contacts/", query)
    assert answer.status_code == 200, answer.status_code


def timed(act: Callable[[], None]) -> float:
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000)
    return median(took)


def plain(name: str, association: int, contacts: int) -> str:
    """Return how long the database alone takes without our indexes' help."""
    word, offset, by = "", 0, "last_name, first_name, id"
    match name:
        case "first page":
            pass
        case "last page":
            offset = contacts - 25
        case "page in the midst":
            offset = contacts // 2
        case "by company":
            by = "company, last_name, id"
        case "search: a part of an address":
            word = "firm4711"
        case "search: one letter":
            word = "z"
        case "search: no result":
            word = "nobody"
        case _:
            return ""
    where = PLAIN_SEARCH if word else "WHERE contact.association_id = %(of)s"
    count = f"SELECT count(*) FROM directory_contact AS contact {where}"
    page = (
        f"SELECT * FROM directory_contact AS contact {where}"
        f" ORDER BY {by} LIMIT 25 OFFSET {offset}"
    )
    said = {"of": association, "word": f"%{word}%"}
    return f"{timed(lambda: asked(said, count, page)):.0f}"


def asked(said: Mapping[str, Any], *statements: str) -> None:
    from django.db import connection as database

    with database.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, said)
            cursor.fetchall()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
