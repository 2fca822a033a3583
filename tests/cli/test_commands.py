from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django_scopes import scope
from tests.builders import a_connection, a_contact, a_list, an_association
from tests.cli.conftest import Run, StandInHouse

from rollkeeper.cli.house import Finding
from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import ConnectionState, RequestDebit
from rollkeeper.directory.models import Association, Contact
from rollkeeper.ledger.models import Drift, RemoteContact
from rollkeeper.ledger.models import Run as LedgerRun

FILES = {
    "members.csv": "member_id,name,membership_type,status\nm1,Mill,Gold,active\n",
    "contacts.csv": "contact_id,member_id,first_name,last_name,title,company,phone,"
    "primary_email,other_emails,active,do_not_contact\n"
    "c1,m1,Ann,Miller,,Mill,,ann@mill.example,,yes,no\n",
    "lists.csv": "list_id,name,kind,sync\nl1,Board,committee,yes\n",
    "list_memberships.csv": "list_id,contact_id,status,no_mass_email\n"
    "l1,c1,active,no\n",
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_first_command_makes_one_association(run: Run) -> None:
    assert run("history").status == 0
    assert Association.objects.get().slug == "main"


def test_several_associations_must_be_told_apart(run: Run) -> None:
    an_association(slug="north")
    an_association(slug="south")
    said = run("history")
    assert said.status == 2
    assert "north, south" in said.err


def test_an_unknown_association_is_named_with_those_there_are(run: Run) -> None:
    an_association(slug="north")
    said = run("history", "--association", "nroth")
    assert said.status == 2
    assert "north" in said.err


def test_an_import_counts_rows_and_a_second_changes_nothing(
    run: Run, files: Path
) -> None:
    assert run("import", str(files), "--json").document["files"][1]["created"] == 1
    again = run("import", str(files), "--json").document
    assert [one["unchanged"] for one in again["files"]] == [1, 1, 1, 1]
    assert again["marks"] == 0


def test_a_bad_row_is_told_with_its_place_and_the_status_is_1(
    run: Run, files: Path
) -> None:
    with (files / "contacts.csv").open("a", encoding="utf-8") as contacts:
        contacts.write("c2,nobody,Bob,Baker,,,,bob@b.example,,yes,no\n")
    said = run("import", str(files), "--json")
    assert said.status == 1
    error = said.document["errors"][0]
    assert (error["file"], error["line"]) == ("contacts.csv", 3)
    assert error["column"] == "member_id"
    with scope(association=Association.objects.get()):
        assert Contact.objects.get().external_id == "c1"


def test_a_file_that_cannot_be_read_imports_nothing(run: Run, files: Path) -> None:
    (files / "lists.csv").write_bytes(
        b"list_id,name,kind,sync\nl1,\xe9t\xe9,list,yes\n"
    )
    said = run("import", str(files), "--json")
    assert said.status == 1
    assert said.document["failed"]["line"] == 2
    assert "Nothing was imported" in said.err
    with scope(association=Association.objects.get()):
        assert not Contact.objects.exists()


def test_a_sync_without_a_connection_says_how_to_connect(run: Run) -> None:
    said = run("sync", "--wait")
    assert said.status == 3
    assert "rollkeeper connect constant_contact" in said.err


def test_a_broken_connection_says_to_reconnect(run: Run) -> None:
    association = an_association()
    a_connection(association, state=ConnectionState.RECONNECT_NEEDED)
    said = run("plan")
    assert said.status == 3
    assert "rollkeeper connect" in said.err


def test_an_unknown_list_is_told_with_those_there_are(run: Run) -> None:
    association = an_association()
    a_connection(association)
    a_list(association, name="Board")
    said = run("plan", "--audience", "Bored")
    assert said.status == 2
    assert "Board" in said.err


def test_connecting_without_an_api_key_says_how_to_get_one(run: Run) -> None:
    an_association()
    said = run("connect", "constant_contact", "--json")
    assert said.status == 1
    assert "ROLLKEEPER_CONSTANT_CONTACT_CLIENT_ID" in said.err


def test_the_way_back_of_another_visit_is_refused(run: Run) -> None:
    an_association()
    said = run("connect", "constant_contact", "--redirect-url", "http://x/?code=1")
    assert said.status == 1
    assert "whole address" in said.err


def test_a_refused_consent_is_told_in_words(run: Run) -> None:
    an_association()
    there = "http://x/callback?error=access_denied&error_description=They+said+no"
    said = run("connect", "constant_contact", "--redirect-url", there)
    assert said.status == 1
    assert "They said no" in said.err


def test_explain_says_one_sentence_for_each_list(run: Run) -> None:
    association = an_association()
    a_connection(association)
    ann = a_contact(association, address="ann@a.example", do_not_contact=True)
    a_list(association, ann, name="Board")
    said = run("explain", "Ann@A.example", "--json")
    assert said.document[0]["reason"] == "do_not_contact"
    assert "Do Not Contact" in said.document[0]["sentence"]


def test_explain_of_a_stranger_says_where_to_look(run: Run) -> None:
    association = an_association()
    a_connection(association)
    said = run("explain", "nobody@a.example")
    assert said.status == 1
    assert "Nobody in the directory" in said.err


def test_explain_of_an_address_seen_only_over_there_says_so(run: Run) -> None:
    association = an_association()
    connection = a_connection(association)
    with scope(association=association):
        RemoteContact.objects.create(
            association=association,
            connection=connection,
            mailbox="new@x.example",
            permission="mailable",
            seen_at=timezone.now(),
        )
    said = run("explain", "New@x.example", "--json")
    (one,) = said.document
    assert one["contact_id"] is None
    assert "on none of our lists" in one["sentence"]


def test_audiences_show_a_sum_that_adds_up(run: Run) -> None:
    association = an_association()
    a_connection(association)
    a_list(
        association,
        a_contact(association),
        a_contact(association, address=None),
        name="Board",
    )
    (board,) = run("audiences", "--json").document
    assert board["on_the_list"] == 2
    assert board["not_there"] == {"waiting": 1, "no_primary_address": 1}
    assert "-         1  without a primary address" in run("audiences").out


def test_one_run_is_shown_with_what_it_found_changed(run: Run) -> None:
    association = an_association()
    connection = a_connection(association)
    with scope(association=association):
        made = LedgerRun.objects.create(
            association=association,
            connection=connection,
            kind="everything",
            by="rule:nightly",
            state="done",
            counts={"edited_there": 1, "missed_by_marks": 1},
        )
        Drift.objects.create(
            association=association,
            connection=connection,
            run=made,
            kind="edited",
            mailbox="ann@a.example",
            was="Ann Oak",
            now="Ann Elm",
        )
    said = run("history", str(made.pk))
    assert "Ann Elm" in said.out
    assert "No mark had named 1" in said.out
    (change,) = run("history", str(made.pk), "--json").document["drift"]
    assert (change["kind"], change["was"]) == ("edited", "Ann Oak")


def test_the_history_tells_what_is_used_of_the_day(run: Run) -> None:
    association = an_association()
    connection = a_connection(association)
    with scope(association=association):
        LedgerRun.objects.create(
            association=association, connection=connection, kind="changes", by="test"
        )
    RequestDebit.objects.create(
        application_id=connection.application_id, purpose=3, sent_at=database_time()
    )
    said = run("history")
    assert "1 of 10,000 requests used today, 8,799 left for changes." in said.out


def test_a_run_that_is_not_there_says_where_to_look(run: Run) -> None:
    an_association()
    said = run("history", "7")
    assert said.status == 1
    assert "rollkeeper history" in said.err


def test_staff_added_may_sign_in(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLKEEPER_NEW_PASSWORD", "a long enough phrase")
    assert run("staff", "add", "ann", "--administrator").status == 0
    assert User.objects.get().check_password("a long enough phrase")


def test_a_weak_password_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLKEEPER_NEW_PASSWORD", "12345")
    assert run("staff", "add", "ann").status == 1
    assert not User.objects.exists()


def test_the_doctor_fails_when_something_is_bad(run: Run, house: StandInHouse) -> None:
    bad = Finding(name="clock", ok=False, message="an hour off", remedy="Set it.")
    house.found = [bad]
    said = run("doctor")
    assert said.status == 1
    assert "Set it." in said.out
