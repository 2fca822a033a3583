"""Exported files, imported by hand at the twin, whose answers keep to the contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve
from tests.builders import a_contact, a_list, an_association
from tests.engine.exporting import exported
from tests.engine.test_exported_files import IMPORTED, MESS, parts_of
from tests.twin.driving import Twin, a_twin

from rollkeeper.engine.exporting import of_list


@pytest.fixture
def twin() -> Iterator[Twin]:
    with a_twin(job_seconds=(0.0, 0.0)) as twin:
        yield twin


def import_by_hand(twin: Twin, path: Path, list_id: str) -> dict[str, int]:
    """Upload a file as a person over there does; return the counts of its job."""
    answer = twin.call(
        "POST",
        "/v3/activities/contacts_file_import",
        files={"file": (path.name, path.read_bytes(), "text/csv")},
        data={"list_ids": list_id},
    )
    assert answer.status_code == 201, answer.text
    job = twin.finish(answer.json())
    assert job["activity_errors"] == []
    counts: dict[str, int] = job["status"]
    return counts


@pytest.mark.django_db
def test_what_members_typed_arrives_as_it_is(twin: Twin, tmp_path: Path) -> None:
    chamber = an_association()
    people = [
        a_contact(
            chamber, address=address, first_name=first, last_name=last, company=company
        )
        for address, first, last, company in MESS
    ]
    files = exported(chamber, lambda: of_list(a_list(chamber, *people)), tmp_path)

    counts = import_by_hand(twin, files.exported.parts[0], twin.new_list("News"))

    assert counts["person_count"] == len(MESS)
    assert twin.members("News") == sorted(address for address, *_ in MESS)
    for address, *names in MESS:
        there = twin.person(address)
        told = [there[one] or "" for one in ("first_name", "last_name", "company_name")]
        assert told == names


def test_parts_of_a_large_list_make_one_list(twin: Twin, tmp_path: Path) -> None:
    rows = [(f"p{number}@x.example", "Ann", "", "") for number in range(7)]
    news = twin.new_list("News")

    for path in parts_of(tmp_path, rows, evolve(IMPORTED, rows=3)):
        import_by_hand(twin, path, news)

    assert twin.members("News") == [address for address, *_ in rows]


def test_the_largest_part_that_is_written_is_imported_whole(
    twin: Twin, tmp_path: Path
) -> None:
    long = "Zoë" * 16
    rows = [(f"p{number:05}@x.example", long, long, long) for number in range(20_000)]

    first, *rest = parts_of(tmp_path, rows)
    counts = import_by_hand(twin, first, twin.new_list("News"))

    assert rest
    assert counts["person_count"] == first.read_bytes().count(b"\r\n") - 1
    assert twin.violations() == []


def test_a_file_of_as_many_people_as_one_may_have_is_imported_whole(
    twin: Twin, tmp_path: Path
) -> None:
    assert IMPORTED.rows
    rows = [(f"p{number}@x.example", "", "", "") for number in range(IMPORTED.rows)]

    (path,) = parts_of(tmp_path, rows)

    assert import_by_hand(twin, path, twin.new_list("N"))["person_count"] == len(rows)
