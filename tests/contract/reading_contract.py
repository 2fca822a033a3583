"""What reading an account promises, whichever provider it is."""

from __future__ import annotations

from datetime import timedelta

from tests.contract.people import (
    ANN,
    ANN_PERSON,
    BOB,
    CAT,
    READS_LAG,
    a_list,
    everybody,
    finished,
    rows,
    shown,
)
from tests.contract.worlds import World

from rollkeeper.core.calls import (
    Import,
)
from rollkeeper.core.values import Mailbox, Person
from rollkeeper.core.views import Permission
from rollkeeper.providers.port import Purpose


class ReadingContract:
    def test_a_full_read_shows_everybody_with_their_lists(self, world: World) -> None:
        newsletter = a_list(world)
        world.hand_add(ANN, person=ANN_PERSON, lists=[newsletter])
        world.hand_add(BOB, person=Person(), lists=[newsletter])
        world.hand_add(CAT, person=Person(), lists=[])
        world.unsubscribe(BOB, reason="")
        world.hand_delete(CAT)
        seen = everybody(world.provider.contacts())
        assert {mailbox: each.permission for mailbox, each in seen.items()} == {
            ANN: Permission.MAILABLE,
            BOB: Permission.UNSUBSCRIBED,
            CAT: Permission.DELETED,
        }
        assert seen[ANN].lists == {newsletter}

    def test_a_read_says_how_many_there_are(self, world: World) -> None:
        for mailbox in (ANN, BOB, CAT):
            world.hand_add(mailbox, person=Person(), lists=[])
        assert next(world.provider.contacts()).total == 3

    def test_pages_hold_everybody_once(self, world: World) -> None:
        crowd = [Mailbox(f"m{n}@members.example") for n in range(1203)]
        finished(world, Import(rows=rows(*crowd), lists=(a_list(world),)))
        pages = list(world.provider.contacts())
        assert len(pages) == 3
        assert sorted(
            str(seen.mailbox) for page in pages for seen in page.contacts
        ) == sorted(crowd)

    def test_only_the_newly_made_are_shown_when_asked(self, world: World) -> None:
        world.hand_add(ANN, person=Person(), lists=[])
        world.wait(60)
        since = world.now()
        world.wait(60)
        world.hand_add(BOB, person=Person(), lists=[])
        seen = everybody(world.provider.contacts(created_after=since))
        assert set(seen) == {BOB}

    def test_who_unsubscribed_is_told_with_when_and_why(self, world: World) -> None:
        world.hand_add(ANN, person=ANN_PERSON, lists=[a_list(world)])
        world.hand_add(BOB, person=Person(), lists=[])
        world.unsubscribe(ANN, reason="Too many mails")
        (seen,) = everybody(world.provider.opted_out()).values()
        assert seen.mailbox == ANN
        assert seen.opted_out_by_person
        assert seen.opted_out_at is not None
        assert abs((seen.opted_out_at - world.now()).total_seconds()) < 60
        assert seen.opt_out_reason == "Too many mails"

    def test_who_comes_back_is_told_with_when_and_by_whose_act(
        self, world: World
    ) -> None:
        world.hand_add(ANN, person=ANN_PERSON, lists=[a_list(world)])
        assert not shown(world, ANN).opted_in_by_person
        world.unsubscribe(ANN, reason="")
        world.wait(60)
        world.resubscribe(ANN)
        seen = shown(world, ANN)
        assert (seen.permission, seen.opted_in_by_person) == (Permission.MAILABLE, True)
        assert seen.opted_in_at is not None
        assert world.now() - seen.opted_in_at <= timedelta(seconds=READS_LAG + 60)

    def test_each_page_tells_the_providers_time(self, world: World) -> None:
        world.hand_add(ANN, person=ANN_PERSON, lists=[])
        for page in (*world.provider.contacts(), *world.provider.opted_out()):
            assert page.served_at is not None
            assert abs((page.served_at - world.now()).total_seconds()) < 60

    def test_a_refusal_since_then_is_told(self, world: World) -> None:
        """Earlier ones may come along: what the filter leaves out is uncertain."""
        for mailbox in (ANN, BOB):
            world.hand_add(mailbox, person=Person(), lists=[])
        world.unsubscribe(ANN, reason="")
        world.wait(60)
        since = world.now()
        world.wait(60)
        world.unsubscribe(BOB, reason="")
        world.wait(READS_LAG)
        assert BOB in everybody(world.provider.opted_out(after=since))

    def test_who_left_one_list_is_not_unsubscribed(self, world: World) -> None:
        one, two = a_list(world, "One"), a_list(world, "Two")
        world.hand_add(ANN, person=ANN_PERSON, lists=[one, two])
        world.leave_list(ANN, one)
        assert shown(world, ANN).permission is Permission.MAILABLE
        assert shown(world, ANN).lists == {two}
        assert everybody(world.provider.opted_out()) == {}

    def test_a_contact_looked_at_is_the_contact_found(self, world: World) -> None:
        world.hand_add(ANN, person=ANN_PERSON, lists=[a_list(world)])
        there = shown(world, ANN)
        assert world.provider.look(there.provider_id) == there

    def test_nobody_is_found_at_an_unknown_address(self, world: World) -> None:
        assert world.provider.find(Mailbox("who+is@members.example")) is None

    def test_jobs_before_the_time_asked_for_are_left_out(self, world: World) -> None:
        newsletter = a_list(world)
        world.provider.start(Import(rows=rows(ANN), lists=(newsletter,)))
        world.wait(60)
        since = world.now()
        world.wait(60)
        later = world.provider.start(Import(rows=rows(BOB), lists=(newsletter,)))
        told = [job.job_id for job in world.provider.jobs(created_after=since)]
        assert told == [later.job_id]

    def test_each_request_is_counted_for_what_it_is_for(self, world: World) -> None:
        newsletter = a_list(world)
        world.provider.start(Import(rows=rows(ANN), lists=(newsletter,)))
        list(world.provider.opted_out())
        list(world.provider.contacts())
        assert world.gate.purposes == [
            Purpose.ADD,
            Purpose.ADD,
            Purpose.SUPPRESS,
            Purpose.READ,
        ]
