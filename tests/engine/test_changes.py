"""After the first sync: each change in the directory arrives, and nothing else."""

from __future__ import annotations

import pytest
from django_scopes import scope
from tests.builders import a_contact, a_list, on_list
from tests.engine.worlds import World

from rollkeeper.core.calls import Import, Rewrite
from rollkeeper.core.values import ContactId, ListId, Mailbox
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Contact, ContactList
from rollkeeper.ledger.models import Audience, AudienceState, RunState
from rollkeeper.providers.memory.account import Held

BY = "test"


@pytest.fixture
def ann(world: World) -> Contact:
    return a_contact(world.association, address="ann@a.example", first_name="Ann")


@pytest.fixture
def board(world: World, ann: Contact) -> ContactList:
    """A synchronized list with Ann and Bob on it, true over there."""
    bob = a_contact(world.association, address="bob@b.example")
    board = a_list(world.association, ann, bob, name="Board")
    world.sync(everything=True)
    return board


def held(world: World, mailbox: str) -> Held:
    found = world.account.contact(Mailbox(mailbox))
    assert found is not None
    return found


def test_a_new_list_with_the_switch_is_made(world: World, board: ContactList) -> None:
    a_list(world.association, name="Golf")  # S24
    world.sync()
    assert "Golf" in world.account.names.values()


def test_joining_a_list_adds(world: World, board: ContactList) -> None:
    on_list(a_contact(world.association, address="cy@c.example"), board)  # S25
    world.sync()
    assert "cy@c.example" in world.on("Board")


def test_do_not_contact_disables_and_clearing_it_brings_back(
    world: World, ann: Contact, board: ContactList
) -> None:
    with scope(association=world.association):
        directory.set_do_not_contact(contact_id=ContactId(ann.pk), value=True, by=BY)
    world.sync()
    assert world.on("Board") == {"bob@b.example"}  # S27
    assert held(world, "ann@a.example").deleted

    with scope(association=world.association):
        directory.set_do_not_contact(contact_id=ContactId(ann.pk), value=False, by=BY)
    world.sync()
    assert world.on("Board") == {"ann@a.example", "bob@b.example"}  # S28
    assert not held(world, "ann@a.example").deleted


def test_clearing_do_not_contact_does_not_bring_back_who_unsubscribed(
    world: World, ann: Contact, board: ContactList
) -> None:
    with scope(association=world.association):
        directory.set_do_not_contact(contact_id=ContactId(ann.pk), value=True, by=BY)
    world.account.unsubscribe(Mailbox("ann@a.example"))
    world.sync()
    with scope(association=world.association):
        directory.set_do_not_contact(contact_id=ContactId(ann.pk), value=False, by=BY)
    world.clock.sleep(3600)
    world.sync()
    assert world.on("Board") == {"bob@b.example"}  # S28


def test_a_changed_name_is_sent(world: World, ann: Contact, board: ContactList) -> None:
    rewrite(world, ann, first_name="Anna")
    world.sync()
    assert held(world, "ann@a.example").person.first_name == "Anna"  # S29


def test_a_changed_address_keeps_the_contact(
    world: World, ann: Contact, board: ContactList
) -> None:
    before = held(world, "ann@a.example").provider_id
    with scope(association=world.association):
        directory.set_primary_address(
            contact_id=ContactId(ann.pk), address="anna@new.example", by=BY
        )
    run = world.sync()
    assert run.state == RunState.DONE
    assert held(world, "anna@new.example").provider_id == before  # S29
    assert world.on("Board") == {"anna@new.example", "bob@b.example"}
    assert world.account.contact(Mailbox("ann@a.example")) is None


def test_leaving_one_list_of_two_only_leaves_that_list(
    world: World, ann: Contact, board: ContactList
) -> None:
    cy = a_contact(world.association, address="cy@c.example")
    golf = a_list(world.association, ann, cy, name="Golf")
    world.sync()
    with scope(association=world.association):
        golf.memberships.filter(contact=ann).delete()
    world.sync()
    assert world.on("Golf") == {"cy@c.example"}  # S30
    assert "ann@a.example" in world.on("Board")
    assert not held(world, "ann@a.example").deleted


def test_leaving_the_last_list_disables(
    world: World, ann: Contact, board: ContactList
) -> None:
    with scope(association=world.association):
        board.memberships.filter(contact=ann).delete()
    world.sync()
    assert held(world, "ann@a.example").deleted  # S30


def test_leaving_the_last_list_spares_who_is_on_a_list_of_theirs(
    world: World, ann: Contact, board: ContactList
) -> None:
    world.account.hand_add(Mailbox("ann@a.example"), lists=[world.theirs("Their own")])
    with scope(association=world.association):
        board.memberships.filter(contact=ann).delete()
    world.sync()
    assert not held(world, "ann@a.example").deleted
    assert world.on("Their own") == {"ann@a.example"}
    assert world.on("Board") == {"bob@b.example"}


def test_a_deleted_contact_is_disabled(
    world: World, ann: Contact, board: ContactList
) -> None:
    cy = a_contact(world.association, address="cy@c.example")
    a_list(world.association, ann, cy, name="Golf")
    world.sync()
    with scope(association=world.association):
        directory.delete_contact(contact_id=ContactId(ann.pk), by=BY)
    world.sync()
    assert held(world, "ann@a.example").deleted  # S32
    assert world.on("Golf") == {"cy@c.example"}


def test_a_deleted_list_is_kept_over_there(world: World, board: ContactList) -> None:
    with scope(association=world.association):
        board.delete()
    world.sync()
    assert world.on("Board") == {"ann@a.example", "bob@b.example"}
    with scope(association=world.association):
        assert Audience.objects.get().state == AudienceState.LIST_DELETED


def test_a_list_named_like_one_that_was_deleted_gets_a_list_of_its_own(
    world: World, ann: Contact, board: ContactList
) -> None:
    with scope(association=world.association):
        board.delete()
    a_list(world.association, ann, name="Board")
    world.sync(everything=True)
    assert world.on("Board (2)") == {"ann@a.example"}
    assert world.on("Board") == {"ann@a.example", "bob@b.example"}


def test_a_list_switched_off_is_left_as_it_is(world: World, board: ContactList) -> None:
    with scope(association=world.association):
        ContactList.objects.update(sync=False)
        board.memberships.all().delete()
    world.sync()
    assert world.on("Board") == {"ann@a.example", "bob@b.example"}  # S44


def test_an_unsubscribe_becomes_a_suppression_and_is_never_undone(
    world: World, ann: Contact, board: ContactList
) -> None:
    world.account.unsubscribe(Mailbox("ann@a.example"))
    run = world.pull()
    assert run.counts["opt_outs"] == 1
    world.sync(everything=True)
    on_list(ann, a_list(world.association, name="Golf"))
    world.sync()
    assert world.on("Board") == {"bob@b.example"}  # S33
    assert world.on("Golf") == set()
    assert held(world, "ann@a.example").unsubscribed


def test_a_refusal_follows_the_person_to_a_new_address(
    world: World, ann: Contact, board: ContactList
) -> None:
    world.account.unsubscribe(Mailbox("ann@a.example"))
    world.pull()
    with scope(association=world.association):
        directory.set_primary_address(
            contact_id=ContactId(ann.pk), address="ann@other.example", by=BY
        )
    world.sync()
    assert world.account.contact(Mailbox("ann@other.example")) is None  # I27


def test_who_left_one_list_over_there_is_not_put_back(
    world: World, ann: Contact, board: ContactList
) -> None:
    world.clock.sleep(3600)
    world.account.leave_list(Mailbox("ann@a.example"), world.list_id("Board"))
    world.sync(everything=True)
    rewrite(world, ann, first_name="Anna")
    world.sync(everything=True)
    assert world.on("Board") == {"bob@b.example"}


def test_what_is_left_of_who_left_over_there_is_done_in_the_same_run(
    world: World, ann: Contact, board: ContactList
) -> None:
    a_list(world.association, ann, name="Golf")
    world.sync()
    world.clock.sleep(3600)
    world.account.leave_list(Mailbox("ann@a.example"), world.list_id("Golf"))
    with scope(association=world.association):
        directory.take_off_list(
            contact_id=ContactId(ann.pk), list_id=ListId(board.pk), by=BY
        )
    world.sync(everything=True)
    assert held(world, "ann@a.example").deleted


def test_a_whole_list_emptied_over_there_is_held_and_nothing_is_concluded(
    world: World, board: ContactList
) -> None:
    people = [a_contact(world.association) for _ in range(8)]
    for one in people:
        on_list(one, board)
    world.sync()
    world.clock.sleep(3600)
    for mailbox in world.on("Board"):
        world.account.leave_list(Mailbox(mailbox), world.list_id("Board"))
    run = world.sync(everything=True)
    assert run.state == RunState.DONE_WITH_EXCEPTIONS
    assert world.suppressed([Mailbox("ann@a.example")]) == frozenset()


def test_one_deleted_by_staff_over_there_is_held(
    world: World, board: ContactList
) -> None:
    world.clock.sleep(3600)
    world.account.hand_delete(Mailbox("ann@a.example"))
    run = world.sync(everything=True)
    assert run.state == RunState.DONE_WITH_EXCEPTIONS
    assert held(world, "ann@a.example").deleted


def test_a_hold_ends_when_what_it_was_about_is_over(
    world: World, board: ContactList
) -> None:
    world.clock.sleep(3600)
    world.account.hand_delete(Mailbox("ann@a.example"))
    world.sync(everything=True)
    world.account.hand_add(Mailbox("ann@a.example"), lists=[world.list_id("Board")])
    world.clock.sleep(3600)
    assert world.sync(everything=True).state == RunState.DONE


def test_strangers_on_an_adopted_list_stay(world: World) -> None:
    world.account.hand_add(Mailbox("old@friend.example"), lists=[world.theirs("golf ")])
    a_list(world.association, a_contact(world.association), name="Golf")
    world.sync(everything=True)
    world.adopt()
    assert len(world.account.names) == 1
    assert "old@friend.example" in world.on("golf ")
    assert len(world.on("golf ")) == 2


def test_a_shared_mailbox_stays_while_one_holder_keeps_it(
    world: World, ann: Contact, board: ContactList
) -> None:
    twin = a_contact(world.association, address="ann@a.example", first_name="Al")
    on_list(twin, board)
    world.sync()
    with scope(association=world.association):
        board.memberships.filter(contact=ann).delete()
    world.sync()
    assert "ann@a.example" in world.on("Board")
    assert held(world, "ann@a.example").person.first_name == "Al"


def test_a_long_address_goes_one_by_one(world: World, board: ContactList) -> None:
    long = "a" * 45 + "@long.example"
    on_list(a_contact(world.association, address=long), board)
    world.sync()
    assert long in world.on("Board")
    assert not any(
        row.mailbox == long
        for call in world.account.calls
        if isinstance(call, Import)
        for row in call.rows
    )


def test_an_emptied_company_is_cleared_over_there(
    world: World, ann: Contact, board: ContactList
) -> None:
    rewrite(world, ann, company="Old & Sons")
    world.sync()
    rewrite(world, ann, company="")
    world.sync()
    assert held(world, "ann@a.example").person.company == ""
    assert any(isinstance(call, Rewrite) for call in world.account.calls)


def test_nothing_waits_after_a_run(world: World, board: ContactList) -> None:
    run = world.sync()
    assert (run.planned, run.requests, run.writes) == (0, 0, 0)


def rewrite(world: World, contact: Contact, **fields: str) -> None:
    with scope(association=world.association):
        Contact.objects.filter(pk=contact.pk).update(**fields)
