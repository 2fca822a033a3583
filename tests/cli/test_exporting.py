from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from django_scopes import scope
from openpyxl import load_workbook  # type: ignore[import-untyped]
from tests.builders import a_contact, a_list, an_association, on_list
from tests.cli.conftest import Run

from rollkeeper.audit.models import Entry
from rollkeeper.directory.models import Association


@pytest.fixture
def chamber(transactional_db: None) -> Association:
    """Ann and Bob are on the list News; Bob may not be mailed. Cid is on none."""
    chamber = an_association(slug="main")
    ann = a_contact(chamber, external_id="c1", address="ann@x.example")
    bob = a_contact(
        chamber, external_id="c2", address="bob@x.example", do_not_contact=True
    )
    a_contact(chamber, external_id="c3", address="cid@x.example")
    a_list(chamber, ann, bob, name="News", external_id="l1", sync=False)
    return chamber


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command is given."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_list_becomes_a_file_and_the_rest_a_second_one(
    run: Run, chamber: Association, folder: Path
) -> None:
    said = run("export", "news")

    assert said.status == 0
    assert "1 addresses are in news-constant-contact.csv." in said.out
    assert "set to Do Not Contact" in said.out
    assert names(folder) == [
        "news-constant-contact-left-out.csv",
        "news-constant-contact.csv",
    ]
    assert [one["email"] for one in rows(folder / "news-constant-contact.csv")] == [
        "ann@x.example"
    ]
    (left_out,) = rows(folder / "news-constant-contact-left-out.csv")
    assert left_out["Contact id"] == "c2"
    assert "is set to Do Not Contact" in left_out["Why"]


def test_the_answer_in_json_names_files_and_numbers(
    run: Run, chamber: Association, folder: Path
) -> None:
    said = run("export", "l1", "--output", "a.csv", "--reasons", "b.csv", "--json")

    assert said.document == {
        "list": "News",
        "format": "constant_contact",
        "files": ["a.csv"],
        "contacts": 2,
        "recipients": 1,
        "left_out": {"do_not_contact": 1},
        "left_out_file": "b.csv",
    }
    assert names(folder) == ["a.csv", "b.csv"]


def test_contacts_are_picked_by_their_ids(
    run: Run, chamber: Association, folder: Path
) -> None:
    run("export", "--contacts", "c1, c3", "--output", "a.csv")

    found = [one["email"] for one in rows(folder / "a.csv")]
    assert found == ["ann@x.example", "cid@x.example"]


def test_everybody_can_be_written(run: Run, chamber: Association, folder: Path) -> None:
    said = run("export", "--all", "--format", "mailchimp", "--json").document

    assert (said["contacts"], said["recipients"]) == (3, 2)
    assert said["files"] == ["contacts-mailchimp.csv"]
    header = (folder / "contacts-mailchimp.csv").read_text().splitlines()[0]
    assert header == "Email Address,First Name,Last Name,Company"


def test_a_workbook_is_for_people(run: Run, chamber: Association, folder: Path) -> None:
    run("export", "News", "--format", "xlsx", "--output", "news.xlsx")

    sheet = load_workbook(folder / "news.xlsx").active
    assert [cell.value for cell in sheet["A"]] == ["E-mail address", "ann@x.example"]


def test_when_nobody_may_be_mailed_a_header_is_written_and_a_sentence_said(
    run: Run, chamber: Association, folder: Path
) -> None:
    said = run("export", "--contacts", "c2", "--output", "a.csv")

    assert said.status == 0
    assert "there is nothing to import" in said.out
    assert (folder / "a.csv").read_bytes().count(b"\n") == 1


def test_an_empty_list_is_said_to_be_empty(
    run: Run, chamber: Association, folder: Path
) -> None:
    a_list(chamber, name="Nobody")

    assert "Nobody is on the list Nobody" in run("export", "Nobody").out


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ((), "everybody with --all"),
        (("News", "--all"), "everybody with --all"),
        (("Nows",), "No list is called 'Nows'"),
        (("--contacts", "c1,c9,c8"), "No contact has this id: c9, c8"),
        (("--contacts", " , "), "no id at all"),
        (("News", "--output", "gone/a.csv"), "There is no folder gone"),
        (("News", "--output", "a.csv", "--reasons", "./a.csv"), "Name two"),
    ],
)
def test_wrong_use_says_what_to_do_and_writes_nothing(
    run: Run, chamber: Association, folder: Path, words: tuple[str, ...], remedy: str
) -> None:
    said = run("export", *words)

    assert (said.status, said.out) == (2, "")
    assert remedy in said.err
    assert names(folder) == []


def test_a_file_of_before_is_replaced(
    run: Run, chamber: Association, folder: Path
) -> None:
    (folder / "a.csv").write_text("old")

    run("export", "News", "--output", "a.csv")

    assert len(rows(folder / "a.csv")) == 1


def test_what_could_not_be_written_leaves_nothing_behind(
    run: Run, chamber: Association, folder: Path
) -> None:
    (folder / "b.csv").mkdir()
    (folder / "a.csv").write_text("old")

    said = run("export", "News", "--output", "a.csv", "--reasons", "b.csv")

    assert said.status == 2
    assert names(folder) == ["a.csv", "b.csv"]
    assert (folder / "a.csv").read_text() == "old"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="there is no /proc")
def test_a_place_that_takes_no_file_is_said_and_nothing_is_left(
    run: Run, chamber: Association, folder: Path
) -> None:
    said = run("export", "News", "--output", "a.csv", "--reasons", "/proc/none.csv")

    assert (said.status, said.out) == (1, "")
    assert "The files could not be written" in said.err
    assert "say another place" in said.err
    assert names(folder) == []


def test_a_folder_on_another_disk_gets_its_file_whole(
    run: Run, chamber: Association, folder: Path
) -> None:
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == folder.stat().st_dev:
        pytest.skip("there is no other disk here")
    reasons = elsewhere / f"left-out-{os.getpid()}.csv"
    try:
        run("export", "News", "--output", "a.csv", "--reasons", str(reasons))
        assert len(rows(reasons)) == 1
    finally:
        reasons.unlink(missing_ok=True)


def test_an_export_is_on_record_in_the_name_of_who_asked(
    run: Run, chamber: Association, folder: Path
) -> None:
    run("export", "News")

    with scope(association=chamber):
        entry = Entry.objects.get()
    assert entry.action == "contacts_exported"
    assert entry.actor.startswith("command line:")


def test_some_of_a_list_can_be_picked(
    run: Run, chamber: Association, folder: Path
) -> None:
    news = a_list(chamber, name="Golf")
    on_list(
        a_contact(chamber, external_id="c4", address="d@x.example"),
        news,
        status="disabled",
    )

    said = run("export", "Golf", "--contacts", "c1,c4", "--json").document

    assert said["left_out"] == {"disabled_in_list": 1}
    assert (said["contacts"], said["recipients"]) == (1, 0)
