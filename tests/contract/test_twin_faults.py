"""What goes wrong between us and Constant Contact, over real HTTP against the twin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.contract.worlds import TwinWorld

from mailtwin.server import running
from mailtwin.settings import Settings
from rollkeeper.core.calls import Create, Import, Rewrite, Row, Target
from rollkeeper.core.values import Mailbox, Person, ProviderListId
from rollkeeper.providers.errors import (
    AnswerLost,
    ChangeRefused,
    QueueFull,
    QuotaSpent,
    ReconnectNeeded,
    TryLater,
)
from rollkeeper.providers.port import JobState

ANN = Mailbox("ann@members.example")
OAK = Row(mailbox=ANN, person=Person(first_name="Ann", last_name="Oak"))
IMPORT = "/v3/activities/contacts_json_import"


@pytest.fixture(scope="module")
def twin_url() -> Iterator[str]:
    with running(Settings(limits=True, job_seconds=(0.0, 0.0))) as twin:
        yield twin.url


@pytest.fixture
def world(twin_url: str) -> Iterator[TwinWorld]:
    with TwinWorld.open(twin_url) as world:
        world.post("clock", freeze=True)
        yield world


def an_import(world: TwinWorld) -> Import:
    newsletter = world.provider.create_list("Newsletter").list_id
    return Import(rows=(OAK,), lists=(newsletter,))


def jobs(world: TwinWorld) -> list[JobState]:
    world.finish_jobs()
    world.wait(1)
    since = world.now() - timedelta(hours=1)
    return [job.state for job in world.provider.jobs(created_after=since)]


def test_an_answer_lost_after_the_effect_is_told_as_such(world: TwinWorld) -> None:
    call = an_import(world)
    world.post("faults", kind="lost_answer", path=IMPORT, times=1)
    with pytest.raises(AnswerLost):
        world.provider.start(call)
    assert jobs(world) == [JobState.DONE]


def test_a_contact_made_without_an_answer_is_found_afterwards(
    world: TwinWorld,
) -> None:
    world.post("faults", kind="lost_answer", method="POST", path="/v3/contacts")
    with pytest.raises(AnswerLost):
        world.provider.make(Create(row=OAK, lists=()))
    found = world.provider.find(ANN)
    assert found is not None
    assert found.person == OAK.person


def test_a_rewrite_without_an_answer_can_simply_be_made_again(
    world: TwinWorld,
) -> None:
    made = world.provider.make(Create(row=OAK, lists=())).seen
    target = Target(mailbox=ANN, provider_id=made.provider_id)
    anne = Person(first_name="Anne", last_name="Oak")
    rewrite = Rewrite(target=target, person=anne)
    world.post("faults", kind="lost_answer", method="PUT", times=1)
    with pytest.raises(AnswerLost):
        world.provider.make(rewrite)
    again = world.provider.make(rewrite)
    assert again.seen.person == anne
    puts = [call for call in world.calls() if call["method"] == "PUT"]
    assert len(puts) == 1


@pytest.mark.parametrize("kind", ["500", "503", "html_502"])
def test_a_server_in_trouble_leaves_a_job_in_doubt(world: TwinWorld, kind: str) -> None:
    call = an_import(world)
    world.post("faults", kind=kind, path=IMPORT, times=1)
    with pytest.raises(AnswerLost):
        world.provider.start(call)


@pytest.mark.parametrize("kind", ["500", "503", "html_502", "lost_answer"])
def test_a_read_survives_a_moment_of_trouble(world: TwinWorld, kind: str) -> None:
    world.post("faults", kind=kind, path="/v3/account/summary", times=1)
    assert world.provider.account().name == "Lakeside Chamber of Commerce"


def test_a_read_gives_up_on_lasting_trouble(world: TwinWorld) -> None:
    world.post("faults", kind="503", path="/v3/account/summary")
    with pytest.raises(TryLater):
        world.provider.account()


def test_a_revoked_sign_in_calls_for_a_person(world: TwinWorld) -> None:
    world.post("revoke")
    with pytest.raises(ReconnectNeeded):
        world.provider.account()


def test_a_failed_job_is_told_as_failed(world: TwinWorld) -> None:
    world.post("faults", kind="job_failed", path=IMPORT, times=1)
    world.provider.start(an_import(world))
    assert jobs(world) == [JobState.FAILED]


def test_a_job_done_in_part_counts_fewer_rows_than_were_sent(world: TwinWorld) -> None:
    call = an_import(world)
    crowd = tuple(
        Row(mailbox=Mailbox(f"m{n}@members.example"), person=Person())
        for n in range(10)
    )
    world.post("faults", kind="job_partial", path=IMPORT, times=1)
    accepted = world.provider.start(Import(rows=crowd, lists=call.lists))
    world.finish_jobs()
    since = world.now() - timedelta(hours=1)
    (job,) = world.provider.jobs(created_after=since)
    assert job.job_id == accepted.job_id
    assert job.rows is not None
    assert job.rows < len(crowd)


def test_a_bad_row_is_counted_and_pointed_at(world: TwinWorld) -> None:
    call = an_import(world)
    odd = Row(mailbox=Mailbox("no address at all"), person=Person(first_name="Odd"))
    world.provider.start(Import(rows=(OAK, odd), lists=call.lists))
    world.finish_jobs()
    since = world.now() - timedelta(hours=1)
    (job,) = world.provider.jobs(created_after=since)
    assert job.refused == 1
    assert [index for index, _words in job.complaints] == [1]


def throttled(world: TwinWorld) -> list[dict[str, Any]]:
    return [call for call in world.calls() if call["error_key"] == "throttled"]


def test_too_many_requests_in_a_second_only_take_longer(world: TwinWorld) -> None:
    for _ in range(6):
        world.provider.account()
    assert len(throttled(world)) == 1
    assert not world.gate.closed


def test_a_spent_day_closes_the_gate_and_is_asked_no_more(world: TwinWorld) -> None:
    spent = {"error_key": "quota_exceeded", "error_message": "Limit Exceeded"}
    world.post("faults", kind="status", status=429, body=spent)
    with pytest.raises(QuotaSpent):
        world.provider.account()
    assert world.gate.closed
    assert len(world.calls()) == 1


def test_a_full_queue_is_its_own_kind_of_too_much(world: TwinWorld) -> None:
    call = an_import(world)
    full = [{"error_key": "whatever", "error_message": "1,000 queued activities"}]
    world.post("faults", kind="status", status=429, body=full, path=IMPORT)
    with pytest.raises(QueueFull):
        world.provider.start(call)


def test_an_unknown_list_is_no_reason_to_doubt_the_rest(world: TwinWorld) -> None:
    nowhere = ProviderListId("3f0c0e3a-0000-4000-8000-000000000000")
    with pytest.raises(ChangeRefused):
        world.provider.start(Import(rows=(OAK,), lists=(nowhere,)))
