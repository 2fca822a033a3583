"""The files of a real chamber, if they lie beside the project."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.directory.files import counts, import_
from tests.directory.marking import NOTHING, take_marks

from rollkeeper.directory.models import (
    AUTOMATIC,
    Association,
    Contact,
    ContactList,
    EmailAddress,
    Follower,
    ListMembership,
    Member,
)

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "lakeside"

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="../shared/data/lakeside is not there"
)


def read(table: str) -> list[dict[str, str]]:
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_contacts_have_the_addresses_of_their_rows(chamber: Association) -> None:
    assert import_(chamber, FOLDER).errors == ()
    expected = {
        row["contact_id"]: row["primary_email"].strip() for row in read("contacts")
    }
    primary = EmailAddress.objects.filter(primary=True)
    found = dict(primary.values_list("contact__external_id", "typed"))
    assert Contact.objects.count() == len(expected)
    assert found == {number: typed for number, typed in expected.items() if typed}


def test_members_lists_and_places_are_those_of_the_files(chamber: Association) -> None:
    import_(chamber, FOLDER)
    assert Member.objects.count() == len(read("members"))
    imported = ContactList.objects.exclude(kind__in=AUTOMATIC)
    assert dict(imported.values_list("name", "sync")) == {
        row["name"]: row["sync"] == "yes" for row in read("lists")
    }
    places = ListMembership.objects.values_list(
        "list__external_id", "contact__external_id", "status", "no_mass_email"
    )
    assert {
        (*found, "yes" if no_mass_email else "no") for *found, no_mass_email in places
    } == {tuple(row.values()) for row in read("list_memberships")}


def test_addresses_without_use_are_told(chamber: Association) -> None:
    report = import_(chamber, FOLDER)
    told = {one.line for one in report.warnings if one.column == "primary_email"}
    typed = [row["primary_email"] for row in read("contacts")]
    without_at = {
        line for line, one in enumerate(typed, start=2) if one and one.count("@") != 1
    }
    assert without_at
    assert without_at <= told


def test_importing_again_changes_and_marks_nothing(
    chamber: Association, follower: Follower
) -> None:
    import_(chamber, FOLDER)
    take_marks(follower)
    report = import_(chamber, FOLDER)
    for created, changed, unchanged, bad in counts(report).values():
        assert (created, changed, bad) == (0, 0, 0)
        assert unchanged > 0
    assert (report.marks, take_marks(follower)) == (0, NOTHING)
