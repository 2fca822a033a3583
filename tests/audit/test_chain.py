from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import Error, connection, transaction
from django_scopes import scope
from tests.builders import an_association

from rollkeeper.audit.chain import verify
from rollkeeper.audit.models import Entry
from rollkeeper.audit.services import record
from rollkeeper.directory.models import Association


@pytest.fixture
def association(db: None) -> Association:
    return an_association()


def first_broken_entry(association_id: int, *, portion: int = 2) -> int | None:
    """Look at the chain in portions, so that it breaks between them, too."""
    broken = verify(association_id, portion=portion).broken
    return broken.entry_id if broken else None


def three_entries(association: Association) -> list[int]:
    for number in range(3):
        record(
            association_id=association.pk,
            by="staff:ann",
            action="list_switched_on",
            subject=f"list:{number}",
            details={"was": [False, None, "ö"]},
        )
    with scope(association=association):
        return list(Entry.objects.order_by("id").values_list("pk", flat=True))


def behind_our_back(sql: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")


def test_an_untouched_chain_holds(association: Association) -> None:
    three_entries(association)
    three_entries(an_association())

    assert first_broken_entry(association.pk) is None


@pytest.mark.parametrize("column", ["actor", "action", "subject"])
def test_a_changed_entry_breaks_the_chain(
    association: Association, column: str
) -> None:
    _, second, _ = three_entries(association)

    behind_our_back(f"UPDATE audit_entry SET {column} = 'other' WHERE id = %s", second)

    assert first_broken_entry(association.pk) == second


def test_an_entry_taken_out_breaks_the_chain_after_it(
    association: Association,
) -> None:
    _, second, third = three_entries(association)

    behind_our_back("DELETE FROM audit_entry WHERE id = %s", second)

    assert first_broken_entry(association.pk) == third


def test_the_chain_does_not_hang_on_the_time_zone(association: Association) -> None:
    three_entries(association)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Kathmandu'")

    assert first_broken_entry(association.pk) is None


@pytest.mark.parametrize(
    "sql", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"]
)
def test_the_database_refuses_to_change_an_entry(
    association: Association, sql: str
) -> None:
    three_entries(association)

    with pytest.raises(Error, match="Cannot update or delete"), transaction.atomic():
        connection.cursor().execute(sql)


def test_an_act_that_is_rolled_back_leaves_no_entry(association: Association) -> None:
    with transaction.atomic():
        record(association_id=association.pk, by="staff:ann", action="list_deleted")
        transaction.set_rollback(True)

    with scope(association=association):
        assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_entries_written_at_once_make_one_chain() -> None:
    association = an_association()

    def write(number: int) -> None:
        try:
            record(association_id=association.pk, by=f"rule:{number}", action="synced")
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as pool:
        list(pool.map(write, range(40)))

    with scope(association=association):
        assert Entry.objects.count() == 40
    assert first_broken_entry(association.pk) is None


@pytest.mark.parametrize("portion", [1, 2, 3, 4, 100])
def test_what_is_told_does_not_hang_on_the_size_of_portions(
    association: Association, portion: int
) -> None:
    numbers = three_entries(association) + three_entries(association)
    verdict = verify(association.pk, portion=portion)
    assert (verdict.entries, verdict.last_id) == (6, numbers[-1])

    behind_our_back("UPDATE audit_entry SET actor = 'other' WHERE id = %s", numbers[1])

    broken = verify(association.pk, portion=portion).broken
    assert broken is not None
    assert (broken.entry_id, broken.before) == (numbers[1], numbers[0])
    assert broken.in_all == 1
    assert f"between {numbers[0]} and {numbers[1]}" in str(broken)


def test_a_whole_new_chain_ends_with_another_digest(association: Association) -> None:
    """Whoever may turn triggers off may write a chain that fits: the digest of its end,
    kept elsewhere, tells."""
    three_entries(association)
    kept = verify(association.pk).last_digest

    behind_our_back("DELETE FROM audit_entry WHERE association_id = %s", association.pk)
    three_entries(association)

    assert verify(association.pk).holds
    assert verify(association.pk).last_digest != kept
