"""After a run the planner knows how much there is in the tables that sums are of."""

from __future__ import annotations

import pytest
from django.db import connection as database
from django_scopes import scope
from tests.builders import a_connection, a_contact, an_association

from rollkeeper.engine.postgres.statistics import refresh_statistics
from rollkeeper.engine.postgres.sums import sums

pytestmark = pytest.mark.django_db


def rows_known(table: str) -> float:
    with database.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        return float(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_table_that_was_filled_is_counted_and_then_left_alone() -> None:
    chamber = an_association()
    with database.cursor() as cursor:
        cursor.execute("TRUNCATE directory_contact CASCADE")
        cursor.execute("VACUUM ANALYZE directory_contact")
        cursor.execute(
            "INSERT INTO directory_contact (association_id, external_id, first_name,"
            " last_name, title, company, phone, active, do_not_contact,"
            " speaks_for_member, fields)"
            " SELECT %s, number, '', '', '', '', '', true, false, false, '{}'"
            " FROM generate_series(1, 2000) AS number",
            [chamber.pk],
        )

    assert "directory_contact" in refresh_statistics()
    assert rows_known("directory_contact") >= 2000
    assert "directory_contact" not in refresh_statistics()


def test_a_little_more_is_not_worth_counting() -> None:
    chamber = an_association()
    a_contact(chamber)
    refresh_statistics()
    a_contact(chamber)
    assert refresh_statistics() == []


@pytest.mark.django_db(transaction=True)
def test_who_adds_up_sees_to_it_first() -> None:
    chamber = an_association()
    connection = a_connection(chamber)
    a_contact(chamber)
    with database.cursor() as cursor:
        cursor.execute("TRUNCATE directory_emailaddress")
        cursor.execute("VACUUM directory_emailaddress")
    for _ in range(3):
        a_contact(chamber)

    with scope(association=chamber):
        sums(connection)
    assert rows_known("directory_emailaddress") == 3
