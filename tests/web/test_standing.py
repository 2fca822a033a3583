from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from django.urls import reverse

from rollkeeper.connections.models import ConnectionState
from rollkeeper.ledger.models import RunState
from rollkeeper.web.standing import Facts, RunFacts, judge

NOW = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)
A_MINUTE_AGO = NOW - timedelta(minutes=1)
AN_HOUR_AGO = NOW - timedelta(hours=1)

ALL_TRUE = Facts(
    now=NOW,
    connection=ConnectionState.CONNECTED,
    lists_on=3,
    last=RunFacts(state=RunState.DONE, finished_at=A_MINUTE_AGO),
    last_true_at=A_MINUTE_AGO,
)
HELD = evolve(ALL_TRUE, holds=2, newest_hold="News: 9 of 40 would be taken off")
FAILED = RunFacts(state=RunState.FAILED, message="An error of ours.")
AGAIN = RunFacts(
    state=RunState.WILL_TRY_AGAIN, message="It answered 503.", retry_at=NOW
)


@pytest.mark.parametrize(
    ("facts", "mood", "headline"),
    [
        (ALL_TRUE, "true", "Everything is true"),
        (Facts(now=NOW), "off", "Not connected yet"),
        (
            evolve(ALL_TRUE, connection=ConnectionState.DISCONNECTED),
            "off",
            "Disconnected from Constant Contact",
        ),
        (
            evolve(ALL_TRUE, connection=ConnectionState.RECONNECT_NEEDED),
            "stop",
            "Constant Contact no longer lets us in",
        ),
        (evolve(ALL_TRUE, lists_on=0), "need", "Choose the lists to keep true"),
        (evolve(ALL_TRUE, last=None), "need", "Ready for the first sync"),
        (
            evolve(ALL_TRUE, running=RunFacts(state=RunState.RUNNING)),
            "going",
            "Making your lists true",
        ),
        (evolve(ALL_TRUE, last=FAILED), "stop", "The last sync failed"),
        (HELD, "need", "2 decisions wait for you"),
        (Facts(now=NOW, holds=1), "need", "1 decision waits for you"),
        (evolve(HELD, waiting_since=A_MINUTE_AGO), "need", "2 decisions wait for you"),
        (evolve(HELD, last=FAILED), "stop", "The last sync failed"),
        (
            evolve(HELD, connection=ConnectionState.RECONNECT_NEEDED),
            "stop",
            "Constant Contact no longer lets us in",
        ),
        (evolve(ALL_TRUE, last=AGAIN), "going", "Will try again at 6:00 PM"),
        (evolve(ALL_TRUE, waiting_since=A_MINUTE_AGO), "going", "On its way"),
        (
            evolve(ALL_TRUE, waiting_since=AN_HOUR_AGO),
            "need",
            "Changes are waiting, and nobody takes them up",
        ),
        (
            evolve(ALL_TRUE, pulled_at=AN_HOUR_AGO),
            "need",
            "Unsubscribes are not being fetched",
        ),
        (evolve(ALL_TRUE, pulled_at=A_MINUTE_AGO), "true", "Everything is true"),
        (evolve(ALL_TRUE, unmade=1), "need", "True, but for 1 address"),
        (evolve(ALL_TRUE, unmade=1200), "need", "True, but for 1,200 addresses"),
    ],
)
def test_the_first_glance_says_what_matters_most(
    facts: Facts, mood: str, headline: str
) -> None:
    standing = judge(facts)

    assert (standing.mood, standing.headline) == (mood, headline)
    assert standing.sentence


def test_lost_access_outweighs_everything_else() -> None:
    facts = evolve(
        ALL_TRUE,
        connection=ConnectionState.RECONNECT_NEEDED,
        last=FAILED,
        lists_on=0,
        unmade=5,
        waiting_since=AN_HOUR_AGO,
    )

    assert judge(facts).headline == "Constant Contact no longer lets us in"


def test_the_first_sync_that_was_asked_for_is_on_its_way() -> None:
    facts = evolve(ALL_TRUE, last=None, waiting_since=A_MINUTE_AGO)

    assert judge(facts).headline == "On its way"


def test_a_run_under_way_says_how_far_it_is() -> None:
    running = RunFacts(state=RunState.RUNNING, planned=1200, done=44)

    sentence = judge(evolve(ALL_TRUE, running=running)).sentence

    assert sentence == "44 of 1,200 changes made."


@pytest.mark.parametrize(
    "change",
    [
        {"connection": None},
        {"connection": ConnectionState.RECONNECT_NEEDED},
        {"lists_on": 0},
        {"last": None},
        {"last": FAILED},
        {"unmade": 2},
    ],
)
def test_what_needs_a_person_leads_to_a_page_that_exists(
    change: dict[str, object],
) -> None:
    action = judge(evolve(ALL_TRUE, **change)).action  # type: ignore[arg-type]

    assert action is not None
    assert reverse(action.page)
