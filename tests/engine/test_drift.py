"""What changes at the provider behind our back is named by the next full comparison."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from django_scopes import scope
from tests.builders import a_contact, a_list, on_list
from tests.engine.worlds import World

from rollkeeper.core.values import ContactId, ListId, Mailbox
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Contact, ContactList
from rollkeeper.engine import reconcile
from rollkeeper.engine.store import Run
from rollkeeper.ledger.models import Drift

ANN, BOB = Mailbox("ann@a.example"), Mailbox("bob@b.example")
STRANGER = Mailbox("new@x.example")


@pytest.fixture
def board(world: World) -> ContactList:
    """A list with Ann and Bob on it, true over there since an hour."""
    ann = a_contact(world.association, address=ANN, first_name="Ann", last_name="Oak")
    bob = a_contact(world.association, address=BOB, first_name="Bob")
    board = a_list(world.association, ann, bob, name="Board")
    world.sync(everything=True)
    world.clock.now += timedelta(hours=1)
    return board


def compared(world: World) -> Run:
    return world.sync(everything=True)


def drift(world: World) -> set[tuple[str, str, str, str, str]]:
    with scope(association=world.association):
        return {
            (one.kind, one.mailbox, str(one.audience or ""), one.was, one.now)
            for one in Drift.objects.select_related("audience")
        }


def there_are(run: Run) -> dict[str, int]:
    return {kind: n for kind, n in run.counts.items() if kind.endswith("_there")}


def test_the_first_look_finds_no_drift(world: World) -> None:
    world.account.hand_add(BOB, lists=[world.theirs("Board")])
    a_list(world.association, a_contact(world.association), name="Board")
    assert there_are(compared(world)) == {}
    assert drift(world) == set()


def test_what_we_did_ourselves_is_no_drift(world: World, board: ContactList) -> None:
    with scope(association=world.association):
        ann, bob = Contact.objects.order_by("first_name")
        directory.set_primary_address(
            contact_id=ContactId(ann.pk), address="ann@new.example", by="test"
        )
        directory.take_off_list(
            contact_id=ContactId(bob.pk),
            list_id=ListId(board.pk),
            by="test",
        )
    world.sync()
    for _ in range(2):
        assert there_are(compared(world)) == {}
        world.clock.now += timedelta(hours=1)
    assert drift(world) == set()


def test_a_stranger_on_our_list_is_named(world: World, board: ContactList) -> None:
    world.account.hand_add(STRANGER, lists=[world.list_id("Board")])
    assert there_are(compared(world)) == {"added_there": 1}
    assert drift(world) == {("added", STRANGER, "Board", "", "")}


def test_who_was_taken_off_is_named(world: World, board: ContactList) -> None:
    world.account.leave_list(ANN, world.list_id("Board"))
    assert there_are(compared(world)) == {"removed_there": 1}
    assert drift(world) == {("removed", ANN, "Board", "", "")}


def test_another_name_is_named(world: World, board: ContactList) -> None:
    held = world.account.contact(ANN)
    assert held is not None
    held.person = evolve(held.person, last_name="Elm")
    assert there_are(compared(world)) == {"edited_there": 1}
    assert drift(world) == {("edited", ANN, "", "Ann Oak", "Ann Elm")}


def test_our_own_name_seen_late_is_nobodys_edit(
    world: World, board: ContactList
) -> None:
    with scope(association=world.association):
        Contact.objects.filter(first_name="Ann").update(last_name="Elm")
    world.sync()
    held = world.account.contact(ANN)
    assert held is not None
    ours = held.person
    held.person = evolve(ours, last_name="Oak")  # the read lags behind our call
    compared(world)
    held.person = ours
    world.clock.now += timedelta(hours=1)
    assert there_are(compared(world)) == {}


def test_who_was_deleted_is_named(world: World, board: ContactList) -> None:
    world.account.hand_delete(ANN)
    assert there_are(compared(world)) == {"deleted_there": 1}
    assert drift(world) == {("deleted", ANN, "", "mailable", "")}


def test_who_unsubscribed_meanwhile_is_named(world: World, board: ContactList) -> None:
    world.account.unsubscribe(ANN)
    assert there_are(compared(world)) == {"unsubscribed_there": 1}
    assert drift(world) == {("unsubscribed", ANN, "", "", "")}


def test_another_address_is_named_with_both(world: World, board: ContactList) -> None:
    held = world.account.contact(ANN)
    assert held is not None
    world.account.readdress(held, Mailbox("ann@home.example"))
    assert there_are(compared(world)) == {"readdressed_there": 1}
    assert drift(world) == {("readdressed", ANN, "", ANN, "ann@home.example")}


def test_drift_is_named_once(world: World, board: ContactList) -> None:
    world.account.hand_add(STRANGER, lists=[world.list_id("Board")])
    compared(world)
    assert there_are(compared(world)) == {}


def test_an_edit_is_named_once_though_we_put_them_on_a_list(
    world: World, board: ContactList
) -> None:
    held = world.account.contact(ANN)
    assert held is not None
    held.person = evolve(held.person, last_name="Elm")
    compared(world)
    with scope(association=world.association):
        ann = Contact.objects.get(first_name="Ann")
    golf = a_list(world.association, ann, name="Golf")
    compared(world)
    assert world.on(golf.name) == {ANN}
    world.clock.now += timedelta(hours=1)
    assert there_are(compared(world)) == {}


def test_a_run_that_reads_all_of_it_twice_names_nobody_twice(
    world: World, board: ContactList
) -> None:
    def ask_for_another(operation: str) -> None:
        if operation == "import":
            reconcile.request(world.store, connection_id=world.connection.pk)

    on_list(a_contact(world.association, address="cy@c.example"), board)
    world.account.unsubscribe(ANN)
    world.account.on_answer = ask_for_another
    assert there_are(compared(world)) == {"unsubscribed_there": 1}
    assert drift(world) == {("unsubscribed", ANN, "", "", "")}


def test_a_list_that_nobody_looks_at_shows_no_drift(
    world: World, board: ContactList
) -> None:
    with scope(association=world.association):
        ContactList.objects.filter(pk=board.pk).update(sync=False)
    world.account.leave_list(ANN, world.list_id("Board"))
    for _ in range(2):
        assert there_are(compared(world)) == {}
    with scope(association=world.association):
        ContactList.objects.filter(pk=board.pk).update(sync=True)
    assert there_are(compared(world)) == {"removed_there": 1}
    assert drift(world) == {("removed", ANN, "Board", "", "")}
