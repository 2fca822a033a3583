"""Files that hold everything: who is missing leaves, unless that cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from attrs import define
from django_scopes import scope
from tests.directory.files import BY, a_file, contact_row
from tests.engine.worlds import World

from rollkeeper.audit.models import Entry
from rollkeeper.core.guards import Guard
from rollkeeper.core.values import Mailbox
from rollkeeper.directory.models import Contact, ContactList, ListMembership
from rollkeeper.engine import holding
from rollkeeper.engine.importing import Imported, import_into
from rollkeeper.ledger.models import Hold
from rollkeeper.ledger.services.holds import Changed, NumberNeeded
from rollkeeper.ledger.states import HoldState, RunState

PEOPLE = 100
NAMES = tuple(f"C{number:03}" for number in range(PEOPLE))
GOLD = NAMES[:60]


@define
class Chamber:
    """A hundred contacts, sixty of them gold members, all on the news list."""

    world: World
    folder: Path

    def write(
        self,
        contacts: Sequence[str] = NAMES,
        memberships: Sequence[str] | None = None,
    ) -> None:
        rows = [contact_row(name) for name in contacts]
        a_file(self.folder, "contacts", *rows)
        places = contacts if memberships is None else memberships
        a_file(
            self.folder, "list_memberships", *(f"L1,{one},active,no" for one in places)
        )

    def import_(self, *, complete: bool = True) -> Imported:
        with scope(association=self.world.association):
            return import_into(
                self.world.association, [self.folder], by=BY, complete=complete
            )

    def approve(self, hold: Hold, typed: int | None = None) -> Hold:
        with scope(association=self.world.association):
            return holding.approve(
                hold_id=hold.pk, fingerprint=hold.fingerprint, by=BY, typed=typed
            )

    def contacts(self) -> set[str]:
        with scope(association=self.world.association):
            return set(Contact.objects.values_list("external_id", flat=True))

    def on_list(self) -> set[str]:
        with scope(association=self.world.association):
            places = ListMembership.objects.filter(list__external_id="L1")
            return set(places.values_list("contact__external_id", flat=True))

    def holds(self, state: HoldState = HoldState.OPEN) -> list[Hold]:
        with scope(association=self.world.association):
            return list(Hold.objects.filter(state=state))


def addresses(names: Iterable[str]) -> set[str]:
    return {f"{name.lower()}@members.example" for name in names}


@pytest.fixture
def chamber(world: World, tmp_path: Path) -> Chamber:
    chamber = Chamber(world, tmp_path)
    a_file(tmp_path, "lists", "L1,News,list,yes")
    chamber.write()
    chamber.import_()
    world.sync(everything=True)
    assert len(world.on("News")) == PEOPLE
    (tmp_path / "lists.csv").unlink()
    return chamber


def test_a_few_who_are_missing_leave_at_once(chamber: Chamber) -> None:
    chamber.write(NAMES[3:])
    done = chamber.import_()
    assert done.hold is None
    assert done.report.absences
    assert (done.report.absences.contacts, done.report.absences.left) == (3, True)
    assert chamber.contacts() == set(NAMES[3:])
    with scope(association=chamber.world.association):
        entry = Entry.objects.get(action="contacts_departed")
        assert len(entry.details["contacts"]) == 3
    chamber.world.sync()
    assert chamber.world.on("News") == addresses(NAMES[3:])


def test_nobody_leaves_when_the_files_are_not_said_to_be_complete(
    chamber: Chamber,
) -> None:
    chamber.write(NAMES[3:])
    assert chamber.import_(complete=False).report.absences is None
    assert chamber.contacts() == set(NAMES)


def cut_off(chamber: Chamber) -> None:
    chamber.write(NAMES[:10])


def wrongly_filtered(chamber: Chamber) -> None:
    chamber.write(GOLD)


def empty(chamber: Chamber) -> None:
    chamber.write(())


@pytest.mark.parametrize(
    ("spoil", "guard", "missing"),
    [
        (cut_off, Guard.SOURCE_FELL, 90),
        (wrongly_filtered, Guard.SOURCE_FELL, 40),
        (empty, Guard.SOURCE_EMPTY, 100),
    ],
)
def test_a_source_that_fell_is_held_and_the_list_stays_as_it_is(
    chamber: Chamber, spoil: Callable[[Chamber], None], guard: Guard, missing: int
) -> None:
    spoil(chamber)
    hold = chamber.import_().hold
    assert hold is not None
    assert (hold.guard, hold.count) == (guard, missing)
    assert f"lacks {missing} of the 100" in hold.cause
    chamber.world.sync(everything=True)
    assert chamber.contacts() == chamber.on_list() == set(NAMES)
    assert chamber.world.on("News") == addresses(NAMES)


def test_what_a_held_file_adds_is_imported_all_the_same(chamber: Chamber) -> None:
    chamber.write((*NAMES[:10], "NEW"))
    assert chamber.import_().hold
    assert chamber.contacts() == {*NAMES, "NEW"}


def test_memberships_alone_can_fall_too(chamber: Chamber) -> None:
    chamber.write(NAMES, memberships=GOLD)
    hold = chamber.import_().hold
    assert hold is not None
    assert hold.count == 40
    assert chamber.on_list() == set(NAMES)
    chamber.approve(hold, typed=40)
    assert chamber.on_list() == set(GOLD)
    assert chamber.contacts() == set(NAMES)
    chamber.world.sync()
    assert chamber.world.on("News") == addresses(GOLD)


def test_an_approved_departure_is_done_here_at_once_and_there_by_the_next_run(
    chamber: Chamber,
) -> None:
    wrongly_filtered(chamber)
    hold = chamber.import_().hold
    assert hold is not None
    with pytest.raises(NumberNeeded, match="Type the number 40"):
        chamber.approve(hold)
    assert chamber.approve(hold, typed=40).state == HoldState.APPLIED
    assert chamber.contacts() == set(GOLD)
    assert chamber.world.sync().state == RunState.DONE
    assert chamber.world.on("News") == addresses(GOLD)
    assert chamber.holds() == []
    ended = chamber.world.account.contact(Mailbox("c099@members.example"))
    assert ended
    assert ended.deleted


def test_the_approval_covers_nobody_else(chamber: Chamber) -> None:
    wrongly_filtered(chamber)
    hold = chamber.import_().hold
    assert hold is not None
    chamber.approve(hold, typed=40)
    with scope(association=chamber.world.association):
        ListMembership.objects.filter(contact__external_id__in=GOLD[:20]).delete()
    chamber.world.sync()
    assert chamber.world.on("News") == addresses(GOLD)
    assert {one.count for one in chamber.holds()} == {20}


def test_the_same_spoilt_file_again_is_the_same_hold(chamber: Chamber) -> None:
    cut_off(chamber)
    first, again = chamber.import_().hold, chamber.import_().hold
    assert first is not None
    assert again is not None
    assert (first.pk, first.fingerprint) == (again.pk, again.fingerprint)


def test_another_spoilt_file_is_another_hold(chamber: Chamber) -> None:
    cut_off(chamber)
    first = chamber.import_().hold
    empty(chamber)
    second = chamber.import_().hold
    assert first is not None
    assert second is not None
    assert [one.pk for one in chamber.holds()] == [second.pk]
    assert [one.pk for one in chamber.holds(HoldState.OVER)] == [first.pk]


def test_a_complete_file_that_is_whole_ends_the_hold(chamber: Chamber) -> None:
    cut_off(chamber)
    chamber.import_()
    chamber.write()
    assert chamber.import_().hold is None
    assert chamber.holds() == []


def test_whom_a_later_file_names_is_held_no_more(chamber: Chamber) -> None:
    cut_off(chamber)
    assert chamber.import_().hold
    chamber.write(NAMES[10:])
    chamber.import_(complete=False)
    assert chamber.holds() == []
    assert chamber.contacts() == set(NAMES)


def test_a_hold_that_lost_some_must_be_looked_at_again(chamber: Chamber) -> None:
    cut_off(chamber)
    hold = chamber.import_().hold
    assert hold is not None
    chamber.write(NAMES[50:])
    chamber.import_(complete=False)
    [now] = chamber.holds()
    assert now.count == 40
    with pytest.raises(Changed, match="about 40 of 100 now"):
        chamber.approve(hold, typed=90)


def test_a_discarded_departure_lets_everybody_stay(chamber: Chamber) -> None:
    cut_off(chamber)
    hold = chamber.import_().hold
    assert hold is not None
    with scope(association=chamber.world.association):
        holding.discard(hold_id=hold.pk, fingerprint=hold.fingerprint, by=BY)
    chamber.world.sync(everything=True)
    assert chamber.contacts() == set(NAMES)
    assert chamber.world.on("News") == addresses(NAMES)


def test_who_stands_in_a_bad_row_is_not_missing(chamber: Chamber) -> None:
    rows = [contact_row(name) for name in NAMES[1:]]
    a_file(chamber.folder, "contacts", contact_row(NAMES[0], active="maybe"), *rows)
    assert chamber.import_().hold is None
    assert chamber.contacts() == set(NAMES)


def test_a_row_that_names_nobody_makes_the_file_unbelievable(chamber: Chamber) -> None:
    rows = [contact_row(name) for name in NAMES[2:]]
    a_file(chamber.folder, "contacts", contact_row(""), *rows)
    hold = chamber.import_().hold
    assert hold is not None
    assert hold.count == 2
    assert "In 1 rows it cannot be read who they are" in hold.cause


def test_contacts_made_on_the_pages_stay(chamber: Chamber) -> None:
    with scope(association=chamber.world.association):
        made = Contact.objects.create(
            association=chamber.world.association, external_id="rollkeeper-7"
        )
        news = ContactList.objects.get(kind="list")
        ListMembership.objects.create(
            association=chamber.world.association, list=news, contact=made
        )
    chamber.write(NAMES[3:])
    assert chamber.import_().hold is None
    assert "rollkeeper-7" in chamber.contacts() & chamber.on_list()


def test_a_list_that_no_file_names_keeps_who_is_on_it(chamber: Chamber) -> None:
    with scope(association=chamber.world.association):
        other = ContactList.objects.create(
            association=chamber.world.association, external_id="L2", name="Choir"
        )
        for contact in Contact.objects.all()[:20]:
            ListMembership.objects.create(
                association=chamber.world.association, list=other, contact=contact
            )
    assert chamber.import_().hold is None
    with scope(association=chamber.world.association):
        assert other.memberships.count() == 20


def test_members_and_lists_that_are_missing_are_told_and_stay(
    chamber: Chamber,
) -> None:
    a_file(chamber.folder, "lists", "L9,New,list,no")
    absences = chamber.import_().report.absences
    assert absences
    assert absences.lists == ["L1"]
    assert absences.members is None
    assert chamber.on_list() == set(NAMES)
