"""Small histories that once went wrong, over the store in memory."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from tests.prove.histories.chamber import Chamber, a_chamber

from rollkeeper.core.policy import PRESETS
from rollkeeper.core.values import ContactId, ListId, Mailbox, Person
from rollkeeper.ledger.states import RunState
from rollkeeper.providers.errors import QuotaSpent

ANN = Mailbox("ann@a.example")


@pytest.fixture
def chamber() -> Chamber:
    chamber = a_chamber()
    a_list(chamber, "Board", *(a_contact(chamber, f"p{n}@x.example") for n in range(4)))
    chamber.request()
    chamber.sync()
    return chamber


def a_contact(chamber: Chamber, mailbox: str) -> ContactId:
    return chamber.directory.add_contact(person=Person(), mailbox=Mailbox(mailbox))


def a_list(chamber: Chamber, name: str, *contacts: ContactId) -> ListId:
    made = chamber.directory.add_list(name=name)
    for contact in contacts:
        chamber.directory.put_on(contact, made)
    return made


def on(chamber: Chamber, name: str) -> set[str]:
    found = chamber.account.list_named(name)
    return set(chamber.account.members(found)) if found else set()


def test_who_joins_a_list_not_made_yet_waits_with_a_comparison_that_has_to(
    chamber: Chamber,
) -> None:
    def spent(operation: str) -> None:
        raise QuotaSpent("The day's requests are used up.")

    a_list(chamber, "Golf", a_contact(chamber, ANN))
    chamber.request()
    chamber.account.on_request = spent
    assert chamber.sync().state == RunState.WILL_TRY_AGAIN
    chamber.account.on_request = lambda operation: None
    chamber.sync()
    assert on(chamber, "Golf") == {ANN}


def test_who_left_over_there_and_here_alike_can_be_put_back(chamber: Chamber) -> None:
    ann = a_contact(chamber, ANN)
    golf = a_list(chamber, "Golf", ann, a_contact(chamber, "bob@b.example"))
    chamber.sync()
    chamber.wait(timedelta(hours=1))
    chamber.directory.take_off(ann, golf)
    found = chamber.account.list_named("Golf")
    assert found is not None
    chamber.account.leave_list(ANN, found)
    chamber.request()
    chamber.sync()
    chamber.wait(timedelta(hours=1))
    chamber.request()
    assert not chamber.sync().counts
    chamber.directory.put_on(ann, golf)
    chamber.sync()
    assert ANN in on(chamber, "Golf")


def test_a_list_deleted_over_there_is_filled_anew_by_whatever_run_finds_it(
    chamber: Chamber,
) -> None:
    there = chamber.account.list_named("Board")
    assert there is not None
    everybody = on(chamber, "Board")
    chamber.account.delete_list(there)
    a_list(chamber, "Golf", a_contact(chamber, ANN))
    chamber.sync()
    assert on(chamber, "Board") == everybody != set()


def test_people_brought_to_a_list_made_anew_were_missed_by_no_mark(
    chamber: Chamber,
) -> None:
    there = chamber.account.list_named("Board")
    assert there is not None
    chamber.account.delete_list(there)
    chamber.request()
    counts = chamber.sync().counts
    assert counts["add"] == 4
    assert "missed_by_marks" not in counts


def test_what_is_left_of_somebody_who_left_over_there_is_done_in_the_same_run(
    chamber: Chamber,
) -> None:
    ann = a_contact(chamber, ANN)
    a_list(chamber, "Golf", ann)
    dues = a_list(chamber, "Dues", ann, a_contact(chamber, "bob@b.example"))
    chamber.sync()
    chamber.wait(timedelta(hours=1))
    golf = chamber.account.list_named("Golf")
    assert golf is not None
    chamber.account.leave_list(ANN, golf)
    chamber.directory.take_off(ann, dues)
    chamber.request()
    chamber.sync()
    held = chamber.account.contact(ANN)
    assert held is not None
    assert held.deleted


def test_a_list_switched_off_explains_another_name_on_another_list(
    chamber: Chamber,
) -> None:
    golf = a_list(
        chamber,
        "Golf",
        chamber.directory.add_contact(
            person=Person(first_name="Ann"), mailbox=ANN, speaks_for_member=True
        ),
    )
    a_list(
        chamber,
        "Dues",
        chamber.directory.add_contact(person=Person(first_name="Al"), mailbox=ANN),
    )
    chamber.request()
    chamber.sync()
    chamber.directory.change_list(golf, sync=False)
    chamber.request()
    counts = chamber.sync().counts
    assert counts["update"] == 1
    assert "missed_by_marks" not in counts


def test_who_is_on_more_lists_than_the_provider_takes_was_missed_by_no_mark(
    chamber: Chamber,
) -> None:
    chamber.capabilities = evolve(chamber.capabilities, lists_per_contact=1)
    ann = a_contact(chamber, ANN)
    a_list(chamber, "Dues", ann)
    a_list(chamber, "Golf", ann)
    for _ in range(3):
        chamber.request()
        counts = chamber.sync().counts
    assert on(chamber, "Dues") | on(chamber, "Golf") == {ANN}
    assert "missed_by_marks" not in counts


def test_a_refusal_reaches_an_old_address_that_was_kept(chamber: Chamber) -> None:
    al, ann = a_contact(chamber, "al@a.example"), a_contact(chamber, ANN)
    a_list(chamber, "Golf", al, ann)
    chamber.sync()
    for one in list(chamber.memory.tables.audiences.values()):
        chamber.audiences.set_policy(one.id, PRESETS["nightly"])
    chamber.directory.readdress(al, ANN)
    chamber.request()
    chamber.sync()
    assert on(chamber, "Golf") == {"al@a.example", ANN}
    chamber.account.unsubscribe(ANN)
    chamber.wait(timedelta(hours=1))
    chamber.pull()
    chamber.sync()
    assert on(chamber, "Golf") == set()
