"""The sample chamber is untidy in every way we know of, and always the same."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from tests.directory.files import counts, import_

from rollkeeper.core.values import Email, InvalidAddress
from rollkeeper.directory.models import Association
from rollkeeper.directory.sample import write_sample
from rollkeeper.directory.sample.words import LISTS

Rows = list[dict[str, str]]


def read(folder: Path, table: str) -> Rows:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def mailbox(typed: str) -> str | None:
    try:
        return Email.parse(typed).mailbox
    except InvalidAddress:
        return None


@pytest.fixture(scope="module", params=[100, 1000])
def sample(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, seed=7, contacts=request.param)
    return folder


@pytest.fixture(scope="module")
def typed(sample: Path) -> list[str]:
    return [row["primary_email"] for row in read(sample, "contacts")]


def test_addresses_are_missing_invalid_and_oddly_typed(typed: list[str]) -> None:
    assert "" in typed
    assert any(one and mailbox(one) is None for one in typed)
    assert any(one != one.strip() for one in typed)
    assert any(one.isupper() for one in typed)
    assert any(one.istitle() for one in typed)


def test_some_addresses_are_too_long_for_bulk_imports(typed: list[str]) -> None:
    long = [one for one in map(mailbox, typed) if one and len(one) > 50]
    assert long
    assert max(map(len, long)) <= 80


def test_some_mailboxes_have_several_holders(typed: list[str]) -> None:
    holders = Counter(one for one in map(mailbox, typed) if one)
    assert max(holders.values()) > 1


def test_no_address_belongs_to_anybody(sample: Path) -> None:
    for row in read(sample, "contacts"):
        for one in (row["primary_email"], *row["other_emails"].split(";")):
            box = mailbox(one)
            assert box is None or box.endswith(".example")


def test_contacts_are_inactive_unwilling_and_have_accents(sample: Path) -> None:
    contacts = read(sample, "contacts")
    assert {row["active"] for row in contacts} == {"yes", "no"}
    assert {row["do_not_contact"] for row in contacts} == {"yes", "no"}
    assert any(not row["last_name"].isascii() for row in contacts)
    assert any(";" in row["other_emails"] for row in contacts)


def test_lists_are_on_and_off_and_have_difficult_names(sample: Path) -> None:
    lists = read(sample, "lists")
    names = [row["name"] for row in lists]
    assert "Événements" in names
    assert any("&" in name and '"' in name for name in names)
    assert {row["sync"] for row in lists} == {"yes", "no"}
    assert {row["kind"] for row in lists} == {"list", "committee", "group"}


def test_people_stand_on_lists_in_every_way_and_some_on_all(sample: Path) -> None:
    memberships = read(sample, "list_memberships")
    ways = {(row["status"], row["no_mass_email"]) for row in memberships}
    assert ways >= {("disabled", "no"), ("active", "yes"), ("active", "no")}
    lists_of = Counter(row["contact_id"] for row in memberships)
    assert max(lists_of.values()) == len(LISTS)
    assert len(lists_of) < len(read(sample, "contacts"))


def test_members_have_every_status(sample: Path) -> None:
    statuses = {row["status"] for row in read(sample, "members")}
    assert statuses == {"active", "courtesy", "prospect", "dropped"}


def test_the_same_seed_makes_the_same_bytes(sample: Path, tmp_path: Path) -> None:
    count = len(read(sample, "contacts"))
    write_sample(tmp_path / "same", seed=7, contacts=count)
    write_sample(tmp_path / "other", seed=8, contacts=count)
    for file in sample.iterdir():
        assert (tmp_path / "same" / file.name).read_bytes() == file.read_bytes()
    ours = (sample / "contacts.csv").read_bytes()
    assert (tmp_path / "other" / "contacts.csv").read_bytes() != ours


def test_it_can_be_imported_without_a_bad_row(
    chamber: Association, sample: Path
) -> None:
    report = import_(chamber, sample)
    assert report.errors == ()
    assert all(one.kind == "address" for one in report.warnings)
    assert counts(report)["lists.csv"] == (len(LISTS), 0, 0, 0)


def test_a_sample_that_would_be_too_tidy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="100 contacts or more"):
        write_sample(tmp_path, seed=1, contacts=99)
