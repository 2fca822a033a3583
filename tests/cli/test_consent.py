"""Noting a refusal, and having somebody asked to come back, at the command line."""

from __future__ import annotations

import pytest
from tests.builders import a_contact, a_list
from tests.cli.conftest import Run
from tests.engine.worlds import World, a_world

from rollkeeper.core.values import Mailbox
from rollkeeper.engine import connecting
from rollkeeper.jobs import tasks
from rollkeeper.providers.errors import AnswerLost, TryLater
from rollkeeper.providers.memory import MemoryAsking

ANN = "ann@members.example"
NEWS = ("News", "Golf")


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """Ann and Bob are on two lists over there."""
    world = a_world()
    asking = MemoryAsking(held_by=world.account, gate=world.meter)
    monkeypatch.setattr(tasks, "surroundings", lambda: world.surroundings)
    monkeypatch.setattr(connecting, "open_asking", lambda *_: asking)
    people = [
        a_contact(world.association, last_name="Oak", address=ANN),
        a_contact(world.association, address="bob@members.example"),
    ]
    for name in NEWS:
        a_list(world.association, *people, name=name)
    world.sync(everything=True)
    return world


@pytest.fixture
def gone(world: World) -> World:
    """Ann unsubscribed from everything."""
    world.account.unsubscribe(Mailbox(ANN))
    world.sync(everything=True)
    return world


def mails(world: World) -> int:
    return sum(what == "ask" for what, _ in world.account.requests)


def test_a_refusal_that_was_noted_takes_them_off_and_is_explained(
    run: Run, world: World
) -> None:
    said = run("suppress", ANN, "--because", "Asked on the phone.")
    assert said.status == 0
    assert f"{ANN} is not sent any mail. Only the person can lift it" in said.out

    world.sync()

    assert world.on("News") == world.on("Golf") == {"bob@members.example"}
    told = run("explain", ANN).out
    assert "has No Mass Emails: asked not to be sent any mail, noted by" in told
    assert "only the person, by subscribing again" in told


def test_it_can_be_about_one_list_alone(run: Run, world: World) -> None:
    said = run("suppress", ANN, "--because", "No golf.", "--list", "Golf", "--json")
    assert said.document["list"] == "Golf"

    world.sync()

    assert ANN in world.on("News")
    assert ANN not in world.on("Golf")
    assert "asked not to be sent the mail of this list" in run("explain", ANN).out


def test_a_second_time_says_that_it_was_known(run: Run, world: World) -> None:
    first = run("suppress", ANN, "--because", "Asked.", "--json")
    second = run("suppress", ANN, "--because", "Asked again.", "--json")

    assert (first.document["new"], second.document["new"]) == (True, False)


def test_an_address_that_nobody_has_is_refused_all_the_same(
    run: Run, world: World
) -> None:
    said = run("suppress", "new@members.example", "--because", "Wrote to us.")
    assert "Nobody in the directory has this address now" in said.err

    a_contact(world.association, address="new@members.example")
    assert world.suppressed([Mailbox("new@members.example")])


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("suppress", ANN), 2),
        (("suppress", ANN, "--because", "  "), 2),
        (("suppress", "no address", "--because", "x"), 2),
        (("suppress", ANN, "--because", "x", "--list", "Nowhere"), 2),
        (("resubscribe", "nobody@members.example", "--yes"), 1),
        (("resubscribe", ANN, "--yes"), 3),  # she did not unsubscribe
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_what_cannot_be_is_refused(
    run: Run, world: World, words: tuple[str, ...], status: int
) -> None:
    assert run(*words).status == status
    assert mails(world) == 0


def test_one_mail_is_sent_and_no_second_one(run: Run, gone: World) -> None:
    first = run("resubscribe", ANN, "--yes", "--json")
    assert first.status == 0
    assert (first.document["state"], first.document["lists"]) == (
        "sent",
        ["Golf", "News"],
    )

    again = run("resubscribe", ANN, "--yes")

    assert again.status == 3
    assert "can be asked only once" in again.err
    assert mails(gone) == 1


def test_a_person_sees_what_it_means_before(
    run: Run, gone: World, at_a_terminal: None
) -> None:
    said = run("resubscribe", ANN, typed="n\n")

    assert said.status == 1
    assert f"One mail goes to {ANN}, once ever" in said.err
    assert "Golf" in said.err
    assert mails(gone) == 0


def test_who_cannot_be_asked_must_say_yes(run: Run, gone: World) -> None:
    said = run("resubscribe", ANN)

    assert (said.status, mails(gone)) == (2, 0)
    assert "--yes" in said.err


def test_an_answer_that_never_came_is_said(run: Run, gone: World) -> None:
    def lose(what: str) -> None:
        if what == "ask":
            raise AnswerLost("No answer came.")

    gone.account.on_answer = lose

    said = run("resubscribe", ANN, "--yes")

    assert said.status == 1
    assert "may have been sent" in said.out
    assert "not sent again by itself" in said.out


def test_what_cannot_be_sent_now_is_left_to_a_worker(run: Run, gone: World) -> None:
    gone.meter.requests.clear()
    gone.meter.stop_at = 1
    gone.meter.stop_with = lambda: TryLater("It cannot be reached.")

    said = run("resubscribe", ANN, "--yes")

    assert said.status == 0
    assert "a worker tries again" in said.out
    assert "It cannot be reached." in said.err
