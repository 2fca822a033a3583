from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from tests.builders import a_connection, a_list, an_association
from tests.web.test_audiences import an_operation
from tests.web.test_home import a_run
from tests.web.test_lists import an_audience, shown, there

from rollkeeper.audit.models import Entry
from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.directory.models import Association, Mark
from rollkeeper.engine.coordinator import sole_coordinator
from rollkeeper.ledger.models import Outcome, OutcomeKind, Run, RunKind, RunState
from rollkeeper.ledger.services.outcomes import refused
from rollkeeper.web.past_runs import SHOWN
from rollkeeper.web.run_page import progress_of

NOON = datetime(2026, 3, 4, 18, tzinfo=UTC)


@pytest.fixture
def connection(chamber: Association) -> Connection:
    return a_connection(chamber)


def found(client: Client, **query: Any) -> list[int]:
    answer = client.get(reverse("runs"), query)
    assert answer.status_code == 200
    return [one.id for one in answer.context["portion"].rows]


def test_runs_are_found_by_kind_result_and_day(
    admin: Client, connection: Connection
) -> None:
    full = a_run(connection, NOON)
    pull = a_run(connection, NOON, kind=RunKind.PULL)
    late = a_run(connection, NOON + timedelta(hours=9), kind=RunKind.CHANGES)
    with scope(association=connection.association):
        Run.objects.filter(pk=late.pk).update(state=RunState.FAILED)

    assert found(admin) == [late.pk, full.pk]
    assert found(admin, kind="pull") == [pull.pk]
    assert found(admin, result="failed") == [late.pk]
    assert found(admin, since="2026-03-05") == []
    assert found(admin, since="2026-03-04", until="2026-03-04") == [late.pk, full.pk]


def test_older_runs_begin_where_the_page_ended(
    admin: Client, connection: Connection
) -> None:
    runs = [a_run(connection, NOON).pk for _ in range(SHOWN + 2)]

    first = admin.get(reverse("runs"), {"result": "done"})

    older = first.context["portion"].older
    assert f"?result=done&amp;before={older}" in first.content.decode()
    assert found(admin, before=older) == [runs[1], runs[0]]


def test_a_search_for_a_day_that_there_is_not_says_so(
    admin: Client, connection: Connection
) -> None:
    answer = admin.get(reverse("runs"), {"since": "2026-02-31"})

    assert answer.status_code == 422
    assert "Enter a valid date" in answer.content.decode()


def test_without_a_connection_the_pages_say_how_to_begin(admin: Client) -> None:
    assert "Nothing ran yet" in shown(admin, "runs")
    assert "None of the lists there is ours yet" in shown(admin, "provider_lists")


def test_provider_lists_say_what_they_follow_and_who_else_is_on_them(
    admin: Client, connection: Connection
) -> None:
    weekly = an_audience(connection, a_list(connection.association, name="Weekly"))
    gone = a_list(connection.association, name="Gone")
    an_audience(connection, gone)
    with scope(association=connection.association):
        gone.delete()
        there(weekly, "a@x.example")
        there(weekly, "b@x.example", ours=False)

    rows = admin.get(reverse("provider_lists")).context["lists"]

    assert [(one.name, one.follows, one.size, one.strangers) for one in rows] == [
        ("Gone", "", 0, 0),
        ("Weekly", "Weekly", 2, 1),
    ]


def test_lists_that_cannot_be_read_are_said_to_be_so(
    admin: Client, connection: Connection, api_key: None
) -> None:
    page = shown(admin, "provider_lists_there")

    assert 'role="alert"' in page
    assert "Constant Contact" in page


def test_what_a_run_sent_is_told_with_the_providers_words(
    admin: Client, connection: Connection
) -> None:
    audience = an_audience(connection, a_list(connection.association, name="Weekly"))
    run = a_run(connection, NOON)
    with scope(association=connection.association):
        lists = [audience.provider_list_id or ""]
        an_operation(run, *lists, state="refused", message="Too many lists.")

    answer = admin.get(reverse("run", args=[run.pk]))

    (call,) = answer.context["calls"].rows
    assert (call.what, call.people, call.lists) == (
        "Add or update people",
        3,
        ["Weekly"],
    )
    assert "<q>Too many lists.</q>" in answer.content.decode()


def an_outcome(run: Run, mailbox: str, **fields: Any) -> None:
    fields = {"kind": OutcomeKind.REFUSED, "message": "No.", "asked": "x", **fields}
    Outcome.objects.create(
        association=run.association,
        connection=run.connection,
        run=run,
        mailbox=mailbox,
        **fields,
    )


@pytest.fixture
def refused_run(connection: Connection) -> Run:
    """Of three that it could not make true, one can be asked for again."""
    run = a_run(connection, NOON)
    with scope(association=connection.association):
        an_outcome(run, "a@x.example")
        an_outcome(run, "b@x.example", cause="too_long", asked="", message="Too long.")
        an_outcome(
            run,
            "c@x.example",
            kind=OutcomeKind.HELD,
            cause="over_limit",
            asked="",
            message="On 3 more lists than the provider allows a contact.",
        )
    return run


def test_a_refusal_is_told_in_our_words_and_in_theirs(
    admin: Client, refused_run: Run
) -> None:
    answer = admin.get(reverse("run", args=[refused_run.pk]))

    first, long, over = answer.context["refusals"].rows
    assert first.theirs == "No."
    assert first.again
    assert (long.ours, long.theirs, long.again) == ("Too long.", "", False)
    assert over.ours.startswith("On 3 more lists")
    assert "asks once more for 1 of them" in answer.content.decode()


def test_trying_again_asks_for_what_can_come_out_otherwise(
    admin: Client, refused_run: Run
) -> None:
    answer = admin.post(reverse("run_retry", args=[refused_run.pk]), follow=True)

    with scope(association=refused_run.association):
        assert list(Mark.objects.values_list("mailbox", flat=True)) == ["a@x.example"]
        assert refused(refused_run.connection_id) == {
            "a@x.example": "",
            "b@x.example": "",
        }
        entry = Entry.objects.get(action="refusals_retried")
    assert entry.subject == f"run:{refused_run.pk}"
    page = answer.content.decode()
    assert "1 address is asked for again" in page
    assert "the next run says what came of it" in page
    assert "Try again</button>" not in page


def test_what_was_asked_for_again_is_not_asked_twice(
    admin: Client, refused_run: Run
) -> None:
    url = reverse("run_retry", args=[refused_run.pk])
    admin.post(url)

    page = admin.post(url, follow=True).content.decode()

    assert "nothing that could come out otherwise" in page
    with scope(association=refused_run.association):
        assert Mark.objects.count() == 1


def test_nothing_is_asked_for_again_while_nobody_lets_us_in(
    admin: Client, refused_run: Run
) -> None:
    with scope(association=refused_run.association):
        Connection.objects.update(state=ConnectionState.RECONNECT_NEEDED)

    page = admin.post(reverse("run_retry", args=[refused_run.pk]), follow=True)

    assert "Connect Constant Contact first" in page.content.decode()
    with scope(association=refused_run.association):
        assert not Mark.objects.exists()


def test_a_run_of_another_association_cannot_be_tried_again(
    admin: Client, refused_run: Run
) -> None:
    theirs = a_run(a_connection(an_association()), NOON)

    for name in ("run", "run_progress"):
        assert admin.get(reverse(name, args=[theirs.pk])).status_code == 404
    assert admin.post(reverse("run_retry", args=[theirs.pk])).status_code == 404


@pytest.mark.parametrize(
    ("done", "seconds", "said"),
    [
        (0, 60, ""),
        (100, 60, ""),
        (90, 60, "less than a minute left"),
        (50, 60, "about 1 minute left"),
        (10, 600, "about 2 hours left"),
    ],
)
def test_how_long_a_run_takes_still_follows_from_its_rate(
    done: int, seconds: int, said: str
) -> None:
    run = Run(planned=100, done=done, started_at=NOON)

    found = progress_of(run, now=NOON + timedelta(seconds=seconds))

    assert found.left == said


def test_a_run_at_work_shows_how_far_it_is_until_it_ends(
    admin: Client, connection: Connection
) -> None:
    run = a_run(connection, NOON, planned=1_200, done=300)
    with scope(association=connection.association):
        Run.objects.update(state=RunState.RUNNING, finished_at=None)
    url = reverse("run_progress", args=[run.pk])

    with sole_coordinator(connection.pk):
        page = shown(admin, "run", run.pk)
        part = admin.get(url).content.decode()
    ended = admin.get(url)

    assert f'hx-get="{url}"' in page
    assert "300 of 1,200 changes made" in part
    assert 'max="1200" value="300"' in part
    assert ended.headers["HX-Refresh"] == "true"
