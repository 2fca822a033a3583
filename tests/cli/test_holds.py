"""What waits for a person, at the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from django_scopes import scope
from tests.builders import a_connection, a_contact, a_list, an_association
from tests.cli.conftest import Run
from tests.directory.files import a_file, contact_row
from tests.ledger.places import Place, removals

from rollkeeper.directory.models import Association, Contact
from rollkeeper.ledger.models import Hold, RunKind
from rollkeeper.ledger.models import Run as RunRow
from rollkeeper.ledger.services import audiences
from rollkeeper.ledger.states import HoldState

NAMES = [f"C{number:03}" for number in range(50)]


@pytest.fixture
def files(run: Run, tmp_path: Path) -> Path:
    """Fifty contacts on a list, imported from complete files."""
    folder = tmp_path / "files"
    folder.mkdir()
    a_file(folder, "lists", "L1,News,list,yes")
    write(folder, NAMES)
    assert run("import", str(folder), "--complete").status == 0
    return folder


def write(folder: Path, names: list[str]) -> None:
    a_file(folder, "contacts", *map(contact_row, names))
    a_file(folder, "list_memberships", *(f"L1,{name},active,no" for name in names))


def contacts() -> int:
    with scope(association=Association.objects.get()):
        return Contact.objects.count()


def only_hold(run: Run) -> str:
    (hold,) = run("holds", "--json").document
    name: str = hold["hold"]
    return name


def test_a_spoilt_complete_file_is_held_and_says_what_to_do(
    run: Run, files: Path
) -> None:
    write(files, NAMES[:5])
    said = run("import", str(files), "--complete")
    assert said.status == 3
    assert "contacts.csv has 5 rows, and lacks 45 of the 50" in said.err
    assert f"rollkeeper approve {only_hold(run)}" in said.err.replace("\n", " ")
    assert contacts() == 50


def test_a_held_import_tells_the_hold_in_its_document(run: Run, files: Path) -> None:
    write(files, [])
    said = run("import", str(files), "--complete", "--json")
    assert said.status == 3
    held = said.document["held"]
    assert (held["guard"], held["people"], held["of"]) == ("source_empty", 50, 50)
    assert said.document["absences"]["left"] is False


def test_a_complete_import_counts_those_who_left(run: Run, files: Path) -> None:
    write(files, NAMES[2:])
    said = run("import", str(files), "--complete")
    assert said.status == 0
    assert "Contacts that the files lack: 2 left." in said.out
    assert contacts() == 48


def test_a_hold_is_shown_with_reasons_examples_and_consequences(
    run: Run, files: Path
) -> None:
    write(files, NAMES[:5])
    run("import", str(files), "--complete")
    said = run("holds", only_hold(run), "--json")
    assert said.status == 3
    hold = said.document
    assert hold["reasons"] == [
        {
            "deed": "depart",
            "why": "not_in_contacts",
            "because": "is not in the complete file of contacts",
            "items": 45,
        }
    ]
    assert len(hold["examples"]) == 20
    assert hold["examples"][0]["mailbox"] == "c005@members.example"
    assert hold["examples"][0]["name"] == "Ann Bell"
    assert "Nobody leaves" in hold["on_discard"]


def test_a_person_reads_the_same_in_words(run: Run, files: Path) -> None:
    write(files, NAMES[:5])
    run("import", str(files), "--complete")
    said = run("holds", only_hold(run))
    assert "About 45 of 50; 5 may be within a day." in said.out
    assert "If you approve: They leave the directory" in said.out


def test_the_full_list_goes_to_a_file_harmless_to_spreadsheets(
    run: Run, files: Path, tmp_path: Path
) -> None:
    with scope(association=Association.objects.get()):
        Contact.objects.filter(external_id="C049").update(last_name="=1+1")
    write(files, NAMES[:5])
    a_file(files, "contacts", *map(contact_row, NAMES[:5]))
    run("import", str(files), "--complete")
    there = tmp_path / "all.csv"
    assert run("holds", only_hold(run), "--csv", str(there)).status == 3
    lines = there.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "change,mailbox,first_name,last_name,list,because"
    assert len(lines) == 46
    row = "taken out of the directory,c049@members.example,Ann,'=1+1,"
    assert lines[-1].startswith(row)


def test_approving_asks_for_the_number_and_then_does_it(run: Run, files: Path) -> None:
    write(files, NAMES[:5])
    run("import", str(files), "--complete")
    hold = only_hold(run)
    refused = run("approve", hold, "--yes")
    assert refused.status == 3
    assert "Type the number 45" in refused.err
    assert contacts() == 50
    done = run("approve", hold, "--yes", "--count", "45")
    assert done.status == 0
    assert "done in the directory" in done.out
    assert contacts() == 5
    assert run("holds").status == 0


def test_deciding_twice_says_who_decided(run: Run, files: Path) -> None:
    write(files, NAMES[:5])
    run("import", str(files), "--complete")
    hold = only_hold(run)
    assert run("discard", hold, "--yes").status == 0
    again = run("approve", hold, "--yes", "--count", "45")
    assert again.status == 3
    assert "discarded already, by " in again.err
    assert contacts() == 50
    assert [one["state"] for one in run("holds", "--all", "--json").document] == [
        "discarded"
    ]


def test_what_was_not_seen_cannot_be_approved_unasked(run: Run, files: Path) -> None:
    write(files, NAMES[:5])
    run("import", str(files), "--complete")
    number = only_hold(run).split("-")[0]
    unseen = run("approve", number, "--yes", "--count", "45")
    assert unseen.status == 2
    assert "with its print" in unseen.err
    stale = run("approve", f"{number}-0000", "--yes", "--count", "45")
    assert stale.status == 3
    assert "has changed since you looked" in stale.err


@pytest.mark.parametrize("name", ["77", "nonsense", "77-abcdef"])
def test_a_hold_that_is_none_is_told(run: Run, name: str) -> None:
    said = run("holds", name)
    assert said.status == 2
    assert "rollkeeper holds" in said.err


def test_nobody_is_asked_where_nobody_is(run: Run, files: Path) -> None:
    write(files, NAMES[:5])
    run("import", str(files), "--complete")
    said = run("approve", only_hold(run))
    assert said.status == 2
    assert "--yes" in said.err


def test_a_person_who_is_asked_sees_what_it_is_about_and_types_the_number(
    run: Run, files: Path, at_a_terminal: None
) -> None:
    write(files, NAMES[:5])
    run("import", str(files), "--complete")
    number = only_hold(run).split("-")[0]
    said = run("approve", number, typed="44\n")
    assert said.status == 3
    assert "About 45 of 50" in said.out
    assert run("approve", number, typed="45\n").status == 0
    assert contacts() == 5


def test_a_person_may_think_again(run: Run, files: Path, at_a_terminal: None) -> None:
    write(files, NAMES[:5])
    run("import", str(files), "--complete")
    assert run("discard", only_hold(run), typed="n\n").status == 1
    assert run("holds").status == 3


def test_holds_of_a_plan_name_their_list(run: Run) -> None:
    association = an_association()
    connection = a_connection(association)
    with scope(association=association):
        row = RunRow.objects.create(
            association=association, connection=connection, kind=RunKind.CHANGES
        )
        place = Place(association=association, connection=connection, run=row)
        place.freeze(removals(place.audience(name="News"), "a@x.example"))
    (hold,) = run("holds", "--json").document
    assert (hold["list"], hold["people"], hold["of"]) == ("News", 1, 100)
    assert hold["reasons"][0]["because"] == "is no longer active on the list here"
    assert run("approve", hold["hold"], "--yes").status == 0
    with scope(association=association):
        assert Hold.objects.get().state == HoldState.APPROVED


def test_a_limit_is_set_and_shown(run: Run) -> None:
    an_association()
    said = run("limits", "--set", "removals_of_list=10%,7,500", "--json")
    assert said.document["removals_of_list"] == {"percent": 10, "least": 7, "most": 500}
    assert "removals_of_list" in run("limits").out


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("removals=1,2,3", "There is no limit 'removals'"),
        ("removals_of_list", "Write NAME=PERCENT,LEAST,MOST"),
        ("removals_of_list=101,5,200", "between 0 and 100"),
    ],
)
def test_a_limit_that_cannot_be_set_is_told(run: Run, setting: str, words: str) -> None:
    an_association()
    said = run("limits", "--set", setting)
    assert said.status == 2
    assert words in said.err.replace("\n", " ")


def test_policies_are_shown_and_changed(run: Run) -> None:
    association = an_association()
    a_connection(association)
    a_list(association, a_contact(association), name="News")
    (before,) = run("policy", "--json").document
    assert (before["list"], before["preset"]) == ("News", "default")
    said = run(
        *("policy", "news", "--preset", "live"),
        *("--set", "strangers=remove", "--yes", "--json"),
    )
    (now,) = said.document
    assert (now["preset"], now["strangers"]) == ("none", "remove")
    assert now["list_deleted"] == "delete"
    with scope(association=association):
        (active,) = audiences.active(association.connection_set.get().pk)
    assert active.policy.strangers == "remove"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--preset", "live"), "Say which list"),
        (("news", "--set", "mood=good"), "A policy says nothing of 'mood'"),
        (("news", "--set", "strangers=eat"), "Write one of: keep, remove"),
        (("choir", "--preset", "live"), "There are: News"),
        (("news", "--preset", "live"), "--yes"),
    ],
)
def test_a_policy_that_cannot_be_changed_is_told(
    run: Run, words: tuple[str, ...], told: str
) -> None:
    association = an_association()
    a_connection(association)
    a_list(association, name="News")
    said = run("policy", *words)
    assert said.status == 2
    assert told in said.err
