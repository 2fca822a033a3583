"""What the account in memory offers tests beyond the port."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import evolve
from tests.providers.fakes import Counter, Refusals

from rollkeeper.core.calls import Import, Row
from rollkeeper.core.values import Mailbox, Person
from rollkeeper.core.views import Permission
from rollkeeper.providers.errors import AnswerLost, TryLater
from rollkeeper.providers.memory import MemoryAccount, MemoryProvider, finish_jobs
from rollkeeper.providers.memory.provider import CAPABILITIES
from rollkeeper.providers.port import JobState

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
ANN = Mailbox("ann@members.example")
ROW = Row(mailbox=ANN, person=Person(first_name="Ann"))


def an_account(polls_per_job: int = 1) -> MemoryAccount:
    return MemoryAccount(now=lambda: NOON, polls_per_job=polls_per_job)


def provider_of(account: MemoryAccount, page_size: int = 500) -> MemoryProvider:
    return MemoryProvider(
        held_by=account,
        gate=Counter(),
        screen=Refusals(),
        capabilities=evolve(CAPABILITIES, page_size=page_size),
    )


def test_a_job_ends_at_the_poll_it_was_told_to() -> None:
    account = an_account(polls_per_job=2)
    provider = provider_of(account)
    provider.start(Import(rows=(ROW,), lists=(account.make_list("News"),)))
    states = [next(provider.jobs(created_after=NOON)).state for _ in range(3)]
    assert states == [JobState.RUNNING, JobState.DONE, JobState.DONE]


def test_a_job_that_failed_does_nothing_any_more() -> None:
    account = an_account(polls_per_job=0)
    provider = provider_of(account)
    call = Import(rows=(ROW,), lists=(account.make_list("News"),))
    account.fail_job(provider.start(call).job_id)
    finish_jobs(account)
    assert account.contact(ANN) is None


def test_a_request_that_is_stopped_has_no_effect() -> None:
    def stop(operation: str) -> None:
        raise TryLater(operation)

    account = an_account()
    account.on_request = stop
    with pytest.raises(TryLater, match="create_list"):
        provider_of(account).create_list("News")
    assert account.list_named("News") is None


def test_an_answer_that_is_lost_had_its_effect() -> None:
    def lose(operation: str) -> None:
        raise AnswerLost(operation)

    account = an_account()
    account.on_answer = lose
    with pytest.raises(AnswerLost, match="create_list"):
        provider_of(account).create_list("News")
    assert account.list_named("news") is not None


def test_staff_can_be_the_ones_who_unsubscribe() -> None:
    account = an_account()
    account.hand_add(ANN)
    account.unsubscribe(ANN, by_person=False)
    (page,) = provider_of(account).opted_out()
    assert not page.contacts[0].opted_out_by_person


def test_a_person_can_come_back() -> None:
    account = an_account()
    account.hand_add(ANN)
    account.unsubscribe(ANN)
    account.resubscribe(ANN)
    found = provider_of(account).find(ANN)
    assert found is not None
    assert found.permission is Permission.MAILABLE
    assert found.opted_out_at is None


def test_each_page_is_a_request() -> None:
    account = an_account()
    for n in range(5):
        account.hand_add(Mailbox(f"m{n}@members.example"))
    pages = list(provider_of(account, page_size=2).contacts())
    assert [len(page.contacts) for page in pages] == [2, 2, 1]
    assert [operation for operation, _purpose in account.requests] == ["contacts"] * 3
