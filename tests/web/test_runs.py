from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from tests.builders import a_connection, a_contact, a_list, on_list
from tests.web.test_lists import an_audience, there

from rollkeeper.core.changes import Change
from rollkeeper.directory.models import Association, ListMembership
from rollkeeper.engine import summing
from rollkeeper.engine.capture import COUNT
from rollkeeper.ledger.models import (
    Audience,
    Drift,
    Night,
    NightState,
    Run,
    RunKind,
    RunState,
)
from rollkeeper.ledger.services.drift import count_key
from rollkeeper.ledger.states import DriftKind
from rollkeeper.web.runs import MOODS, WHAT, actor_in_words, chart, did, row_of

AT = datetime(2026, 3, 4, tzinfo=UTC)


def a_run(**counts: int) -> Run:
    return Run(counts=counts, started_at=AT, state=RunState.DONE, kind=RunKind.CHANGES)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, ""),
        ({"agree": 40}, ""),
        ({"add": 1200, "remove": 2}, "1,200 added, 2 taken off lists"),
        (
            {"lists_deleted": 1, "lists_kept": 2},
            "1 list deleted, 2 deleted lists kept, with others on it",
        ),
        (
            {"lists_created": 1, "opt_outs": 3},
            "1 list made, 3 unsubscribes learnt",
        ),
        (
            {"opt_ins": 1, "asked_back": 2},
            "2 asked to subscribe again, 1 person subscribed again",
        ),
    ],
)
def test_a_run_says_what_it_did(counts: dict[str, int], said: str) -> None:
    assert did(counts) == said


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (RunState.RUNNING, "Not finished yet"),
        (RunState.DONE, "Nothing had to change"),
        (RunState.FAILED, "Nothing was changed"),
    ],
)
def test_a_run_that_changed_nothing_says_why(state: RunState, said: str) -> None:
    run = Run(state=state, kind=RunKind.CHANGES, started_at=AT, by="rule:change")

    assert row_of(run).did == said


def test_every_kind_and_ending_of_a_run_has_its_words() -> None:
    assert set(WHAT) == set(RunKind)
    assert set(MOODS) == set(RunState)


def test_who_began_a_run_is_a_person_or_the_product_itself() -> None:
    assert actor_in_words("staff:ann") == "ann"
    assert actor_in_words("command line:ann") == "ann"
    assert actor_in_words("rule:change") == "itself"
    assert actor_in_words("rule:night") == "the nightly run"
    assert actor_in_words("") == "itself"


def test_every_count_of_a_run_is_said_in_words_or_is_about_our_own_record() -> None:
    kinds = {change.__name__.lower() for change in get_args(Change)}
    of_drift = {count_key(kind) for kind in DriftKind}
    others = {"held", "lists_created", "lists_deleted", "lists_kept", COUNT}
    others |= {"opt_outs", "opt_ins", "asked_back"}

    silent = {key for key in kinds | of_drift | others if not did({key: 7})}

    assert silent == {"agree", "hold", "unsubscribed_there"}  # an opt-out, counted so
    assert all("_" not in did({key: 7}) for key in kinds | of_drift | others)


def test_the_chart_shows_the_oldest_run_first_and_never_leaves_its_frame() -> None:
    drawn = chart([a_run(add=5), a_run(add=500, remove=300), a_run(disable=1)])

    assert [bar.title for bar in drawn.bars] == [
        "0 added, 1 ended",
        "500 added, 300 ended",
        "5 added, 0 ended",
    ]
    assert all(bar.ended_y >= 0 for bar in drawn.bars)
    assert all(bar.x + drawn.bar_width <= drawn.width for bar in drawn.bars)


def test_one_change_among_thousands_is_still_seen() -> None:
    newest = chart([a_run(add=1), a_run(add=100_000)]).bars[-1]

    assert newest.arrived > 0


def test_runs_that_changed_nothing_draw_nothing() -> None:
    (bar,) = chart([a_run()]).bars

    assert (bar.arrived, bar.ended) == (0, 0)


def test_the_page_of_a_run_names_what_changed_over_there_and_what_was_missed(
    staff: Client, chamber: Association
) -> None:
    connection = a_connection(chamber)
    with scope(association=chamber):
        run = Run.objects.create(
            association=chamber,
            connection=connection,
            kind=RunKind.EVERYTHING,
            by="rule:change",
            state=RunState.DONE,
            counts={"edited_there": 1, "missed_by_marks": 2},
        )
        Drift.objects.create(
            association=chamber,
            connection=connection,
            run=run,
            kind=DriftKind.EDITED,
            mailbox="ann@x.example",
            was="Ann",
            now="<b>Anna</b>",
        )

    page = staff.get(reverse("run", args=[run.pk])).content.decode()
    history = staff.get(reverse("constant_contact")).content.decode()

    assert "Given another name at the provider" in page
    assert "&lt;b&gt;Anna&lt;/b&gt;" in page
    assert "2 changes were found only by comparing everything." in page
    assert reverse("run", args=[run.pk]) in history
    assert "edited_there" not in page + history


@pytest.fixture
def place(chamber: Association) -> Run:
    """The last run of a connection that keeps one list, with one of two on it there."""
    connection = a_connection(chamber)
    its_list = a_list(chamber, a_contact(chamber, address="a@x.example"), name="News")
    on_list(a_contact(chamber), its_list, status="disabled")
    with scope(association=chamber):
        there(an_audience(connection, its_list), "a@x.example")
        run: Run = Run.objects.create(
            association=chamber,
            connection=connection,
            kind=RunKind.EVERYTHING,
            by="rule:night",
            state=RunState.DONE,
            started_at=AT,
            finished_at=AT,
        )
    return run


def test_the_last_run_adds_up_each_list_when_asked(  # S21
    admin: Client, place: Run
) -> None:
    address = reverse("run", args=[place.pk])
    assert "Add them up now" in admin.get(address).content.decode()

    answer = admin.get(address, {"sums": "1"})

    ((target, found),) = answer.context["sums"]
    assert (target.name, found.members, found.there) == ("News", 2, 1)
    assert [(one.why, one.number) for one in found.not_there] == [
        ("disabled in the list", 1)
    ]
    assert "Contacts on this list" in answer.content.decode()


def test_an_earlier_run_does_not_show_the_sums_of_today(
    admin: Client, place: Run
) -> None:
    with scope(association=place.association):
        later = Run.objects.get()
        later.pk = None
        later.save()

    answer = admin.get(reverse("run", args=[place.pk]), {"sums": "1"})

    assert answer.context["sums"] is None
    assert "This run compared no list" in answer.content.decode()


def test_a_run_keeps_the_sums_that_it_left(  # S21
    admin: Client, place: Run
) -> None:
    with scope(association=place.association):
        Run.objects.update(kind=RunKind.EVERYTHING)
        Audience.objects.update(compared_at=AT + timedelta(minutes=1))
        summing.keep(Run.objects.get())
        ListMembership.objects.all().delete()

    answer = admin.get(reverse("run", args=[place.pk]))

    ((target, found),) = answer.context["sums"]
    assert (target.name, found.members, found.there) == ("News", 2, 1)
    assert [(one.why, one.number) for one in found.not_there] == [
        ("disabled in the list", 1)
    ]
    assert "as this run left it" in answer.content.decode()


@pytest.mark.parametrize(
    "fields",
    [{"kind": RunKind.CHANGES}, {"state": RunState.WILL_TRY_AGAIN}],
)
def test_a_run_that_compared_nothing_to_the_end_keeps_no_sums(
    place: Run, fields: dict[str, str]
) -> None:
    with scope(association=place.association):
        Run.objects.update(**{"kind": RunKind.EVERYTHING, **fields})
        summing.keep(Run.objects.get())
        assert Run.objects.get().sums is None


def a_night(of: Run, day: int, **fields: Any) -> None:
    fields = {"starts_at": AT, "night": date(2026, 3, day), **fields}
    with scope(association=of.association):
        Night.objects.create(
            association=of.association, connection=of.connection, **fields
        )


def test_the_nights_say_what_became_of_each(admin: Client, place: Run) -> None:
    later = AT + timedelta(minutes=7)
    a_night(place, 2, state=NightState.MISSED, note="Made up by the night of 3 March.")
    a_night(
        place, 3, state=NightState.STARTED, started_at=AT, finished_at=later, run=place
    )
    a_night(place, 4, state=NightState.CARRIED_OVER, held_up="No requests were left.")

    answer = admin.get(reverse("constant_contact")).content.decode()

    page = answer.partition('id="nights-title"')[2]
    for words in (
        "Missed; a later night made up for it",
        "Made up by the night of 3 March.",
        "took 7 minutes",
        "Nothing had to change",
        "Waits for requests",
        "No requests were left.",
    ):
        assert words in page
    assert page.index("March 4") < page.index("March 3") < page.index("March 2")
