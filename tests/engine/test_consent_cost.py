"""Asking who refused reads the facts once, or looks each up: never all for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from tests.builders import a_connection, an_association

from rollkeeper.engine import gather
from rollkeeper.engine.store import EVERYTHING

FACTS, PEOPLE = 20_000, 5_000

_FILL = """
    INSERT INTO consent_suppression
           (association_id, mailbox, contact_id, kind, provider, happened_at, source,
            evidence, actor)
    SELECT %(association)s, 'p' || n || '@x.example', n,
           CASE n %% 20 WHEN 0 THEN 'resubscribed' ELSE 'unsubscribed' END,
           'memory', now(), 'test', '{}', 'test'
      FROM generate_series(1, %(facts)s) AS n;
    INSERT INTO directory_contact
           (association_id, external_id, first_name, last_name, title, company, phone,
            active, do_not_contact, speaks_for_member, fields)
    SELECT %(association)s, 'c' || n, 'A', 'B', '', '', '', true, false, false, '{}'
      FROM generate_series(1, %(people)s) AS n;
    INSERT INTO directory_emailaddress
           (association_id, contact_id, typed, mailbox, "primary")
    SELECT association_id, id, id || '@x.example', id || '@x.example', true
      FROM directory_contact WHERE association_id = %(association)s;
    ANALYZE consent_suppression, directory_contact, directory_emailaddress
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "mailbox"),
    [(gather._HOLDERS, "address.mailbox"), (gather._REMOTE, "remote.mailbox")],
    ids=["holders", "remote"],
)
def test_the_facts_are_not_gone_through_for_each_mailbox(
    statement: str, mailbox: str
) -> None:
    association = an_association()
    values: dict[str, Any] = {
        "association": association.pk,
        "connection": a_connection(association).pk,
        "facts": FACTS,
        "people": PEOPLE,
        "lists": [1],
        "audiences": [1],
        "after": None,
        "only": None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FILL, values)
        narrowed = gather._narrowed(statement, EVERYTHING, mailbox)
        explain = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)"
        cursor.execute(f"{explain} {narrowed}", values)
        ((plan,),) = cursor.fetchall()
    asked = [
        node
        for node in nodes(plan[0]["Plan"])
        if node.get("Relation Name") == "consent_suppression"
    ]
    assert asked
    for node in asked:
        looked_up = node["Node Type"].startswith(("Index", "Bitmap"))
        assert looked_up or node["Actual Loops"] <= 1, node


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for one in plan.get("Plans", ()):
        yield from nodes(one)
