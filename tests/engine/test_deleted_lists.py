"""S31: a list deleted here takes its provider list with it, as the policy has it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
from attrs import evolve
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.engine.worlds import Killed, World

from rollkeeper.core.guards import Guard
from rollkeeper.core.policy import DEFAULT, LIVE, NIGHTLY, REPLACE, Policy, Strangers
from rollkeeper.core.values import Mailbox
from rollkeeper.directory.models import Contact, ContactList
from rollkeeper.engine import holding
from rollkeeper.engine.postgres.sums import sums
from rollkeeper.ledger.models import Hold
from rollkeeper.ledger.states import HoldState, RunState
from rollkeeper.providers.errors import AnswerLost, ProviderError, TryLater
from rollkeeper.providers.memory.account import ListDeletion


@pytest.fixture
def ann(world: World) -> Contact:
    return a_contact(world.association, address="ann@a.example")


@pytest.fixture
def board(world: World, ann: Contact) -> ContactList:
    """A list with Ann and Bob on it; Ann is on another one, too."""
    bob = a_contact(world.association, address="bob@b.example")
    a_list(world.association, ann, name="Golf")
    board = a_list(world.association, ann, bob, name="Board")
    world.sync(everything=True)
    world.follow(LIVE)
    return board


def delete(board: ContactList) -> None:
    with scope(association=board.association):
        board.delete()


def test_a_deleted_list_is_deleted_over_there_and_nobody_else_is_touched(
    world: World, board: ContactList
) -> None:  # S31
    delete(board)
    run = world.sync()
    assert (run.state, run.counts["lists_deleted"]) == (RunState.DONE, 1)
    assert set(world.account.names.values()) == {"Golf"}
    assert world.on("Golf") == {"ann@a.example"}
    assert world.held("bob@b.example").deleted  # on no other list
    assert not world.held("ann@a.example").deleted
    with scope(association=world.association):
        assert [one.target.name for one in sums(world.connection)] == ["Golf"]
    assert world.sync(everything=True).writes == 0


@pytest.mark.parametrize("kept", [NIGHTLY, REPLACE], ids=["nightly", "replace"])
def test_a_list_that_the_policy_keeps_stays_with_everybody(
    world: World, board: ContactList, kept: Policy
) -> None:  # S31, S40
    world.follow(kept)
    delete(board)
    world.sync()
    assert world.sync(everything=True).writes == 0
    assert world.on("Board") == {"ann@a.example", "bob@b.example"}


def test_unless_told_a_list_waits_with_everybody_until_a_person_decides(
    world: World, board: ContactList
) -> None:  # S31
    world.follow(DEFAULT)
    delete(board)
    assert world.sync().state == RunState.DONE_WITH_EXCEPTIONS
    assert world.on("Board") == {"ann@a.example", "bob@b.example"}
    hold = decide(world, partial(holding.approve, typed=2))
    assert hold.guard == Guard.LIST_DELETED
    world.sync()
    assert set(world.account.names.values()) == {"Golf"}


def test_a_deleted_list_that_somebody_decided_to_keep_is_kept(
    world: World, board: ContactList
) -> None:  # S31
    world.follow(DEFAULT)
    delete(board)
    world.sync()
    decide(world, holding.discard)
    assert world.sync(everything=True).state == RunState.DONE
    assert world.on("Board") == {"ann@a.example", "bob@b.example"}


def test_a_list_that_nobody_is_on_is_not_deleted_unasked(world: World) -> None:  # S31
    empty = a_list(world.association, name="Empty")
    world.sync(everything=True)
    delete(empty)
    world.sync(everything=True)
    assert set(world.account.names.values()) == {"Empty"}


def test_a_list_that_strangers_are_on_is_kept_and_that_is_said(
    world: World, board: ContactList
) -> None:  # S31
    world.account.hand_add(
        Mailbox("old@friend.example"), lists=[world.list_id("Board")]
    )
    delete(board)
    run = world.sync()
    assert run.counts["lists_kept"] == 1
    assert world.on("Board") == {"old@friend.example"}
    assert world.sync(everything=True).counts["lists_kept"] == 1
    world.account.leave_list(Mailbox("old@friend.example"), world.list_id("Board"))
    world.clock.sleep(3600)
    assert world.sync(everything=True).counts["lists_deleted"] == 1


def test_strangers_go_with_the_list_where_the_policy_removes_them(
    world: World, board: ContactList
) -> None:  # S31
    world.follow(evolve(LIVE, strangers=Strangers.REMOVE))
    world.account.hand_add(
        Mailbox("old@friend.example"), lists=[world.list_id("Board")]
    )
    world.sync(everything=True)
    assert "old@friend.example" not in world.on("Board")
    delete(board)
    assert world.sync().counts["lists_deleted"] == 1


REQUESTS = range(1, 9)
"""All that a run makes which deletes the list; one test says so."""


def test_every_request_of_a_deletion_is_tried(world: World, board: ContactList) -> None:
    delete(board)
    world.sync()
    assert len(world.meter.requests) == len(REQUESTS)


@pytest.mark.parametrize("request_number", REQUESTS)
@pytest.mark.parametrize("stop", [Killed, lambda: TryLater("HTTP 503")])
def test_a_deletion_stopped_at_any_request_is_finished_later(
    world: World,
    board: ContactList,
    request_number: int,
    stop: Callable[[], BaseException],
) -> None:  # S31
    delete(board)
    world.meter.stop_at, world.meter.stop_with = request_number, stop
    with suppress(Killed, ProviderError):
        world.sync()
    world.meter.stop_at = None
    world.sync()
    world.sync(everything=True)
    assert set(world.account.names.values()) == {"Golf"}
    assert world.on("Golf") == {"ann@a.example"}


def test_a_deletion_whose_answer_is_lost_is_not_asked_for_twice(
    world: World, board: ContactList
) -> None:  # S31
    answered: list[str] = []

    def lose(operation: str) -> None:
        answered.append(operation)
        if operation == "delete_list":
            raise AnswerLost("the line went dead")

    world.account.on_answer = lose
    delete(board)
    assert world.sync().state == RunState.WILL_TRY_AGAIN
    world.finish_jobs()
    assert world.sync().state == RunState.DONE
    assert answered.count("delete_list") == 1
    assert set(world.account.names.values()) == {"Golf"}


def test_a_job_that_deletes_nothing_is_tried_again(
    world: World, board: ContactList
) -> None:  # S31
    def fail_deletions(operation: str) -> None:
        for job_id, queued in world.account.queue.items():
            if operation == "jobs" and isinstance(queued.call, ListDeletion):
                world.account.fail_job(job_id)

    world.account.on_request = fail_deletions
    delete(board)
    assert world.sync().state == RunState.WILL_TRY_AGAIN
    world.account.on_request = lambda operation: None
    assert world.sync().counts["lists_deleted"] == 1


def decide(world: World, decision: Callable[..., object]) -> Hold:
    with scope(association=world.association):
        hold = Hold.objects.get(state=HoldState.OPEN)
        decision(hold_id=hold.pk, fingerprint=hold.fingerprint, by="test")
    return hold
