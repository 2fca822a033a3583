"""What every provider must do, whichever vendor is behind it."""

from __future__ import annotations

import pytest
from tests.contract.people import (
    ANN,
    ANN_PERSON,
    BOB,
    LONG,
    NOBODY,
    READS_LAG,
    a_list,
    finished,
    found,
    job_of,
    rows,
    shown,
    targets,
)
from tests.contract.reading_contract import ReadingContract
from tests.contract.worlds import World

from rollkeeper.core.calls import (
    Create,
    Delete,
    Import,
    Join,
    Leave,
    Rewrite,
    Row,
    Target,
)
from rollkeeper.core.values import Mailbox, Person, ProviderContactId, ProviderListId
from rollkeeper.core.views import Permission
from rollkeeper.providers.errors import ChangeRefused, ForbiddenCall, ProtocolBroken
from rollkeeper.providers.port import JobState


class ListContract:
    def test_the_account_says_who_it_is(self, world: World) -> None:
        account = world.provider.account()
        assert account.account_id
        assert account.name

    def test_a_list_made_is_a_list_shown(self, world: World) -> None:
        made = world.provider.create_list("Newsletter")
        assert [each.list_id for each in world.provider.lists()] == [made.list_id]

    def test_a_list_of_that_name_is_adopted_whatever_its_letters(
        self, world: World
    ) -> None:
        made = world.provider.create_list("Newsletter")
        assert world.provider.create_list("NEWSLETTER").list_id == made.list_id
        assert len(list(world.provider.lists())) == 1

    def test_a_list_gets_another_name_and_keeps_its_people(self, world: World) -> None:
        newsletter = a_list(world)
        world.hand_add(ANN, person=ANN_PERSON, lists=[newsletter])
        assert world.provider.rename_list(newsletter, "Bulletin")
        (renamed,) = world.provider.lists()
        assert (renamed.list_id, renamed.name) == (newsletter, "Bulletin")
        assert shown(world, ANN).lists == {newsletter}

    def test_a_list_does_not_get_the_name_of_another(self, world: World) -> None:
        newsletter, _ = a_list(world), a_list(world, "Bulletin")
        with pytest.raises(ChangeRefused):
            world.provider.rename_list(newsletter, "BULLETIN")
        names = {each.name for each in world.provider.lists()}
        assert names == {"Newsletter", "Bulletin"}

    def test_a_list_that_is_not_there_is_not_renamed(self, world: World) -> None:
        assert not world.provider.rename_list(ProviderListId(NOBODY), "Bulletin")

    def test_a_list_tells_how_many_are_on_it(self, world: World) -> None:
        newsletter = a_list(world)
        finished(world, Import(rows=rows(ANN, BOB), lists=(newsletter,)))
        assert [each.members for each in world.provider.lists()] == [2]

    def test_a_list_that_nobody_is_on_is_deleted_by_a_job(self, world: World) -> None:
        one, two = a_list(world, "One"), a_list(world, "Two")
        world.hand_add(ANN, person=ANN_PERSON, lists=[two])
        accepted = world.provider.delete_list(one)
        assert accepted is not None
        assert job_of(world, accepted.job_id).state is JobState.RUNNING
        world.finish_jobs()
        assert job_of(world, accepted.job_id).state is JobState.DONE
        world.wait(READS_LAG)
        assert [each.list_id for each in world.provider.lists()] == [two]
        assert shown(world, ANN).lists == {two}

    def test_a_list_that_somebody_is_on_is_not_deleted(self, world: World) -> None:
        newsletter = a_list(world)
        world.hand_add(ANN, person=ANN_PERSON, lists=[newsletter])
        with pytest.raises(ChangeRefused):
            world.provider.delete_list(newsletter)
        assert shown(world, ANN).lists == {newsletter}

    def test_a_list_deleted_twice_is_a_list_deleted_once(self, world: World) -> None:
        newsletter = a_list(world)
        assert world.provider.delete_list(newsletter)
        world.finish_jobs()
        assert world.provider.delete_list(newsletter) is None
        assert world.provider.delete_list(ProviderListId(NOBODY)) is None


class ImportContract:
    def test_an_import_makes_contacts_on_all_lists(self, world: World) -> None:
        lists = (a_list(world, "One"), a_list(world, "Two"))
        finished(world, Import(rows=rows(ANN, BOB), lists=lists))
        ann = shown(world, ANN)
        assert ann.permission is Permission.MAILABLE
        assert ann.person == ANN_PERSON
        assert ann.lists == frozenset(lists)

    def test_an_import_does_nothing_before_it_is_done(self, world: World) -> None:
        accepted = world.provider.start(Import(rows=rows(ANN), lists=(a_list(world),)))
        assert world.provider.find(ANN) is None
        assert job_of(world, accepted.job_id).state is JobState.RUNNING
        world.finish_jobs()
        assert found(world, ANN) is not None
        assert job_of(world, accepted.job_id).state is JobState.DONE

    def test_a_job_tells_when_it_was_taken(self, world: World) -> None:
        accepted = world.provider.start(Import(rows=rows(ANN), lists=(a_list(world),)))
        assert accepted.provider_time is not None
        job = job_of(world, accepted.job_id)
        assert abs((job.created_at - world.now()).total_seconds()) < 60

    def test_a_finished_import_counts_its_rows(self, world: World) -> None:
        job = finished(world, Import(rows=rows(ANN, BOB), lists=(a_list(world),)))
        assert (job.kind, job.state) == ("import", JobState.DONE)
        assert (job.rows, job.refused, job.not_added) == (2, 0, 0)

    def test_an_import_adds_lists_and_takes_none_away(self, world: World) -> None:
        one, two = a_list(world, "One"), a_list(world, "Two")
        finished(world, Import(rows=rows(ANN), lists=(one,)))
        finished(world, Import(rows=rows(ANN), lists=(two,)))
        assert shown(world, ANN).lists == {one, two}

    def test_an_empty_field_in_an_import_leaves_what_is_there(
        self, world: World
    ) -> None:
        newsletter = a_list(world)
        finished(world, Import(rows=rows(ANN), lists=(newsletter,)))
        married = rows(ANN, person=Person(last_name="Birch"))
        finished(world, Import(rows=married, lists=(newsletter,)))
        kept = Person(first_name="Ann", last_name="Birch", company="Oak & Sons")
        assert shown(world, ANN).person == kept
        assert world.provider.capabilities.bulk_imports_keep_blanks

    def test_an_import_leaves_off_who_unsubscribed_and_says_so(
        self, world: World
    ) -> None:
        newsletter = a_list(world)
        finished(world, Import(rows=rows(ANN), lists=(newsletter,)))
        world.unsubscribe(ANN, reason="")
        job = finished(world, Import(rows=rows(ANN, BOB), lists=(newsletter,)))
        assert job.not_added == 1
        assert shown(world, ANN).permission is Permission.UNSUBSCRIBED
        assert shown(world, ANN).lists == frozenset()

    def test_an_import_revives_who_was_deleted(self, world: World) -> None:
        newsletter = a_list(world)
        finished(world, Import(rows=rows(ANN), lists=(newsletter,)))
        before = shown(world, ANN)
        world.hand_delete(ANN)
        finished(world, Import(rows=rows(ANN), lists=(newsletter,)))
        assert shown(world, ANN) == before

    def test_a_suppressed_mailbox_never_leaves(self, world: World) -> None:
        world.refusals.mailboxes.add(BOB)
        call = Import(rows=rows(ANN, BOB), lists=(a_list(world),))
        with pytest.raises(ForbiddenCall):
            world.provider.start(call)
        assert world.provider.find(ANN) is None

    @pytest.mark.parametrize(
        "call",
        [
            Import(rows=rows(ANN, ANN), lists=(ProviderListId("one"),)),
            Import(rows=rows(LONG), lists=(ProviderListId("one"),)),
            Import(rows=(), lists=(ProviderListId("one"),)),
            Import(rows=rows(ANN), lists=()),
        ],
        ids=["an address twice", "an address too long", "no rows", "no lists"],
    )
    def test_an_import_the_provider_would_mangle_never_leaves(
        self, world: World, call: Import
    ) -> None:
        with pytest.raises(ProtocolBroken):
            world.provider.start(call)
        assert world.gate.purposes == []


class MembershipContract:
    def test_known_contacts_join_and_leave(self, world: World) -> None:
        one, two = a_list(world, "One"), a_list(world, "Two")
        finished(world, Import(rows=rows(ANN, BOB), lists=(one,)))
        both = targets(world, ANN, BOB)
        joined = finished(world, Join(targets=both, lists=(two,)))
        assert (joined.state, joined.rows) == (JobState.DONE, 2)
        assert shown(world, BOB).lists == {one, two}
        left = finished(world, Leave(targets=both[:1], lists=(one,)))
        assert (left.state, left.rows) == (JobState.DONE, 1)
        assert shown(world, ANN).lists == {two}
        assert shown(world, BOB).lists == {one, two}

    def test_who_unsubscribed_joins_nothing(self, world: World) -> None:
        newsletter = a_list(world)
        world.hand_add(ANN, person=ANN_PERSON, lists=[])
        world.unsubscribe(ANN, reason="")
        world.provokes = True
        finished(world, Join(targets=targets(world, ANN), lists=(newsletter,)))
        assert shown(world, ANN).lists == frozenset()

    def test_a_suppressed_mailbox_joins_nothing(self, world: World) -> None:
        newsletter = a_list(world)
        world.hand_add(ANN, person=ANN_PERSON, lists=[])
        world.refusals.mailboxes.add(ANN)
        with pytest.raises(ForbiddenCall):
            world.provider.start(Join(targets=targets(world, ANN), lists=(newsletter,)))

    def test_a_deleted_contact_is_off_every_list_and_still_found(
        self, world: World
    ) -> None:
        finished(world, Import(rows=rows(ANN, BOB), lists=(a_list(world),)))
        job = finished(world, Delete(targets=targets(world, ANN)))
        assert (job.state, job.rows) == (JobState.DONE, 1)
        assert shown(world, ANN).permission is Permission.DELETED
        assert shown(world, ANN).lists == frozenset()
        assert shown(world, BOB).permission is Permission.MAILABLE

    def test_calls_repeated_change_nothing_more(self, world: World) -> None:
        newsletter = a_list(world)
        finished(world, Import(rows=rows(ANN), lists=(newsletter,)))
        before = shown(world, ANN)
        finished(world, Import(rows=rows(ANN), lists=(newsletter,)))
        finished(world, Join(targets=targets(world, ANN), lists=(newsletter,)))
        assert shown(world, ANN) == before

    def test_more_contacts_than_a_call_takes_never_leave(self, world: World) -> None:
        most = world.provider.capabilities.targets_per_call
        crowd = tuple(
            Target(
                mailbox=Mailbox(f"m{n}@members.example"),
                provider_id=ProviderContactId(f"id-{n}"),
            )
            for n in range(most + 1)
        )
        for call in (
            Leave(targets=crowd, lists=(ProviderListId("one"),)),
            Delete(targets=crowd),
        ):
            with pytest.raises(ProtocolBroken):
                world.provider.start(call)
        assert world.gate.purposes == []


class SingleContract:
    def test_a_long_address_is_made_by_itself(self, world: World) -> None:
        newsletter = a_list(world)
        row = Row(mailbox=LONG, person=ANN_PERSON)
        done = world.provider.make(Create(row=row, lists=(newsletter,)))
        assert done.seen == shown(world, LONG)
        assert done.seen.lists == {newsletter}

    def test_making_a_known_address_names_who_has_it(self, world: World) -> None:
        world.hand_add(ANN, person=ANN_PERSON, lists=[])
        row = Row(mailbox=ANN, person=ANN_PERSON)
        with pytest.raises(ChangeRefused) as refused:
            world.provider.make(Create(row=row, lists=(a_list(world),)))
        assert refused.value.conflicting_id == shown(world, ANN).provider_id

    def test_a_rewrite_changes_the_address_and_keeps_the_lists(
        self, world: World
    ) -> None:
        one, two = a_list(world, "One"), a_list(world, "Two")
        world.hand_add(ANN, person=ANN_PERSON, lists=[one])
        before = shown(world, ANN)
        target = Target(mailbox=BOB, provider_id=before.provider_id)
        rewrite = Rewrite(
            target=target,
            person=Person(first_name="Bob"),
            before=ANN_PERSON,
            lists=(two,),
        )
        done = world.provider.make(rewrite)
        assert done.seen == shown(world, BOB)
        assert done.seen.provider_id == before.provider_id
        assert done.seen.person == Person(first_name="Bob")
        assert done.seen.lists == {one, two}
        assert found(world, ANN) is None

    def test_a_rewrite_empties_only_what_we_had_told(self, world: World) -> None:
        world.hand_add(ANN, person=ANN_PERSON, lists=[])
        rewrite = Rewrite(
            target=targets(world, ANN)[0],
            person=Person(last_name="Birch"),
            before=Person(first_name="Ann", last_name="Oak"),
        )
        done = world.provider.make(rewrite)
        kept = Person(first_name="", last_name="Birch", company="Oak & Sons")
        assert done.seen.person == kept
        assert shown(world, ANN).person == kept

    def test_a_rewrite_made_twice_is_a_rewrite_made_once(self, world: World) -> None:
        world.hand_add(ANN, person=ANN_PERSON, lists=[])
        target = Target(mailbox=BOB, provider_id=shown(world, ANN).provider_id)
        rewrite = Rewrite(target=target, person=ANN_PERSON)
        first = world.provider.make(rewrite)
        assert world.provider.make(rewrite) == first

    def test_a_rewrite_to_a_taken_address_names_who_has_it(self, world: World) -> None:
        world.hand_add(ANN, person=ANN_PERSON, lists=[])
        world.hand_add(BOB, person=Person(first_name="Bob"), lists=[])
        target = Target(mailbox=BOB, provider_id=shown(world, ANN).provider_id)
        with pytest.raises(ChangeRefused) as refused:
            world.provider.make(Rewrite(target=target, person=ANN_PERSON))
        assert refused.value.conflicting_id == shown(world, BOB).provider_id

    def test_a_rewrite_puts_nobody_on_a_list_who_unsubscribed(
        self, world: World
    ) -> None:
        newsletter = a_list(world)
        world.hand_add(ANN, person=ANN_PERSON, lists=[])
        world.unsubscribe(ANN, reason="")
        rewrite = Rewrite(
            target=targets(world, ANN)[0], person=ANN_PERSON, lists=(newsletter,)
        )
        with pytest.raises(ChangeRefused):
            world.provider.make(rewrite)

    def test_a_rewrite_keeps_a_refusal(self, world: World) -> None:
        world.hand_add(ANN, person=ANN_PERSON, lists=[])
        world.unsubscribe(ANN, reason="Too many mails")
        before = shown(world, ANN)
        renamed = Rewrite(
            target=targets(world, ANN)[0], person=Person(last_name="Birch")
        )
        done = world.provider.make(renamed)
        assert done.seen.person.last_name == "Birch"
        assert shown(world, ANN).permission is Permission.UNSUBSCRIBED
        assert shown(world, ANN).opted_out_at == before.opted_out_at

    def test_a_rewrite_revives_nobody_by_the_way(self, world: World) -> None:
        world.hand_add(ANN, person=ANN_PERSON, lists=[])
        world.hand_delete(ANN)
        rewrite = Rewrite(target=targets(world, ANN)[0], person=Person())
        with pytest.raises(ChangeRefused):
            world.provider.make(rewrite)
        assert shown(world, ANN).permission is Permission.DELETED

    def test_nobody_gets_a_suppressed_address(self, world: World) -> None:
        world.hand_add(ANN, person=ANN_PERSON, lists=[a_list(world)])
        world.refusals.mailboxes.add(BOB)
        target = Target(mailbox=BOB, provider_id=shown(world, ANN).provider_id)
        with pytest.raises(ForbiddenCall):
            world.provider.make(Rewrite(target=target, person=ANN_PERSON))
        with pytest.raises(ForbiddenCall):
            world.provider.make(
                Create(row=Row(mailbox=BOB, person=ANN_PERSON), lists=())
            )

    def test_a_contact_that_is_not_there_cannot_be_rewritten(
        self, world: World
    ) -> None:
        nobody = ProviderContactId(NOBODY)
        rewrite = Rewrite(
            target=Target(mailbox=ANN, provider_id=nobody), person=Person()
        )
        with pytest.raises(ChangeRefused):
            world.provider.make(rewrite)
        assert world.provider.look(nobody) is None


class ProviderContract(
    ListContract, ImportContract, MembershipContract, SingleContract, ReadingContract
):
    """All of it."""
