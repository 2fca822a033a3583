"""The record of who did what, at the command line."""

from __future__ import annotations

from tests.audit.test_chain import behind_our_back
from tests.builders import an_association
from tests.cli.conftest import Run

from rollkeeper.audit.services import record


def three_acts() -> None:
    association = an_association(slug="harbor")
    for action in ("list_added", "limit_changed", "list_deleted"):
        record(
            association_id=association.pk,
            by="staff:ann",
            action=action,
            subject="list:1",
            details={"was": 3},
        )


def test_entries_are_shown_the_newest_first(run: Run) -> None:
    three_acts()
    found = run("audit", "--limit", "2", "--json").document
    assert [one["action"] for one in found] == ["list_deleted", "limit_changed"]
    assert found[0]["by"] == "staff:ann"
    assert found[0]["details"] == {"was": 3}
    assert len(found[0]["digest"]) == 64


def test_entries_can_be_searched(run: Run) -> None:
    three_acts()
    words = ("--action", "list_added", "--by", "staff:ann", "--about", "list")
    assert len(run("audit", *words, "--json").document) == 1
    assert "Added a list" in run("audit", *words).out
    assert run("audit", "--by", "staff:ben", "--json").document == []


def test_a_whole_record_is_told_with_its_last_digest(run: Run) -> None:
    three_acts()
    said = run("audit", "--verify", "--json")
    assert said.status == 0
    assert said.document["holds"] is True
    assert said.document["entries"] == 3
    assert said.document["last_digest"] in run("audit", "--verify").err


def test_a_changed_entry_ends_with_status_1_and_says_what_it_means(run: Run) -> None:
    three_acts()
    behind_our_back(
        "UPDATE audit_entry SET actor = 'staff:eve' WHERE action = 'limit_changed'"
    )
    said = run("audit", "--verify")
    assert said.status == 1
    assert "limit_changed" in said.out
    assert "1 of 3 entries do not fit" in " ".join(said.err.split())
    assert "backup" in said.err
    broken = run("audit", "--verify", "--json").document["broken"]
    assert broken["action"] == "limit_changed"
