"""Lists that follow from members, through whole syncs (S9-S12, S22, S35, S36)."""

from __future__ import annotations

from itertools import product

import pytest
from attrs import evolve
from django_scopes import scope
from tests.builders import a_contact, a_type, on_list, the_list_of
from tests.engine.chambers_with_members import EVERYBODY, Chamber, a_chamber
from tests.engine.worlds import World, a_world

from rollkeeper.core.policy import preset_of
from rollkeeper.directory.models import Contact, ContactList, Member, Standing
from rollkeeper.engine import newsletter
from rollkeeper.engine.explain import explain
from rollkeeper.engine.postgres.sums import sums
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.models.newsletter import Solution
from rollkeeper.ledger.services.audiences import policy_of
from rollkeeper.ledger.services.newsletter import (
    SettingsRefused,
    change_newsletter,
    newsletter_of,
)

ALL_SETS = {"representatives": True, "membership_types": True, "lists": True}


@pytest.fixture
def chamber(world: World) -> Chamber:
    return a_chamber(world)


@pytest.fixture
def filled(chamber: Chamber) -> Chamber:
    chamber.choose(**ALL_SETS)
    return chamber


@pytest.mark.parametrize(
    ("representatives", "types", "lists"), list(product((False, True), repeat=3))
)
def test_the_three_sets_are_on_and_off_in_any_combination(
    chamber: Chamber, representatives: bool, types: bool, lists: bool
) -> None:
    """S9, S12"""
    chamber.choose(representatives=representatives, membership_types=types, lists=lists)
    assert chamber.names == {
        *([EVERYBODY] if representatives else []),
        *(["Gold", "Tin"] if types else []),
        *(["Golf"] if lists else []),
    }
    assert chamber.on(EVERYBODY) == (
        {"ann", "abe", "fay"} if representatives else set()
    )
    assert chamber.on("Gold") == ({"ann", "abe"} if types else set())
    assert chamber.on("Golf") == ({"bob"} if lists else set())


def test_unless_somebody_chooses_so_no_automatic_list_is_made(chamber: Chamber) -> None:
    chamber.world.sync(everything=True)
    assert chamber.names == {"Golf"}


def test_where_no_newsletter_solution_is_chosen_nothing_is_kept(
    chamber: Chamber,
) -> None:
    chamber.choose(solution=Solution.NONE, **ALL_SETS)
    assert chamber.names == set()


@pytest.mark.parametrize("kind", ["representatives", "membership_type", "list"])
def test_nothing_is_kept_at_a_provider_that_was_not_chosen(
    chamber: Chamber, kind: str
) -> None:
    chamber.choose(**ALL_SETS)
    with scope(association=chamber.world.association):
        chosen = newsletter_of(chamber.world.association.pk)
    elsewhere = evolve(chosen, solution=Solution.MAILCHIMP)
    assert chosen.keeps(kind, "constant_contact")
    assert not elsewhere.keeps(kind, "constant_contact")


def test_a_set_that_is_cleared_leaves_its_lists_as_they_are(filled: Chamber) -> None:
    """S44"""
    filled.choose(representatives=False)
    filled.change(filled.people["ann"], active=False)
    assert filled.on(EVERYBODY) == {"ann", "abe", "fay"}
    assert filled.on("Gold") == {"abe"}
    filled.choose(representatives=True)
    assert filled.on(EVERYBODY) == {"abe", "fay"}


def test_staff_switch_off_one_type_of_many(filled: Chamber) -> None:
    with scope(association=filled.world.association):
        ContactList.objects.filter(membership_type=filled.tin).update(sync=False)
    filled.change(filled.bakery, status="dropped")
    filled.change(filled.forge, status="dropped")
    assert (filled.on("Gold"), filled.on("Tin")) == (set(), {"fay"})


def test_a_dropped_members_people_go_and_come_back_with_it(filled: Chamber) -> None:
    """S35, S36"""
    filled.change(filled.bakery, status="dropped")
    assert (filled.on(EVERYBODY), filled.on("Gold")) == ({"fay"}, set())
    filled.change(filled.bakery, status="courtesy")
    assert (filled.on(EVERYBODY), filled.on("Gold")) == (
        {"ann", "abe", "fay"},
        {"ann", "abe"},
    )


def test_a_member_of_another_type_moves_from_list_to_list(filled: Chamber) -> None:
    filled.change(filled.bakery, membership_type=filled.tin)
    assert (filled.on("Gold"), filled.on("Tin")) == (set(), {"ann", "abe", "fay"})
    assert filled.on(EVERYBODY) == {"ann", "abe", "fay"}


def test_a_contact_of_another_member_moves_along(filled: Chamber) -> None:
    filled.change(filled.people["ann"], member=filled.forge)
    assert (filled.on("Gold"), filled.on("Tin")) == ({"abe"}, {"ann", "fay"})
    filled.change(filled.people["ann"], member=None)
    assert filled.on(EVERYBODY) == {"abe", "fay"}


@pytest.mark.parametrize(
    ("active", "standing"), list(product((True, False), Standing.values))
)
def test_a_contacts_own_status_counts_for_automatic_lists_alone(
    chamber: Chamber, active: bool, standing: str
) -> None:
    """S22"""
    cleo = a_contact(
        chamber.world.association,
        address="cleo@members.example",
        active=active,
        member=chamber.bakery,
    )
    with scope(association=chamber.world.association):
        golf = ContactList.objects.get(name="Golf")
    on_list(cleo, golf, status=standing)
    chamber.choose(**ALL_SETS)
    assert ("cleo" in chamber.on("Golf")) == (standing == Standing.ACTIVE)
    assert ("cleo" in chamber.on("Gold")) == active
    assert ("cleo" in chamber.on(EVERYBODY)) == active


def test_a_renamed_type_renames_its_provider_list(filled: Chamber) -> None:
    """S11"""
    before = filled.world.list_id("Gold")
    filled.change(filled.gold, name="Platinum")
    filled.change(filled.people["ann"], active=False)
    assert filled.world.list_id("Platinum") == before
    assert (filled.on("Platinum"), "Gold" in filled.names) == ({"abe"}, False)


def test_a_new_type_makes_a_list_without_being_asked(filled: Chamber) -> None:
    """S11"""
    silver = a_type(filled.world.association, name="Silver")
    filled.change(filled.forge, membership_type=silver)
    assert (filled.on("Silver"), filled.on("Tin")) == (set(), set())
    filled.world.sync(everything=True)  # new lists that fill themselves do at night
    assert filled.on("Silver") == {"fay"}


def test_the_list_of_a_deleted_type_goes_as_its_policy_says(filled: Chamber) -> None:
    with scope(association=filled.world.association):
        Member.objects.filter(membership_type=filled.tin).update(membership_type=None)
        filled.tin.delete()
        filled.world.sync()
        (audience,) = Audience.objects.filter(state="list_deleted")
    assert (audience.name, "Tin" in filled.names) == ("Tin", True)
    assert filled.on(EVERYBODY) == {"ann", "abe", "fay"}


def test_the_list_of_everybody_is_called_as_it_was_when_it_was_made(
    chamber: Chamber,
) -> None:
    """S10"""
    chamber.choose(representatives=True, representatives_name="Our  people ")
    assert chamber.on("Our people") == {"ann", "abe", "fay"}
    association = chamber.world.association
    with (
        scope(association=association),
        pytest.raises(SettingsRefused, match="keeps the name"),
    ):
        newsletter.change(
            association_id=association.pk,
            changes={"representatives_name": "Everybody"},
            by="test",
        )


def test_refusals_hold_on_automatic_lists(filled: Chamber) -> None:
    filled.change(filled.people["ann"], do_not_contact=True)
    filled.world.account.unsubscribe(filled.world.held("abe@members.example").mailbox)
    filled.world.sync(everything=True)
    assert (filled.on(EVERYBODY), filled.on("Gold")) == ({"fay"}, set())


def test_who_left_an_automatic_list_over_there_stays_off_it(filled: Chamber) -> None:
    world = filled.world
    world.account.leave_list(
        world.held("ann@members.example").mailbox, world.list_id("Gold")
    )
    world.sync(everything=True)
    filled.change(filled.people["ann"], first_name="Anna")
    assert (filled.on("Gold"), filled.on(EVERYBODY)) == ({"abe"}, {"ann", "abe", "fay"})


def test_a_comparison_of_everything_finds_nothing_that_marks_missed(
    filled: Chamber,
) -> None:
    for row, fields in (
        (filled.bakery, {"status": "dropped"}),
        (filled.forge, {"membership_type": filled.gold}),
        (filled.people["bob"], {"member": filled.forge}),
        (filled.gold, {"name": "Platinum"}),
    ):
        filled.change(row, **fields)
        run = filled.world.sync(everything=True)
        assert (run.planned, run.counts.get("missed_by_marks", 0)) == (0, 0)


def test_what_no_mark_named_yet_is_none_that_was_missed(filled: Chamber) -> None:
    with scope(association=filled.world.association):
        filled.bakery.status = "dropped"
        filled.bakery.save()
    run = filled.world.sync(everything=True)
    assert run.counts.get("missed_by_marks", 0) == 0
    assert filled.on(EVERYBODY) == {"fay"}


def test_the_sum_of_an_automatic_list_adds_up(filled: Chamber) -> None:
    with scope(association=filled.world.association):
        a_contact(filled.world.association, address=None, member=filled.bakery)
        found = {one.target.name: one for one in sums(filled.world.connection)}
    everybody = found["All active representatives"]
    assert (everybody.members, dict(everybody.not_there), everybody.there) == (
        6,
        {"no_primary_address": 1},
        5,
    )
    assert (found["Gold"].members, found["Gold"].there) == (4, 3)


def said(chamber: Chamber, name: str, list_id: int | None = None) -> dict[str, str]:
    with scope(association=chamber.world.association):
        found = explain(
            connection=chamber.world.connection,
            contacts=[Contact.objects.get(pk=chamber.people[name].pk)],
            list_id=list_id,
        )
    return {one.list_name: one.sentence.partition(": ")[2] for one in found}


def test_why_somebody_is_not_on_an_automatic_list_is_said(filled: Chamber) -> None:
    """S22"""
    filled.change(filled.people["ann"], active=False)
    inactive = "the contact is inactive."
    assert said(filled, "ann") == {
        "All active representatives": inactive,
        "Gold": inactive,
    }
    filled.change(filled.forge, status="dropped")
    assert said(filled, "fay")["Tin"] == "the member is dropped."
    filled.change(filled.forge, status="prospect")
    assert said(filled, "fay")["Tin"] == "the member is a prospect."


def test_asked_of_one_list_it_is_said_of_anybody(filled: Chamber) -> None:
    gold = the_list_of(filled.gold).pk
    assert said(filled, "fay") == dict.fromkeys(
        ["All active representatives", "Tin"], ""
    )
    assert said(filled, "fay", gold) == {
        "Gold": "the member has another membership type."
    }
    assert said(filled, "bob", gold) == {"Gold": "the contact belongs to no member."}


def test_people_of_other_associations_are_on_none_of_these_lists(
    filled: Chamber,
) -> None:
    other = a_chamber(a_world())
    filled.world.sync(everything=True)
    assert filled.on(EVERYBODY) == {"ann", "abe", "fay"}
    other.choose(**ALL_SETS)
    assert other.on("Gold") == {"ann", "abe"}


def test_lists_that_fill_themselves_follow_by_night_and_hold_nobody_else(
    chamber: Chamber,
) -> None:
    """S35, S36"""
    with scope(association=chamber.world.association):
        change_newsletter(
            association_id=chamber.world.association.pk, changes=ALL_SETS, by="test"
        )
    chamber.world.sync(everything=True)
    with scope(association=chamber.world.association):
        policies = {
            preset_of(policy_of(one)) for one in Audience.objects.exclude(name="Golf")
        }
    assert policies == {"replace"}
