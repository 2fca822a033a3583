"""Mailboxes are what is over there: shared, moved, merged, split, spelt otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve
from tests.builders import a_contact, a_list, on_list
from tests.engine import acts
from tests.engine.worlds import World

from rollkeeper.core.calls import Import
from rollkeeper.core.policy import LIVE, NIGHTLY, NewAddress
from rollkeeper.core.values import Mailbox
from rollkeeper.directory.models import Contact, ContactList

ANN, BOB, CY = "ann@a.example", "bob@b.example", "cy@c.example"
OFFICE = "office@firm.example"
NEW = "ann@new.example"
LONG = f"{'a' * 45}@long.example"
LONGER = f"{'a' * 60}@long.example"


@pytest.fixture
def ann(world: World) -> Contact:
    return a_contact(world.association, address=ANN, first_name="Ann")


@pytest.fixture
def bob(world: World) -> Contact:
    return a_contact(world.association, address=BOB, first_name="Bob")


@pytest.fixture
def board(world: World, ann: Contact, bob: Contact) -> ContactList:
    """A synchronized list with Ann, Bob and a companion."""
    board = a_list(world.association, ann, bob, name="Board")
    on_list(a_contact(world.association, address=CY), board)
    world.sync(everything=True)
    world.follow(LIVE)
    return board


def is_quiet(world: World) -> bool:
    return world.sync(everything=True).writes == 0


@pytest.fixture
def sharing(world: World, board: ContactList) -> list[Contact]:
    """Two contacts on the list with one address."""
    sharing = [
        a_contact(world.association, address=OFFICE, first_name=name)
        for name in ("First", "Second")
    ]
    for contact in sharing:
        on_list(contact, board)
    world.sync()
    return sharing


@pytest.mark.parametrize(
    "goes",
    [acts.delete, acts.take_off, acts.disable_in, acts.move],
    ids=lambda a: a.__name__,
)
def test_a_shared_mailbox_stays_while_one_holder_keeps_it(
    world: World, board: ContactList, sharing: list[Contact], goes: Callable[..., None]
) -> None:  # S30, S32, S41
    more = {acts.delete: (), acts.move: (NEW,)}.get(goes, (board,))
    goes(sharing[1], *more)
    world.sync()
    assert OFFICE in world.on("Board")
    assert world.held(OFFICE).person.first_name == "First"
    assert is_quiet(world)


@pytest.mark.parametrize(
    "stops", [acts.stop, acts.mute_in], ids=["do not contact", "no mass emails"]
)
def test_a_shared_mailbox_is_stopped_by_any_holder(
    world: World, board: ContactList, sharing: list[Contact], stops: Callable[..., None]
) -> None:  # S17, S27
    stops(sharing[0], *(() if stops is acts.stop else (board,)))
    world.sync()
    assert OFFICE not in world.on("Board")
    assert is_quiet(world)


def test_a_shared_mailbox_is_disabled_when_the_last_holder_goes(
    world: World, board: ContactList, sharing: list[Contact]
) -> None:  # S30
    acts.take_off(sharing[0], board)
    world.sync()
    assert not world.held(OFFICE).deleted
    acts.delete(sharing[1])
    world.sync()
    assert world.held(OFFICE).deleted


def test_who_speaks_for_the_member_gives_a_shared_mailbox_its_name(
    world: World, board: ContactList, sharing: list[Contact]
) -> None:  # S29
    acts.rename(sharing[0], speaks_for_member=True)
    world.sync()
    assert world.held(OFFICE).person.first_name == "First"
    acts.rename(sharing[1], first_name="Later")
    world.sync()
    assert world.held(OFFICE).person.first_name == "First"


def test_moving_to_an_address_that_a_stranger_has_joins_that_contact(
    world: World, ann: Contact, board: ContactList
) -> None:  # S29
    theirs = world.account.hand_add(Mailbox(NEW), lists=[world.theirs("Their own")])
    world.clock.sleep(3600)
    world.sync(everything=True)
    acts.move(ann, NEW)
    world.sync()
    assert world.on("Board") == {NEW, BOB, CY}
    assert world.held(NEW).provider_id == theirs
    assert world.on("Their own") == {NEW}
    assert world.held(ANN).deleted
    assert is_quiet(world)


def test_moving_to_an_address_that_a_stranger_got_unseen_is_found_out(
    world: World, ann: Contact, board: ContactList
) -> None:  # S29
    world.account.hand_add(Mailbox(NEW))
    acts.move(ann, NEW)
    for _ in range(3):
        world.clock.sleep(3600)
        world.sync(everything=True)
    assert world.on("Board") == {NEW, BOB, CY}
    assert is_quiet(world)


def test_moving_to_an_address_that_unsubscribed_brings_nobody_back(
    world: World, ann: Contact, board: ContactList
) -> None:  # S20, S29
    world.account.hand_add(Mailbox(NEW))
    world.account.unsubscribe(Mailbox(NEW))
    world.clock.sleep(3600)
    acts.move(ann, NEW)
    world.sync()
    world.sync(everything=True)
    assert world.on("Board") == {BOB, CY}
    assert world.held(NEW).unsubscribed


def test_moving_to_an_address_of_somebody_else_shares_it(
    world: World, ann: Contact, board: ContactList
) -> None:  # S29
    acts.move(ann, BOB)
    world.sync()
    assert world.on("Board") == {BOB, CY}
    assert world.held(ANN).deleted
    assert is_quiet(world)


def test_moving_back_and_forth_between_two_runs_is_nothing(
    world: World, ann: Contact, board: ContactList
) -> None:  # S29
    acts.move(ann, NEW)
    acts.move(ann, ANN)
    assert world.sync().writes == 0


def test_moving_back_after_a_run_brings_the_first_address_back(
    world: World, ann: Contact, board: ContactList
) -> None:  # S29
    before = world.held(ANN).provider_id
    acts.move(ann, NEW)
    world.sync()
    acts.move(ann, ANN)
    world.sync()
    assert world.on("Board") == {ANN, BOB, CY}
    assert world.held(ANN).provider_id == before


def test_swapped_addresses_on_different_lists_swap_lists(
    world: World, ann: Contact, bob: Contact, board: ContactList
) -> None:  # S29
    golf = a_list(world.association, bob, name="Golf")
    on_list(a_contact(world.association, address="dee@d.example"), golf)
    acts.take_off(bob, board)
    world.sync()
    acts.move(ann, "between@x.example")
    acts.move(bob, ANN)
    acts.move(ann, BOB)
    world.sync()
    assert world.on("Board") == {BOB, CY}
    assert world.on("Golf") == {ANN, "dee@d.example"}
    assert world.held(ANN).person.first_name == "Bob"
    assert is_quiet(world)


def test_a_merged_contact_hands_its_places_over(
    world: World, ann: Contact, board: ContactList
) -> None:  # S32
    again = a_contact(world.association, address="ann@home.example", first_name="Ann")
    golf = a_list(world.association, again, name="Golf")
    on_list(a_contact(world.association, address="dee@d.example"), golf)
    world.sync()
    acts.put_on(ann, golf)
    acts.delete(again)
    world.sync()
    assert world.on("Golf") == {ANN, "dee@d.example"}
    assert world.held("ann@home.example").deleted
    assert is_quiet(world)


def test_of_two_contacts_with_one_mailbox_each_brings_it_to_its_lists(
    world: World, ann: Contact, board: ContactList
) -> None:  # S25, S30
    again = a_contact(world.association, address=ANN, first_name="Ann")
    golf = a_list(world.association, again, name="Golf")
    on_list(a_contact(world.association, address="dee@d.example"), golf)
    world.sync()
    assert ANN in world.on("Board") & world.on("Golf")
    acts.take_off(again, golf)
    world.sync()
    assert world.on("Golf") == {"dee@d.example"}
    assert ANN in world.on("Board")
    assert not world.held(ANN).deleted


@pytest.mark.parametrize("before", [ANN, LONG], ids=["short", "long"])
@pytest.mark.parametrize("after", [NEW, LONGER], ids=["to short", "to long"])
def test_an_address_of_any_length_changes_in_place(
    world: World, ann: Contact, board: ContactList, before: str, after: str
) -> None:  # S29
    acts.move(ann, before)
    world.sync()
    contact = world.held(before).provider_id
    acts.move(ann, after)
    world.sync()
    assert world.held(after).provider_id == contact
    assert world.on("Board") == {after, BOB, CY}
    assert is_quiet(world)


def test_a_long_address_that_is_new_never_goes_by_import(
    world: World, ann: Contact, board: ContactList
) -> None:  # S42
    world.follow(evolve(LIVE, new_address=NewAddress.ADD_NEW))
    acts.move(ann, LONGER)
    world.sync()
    assert world.on("Board") == {LONGER, ANN, BOB, CY}
    imports = [call for call in world.account.calls if isinstance(call, Import)]
    assert all(row.mailbox != LONGER for call in imports for row in call.rows)


def test_an_address_too_long_for_the_provider_is_said_and_stops_nobody(
    world: World, board: ContactList
) -> None:  # S19
    too_long = f"{'a' * 60}@{'b' * 30}.example"
    on_list(a_contact(world.association, address=too_long), board)
    on_list(a_contact(world.association, address="dee@d.example"), board)
    world.sync()
    assert world.on("Board") == {ANN, BOB, CY, "dee@d.example"}


def test_letter_case_and_blanks_make_no_other_mailbox(
    world: World, ann: Contact, board: ContactList
) -> None:  # S29
    acts.move(ann, "  Ann@A.Example ")
    assert world.sync().writes == 0
    on_list(a_contact(world.association, address=" ANN@a.example"), board)
    world.sync()
    assert world.on("Board") == {ANN, BOB, CY}
    assert is_quiet(world)


def test_an_address_cleared_ends_and_given_back_brings_back(
    world: World, ann: Contact, board: ContactList
) -> None:  # S17, S28
    acts.move(ann, "")
    world.sync()
    assert world.held(ANN).deleted
    acts.move(ann, ANN)
    world.sync()
    assert world.on("Board") == {ANN, BOB, CY}
    assert not world.held(ANN).deleted


def test_do_not_contact_reaches_an_old_address_that_the_policy_kept(
    world: World, ann: Contact, board: ContactList
) -> None:  # S27, S42
    world.follow(evolve(LIVE, new_address=NewAddress.ADD_NEW))
    acts.move(ann, NEW)
    world.sync()
    assert world.on("Board") == {NEW, ANN, BOB, CY}
    acts.stop(ann)
    world.sync()
    assert world.on("Board") == {BOB, CY}
    assert world.held(ANN).deleted
    assert world.held(NEW).deleted


def test_an_unsubscribe_at_an_old_address_that_was_kept_reaches_the_new_one(
    world: World, ann: Contact, board: ContactList
) -> None:  # S33, S42
    world.follow(evolve(LIVE, new_address=NewAddress.ADD_NEW))
    acts.move(ann, NEW)
    world.sync()
    world.account.unsubscribe(Mailbox(ANN))
    world.pull()
    world.sync()
    assert world.on("Board") == {BOB, CY}


def test_an_old_address_that_was_kept_hears_of_its_person_without_an_address(
    world: World, ann: Contact, board: ContactList
) -> None:  # S27, S42
    world.follow(NIGHTLY)
    acts.move(ann, NEW)
    world.sync()
    acts.move(ann, "")
    acts.stop(ann)
    world.sync()
    assert world.on("Board") == {BOB, CY}


def test_a_contact_made_anew_with_the_mailbox_of_one_who_refused_stays_out(
    world: World, ann: Contact, board: ContactList
) -> None:  # S33, I27
    world.account.unsubscribe(Mailbox(ANN))
    world.pull()
    acts.delete(ann)
    world.sync()
    on_list(a_contact(world.association, address=ANN), board)
    world.sync()
    world.sync(everything=True)
    assert world.on("Board") == {BOB, CY}
    assert world.held(ANN).unsubscribed


def test_who_refused_and_changes_address_twice_stays_out(
    world: World, ann: Contact, board: ContactList
) -> None:  # S33, I27
    world.account.unsubscribe(Mailbox(ANN))
    world.clock.sleep(3600)
    for address in (NEW, "ann@third.example"):
        acts.move(ann, address)
        world.sync()
        world.sync(everything=True)
    assert world.on("Board") == {BOB, CY}


def test_an_address_that_we_ended_and_that_is_somebodys_again_comes_back(
    world: World, ann: Contact, bob: Contact, board: ContactList
) -> None:  # S28, S29
    acts.delete(ann)
    world.sync()
    assert world.held(ANN).deleted
    acts.move(bob, ANN)
    world.sync()
    assert world.on("Board") == {ANN, CY}
    assert world.held(ANN).person.first_name == "Bob"
    assert is_quiet(world)
