from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope
from pytest_django import DjangoAssertNumQueries
from tests.builders import a_connection, a_contact, a_list
from tests.web.holding import Desk
from tests.web.test_lists import an_audience, shown, there

from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.directory.models import Association
from rollkeeper.ledger import days
from rollkeeper.ledger.models import Outcome, OutcomeKind, Run, RunKind, RunState
from rollkeeper.web.home import unsubscribes

DAY = timedelta(days=1)


@pytest.fixture
def connection(chamber: Association) -> Connection:
    return a_connection(chamber)


def a_run(connection: Connection, at: datetime, **fields: Any) -> Run:
    fields = {"kind": RunKind.EVERYTHING, "by": "rule:change", **fields}
    with scope(association=connection.association):
        made: Run = Run.objects.create(
            association=connection.association,
            connection=connection,
            state=RunState.DONE,
            started_at=at,
            finished_at=at,
            **fields,
        )
    return made


def kept(list_id: int, there: int) -> dict[str, int]:
    return {"list_id": list_id, "there": there}


def test_each_audience_has_a_line_with_how_large_it_is(
    admin: Client, connection: Connection
) -> None:
    row = a_list(connection.association, a_contact(connection.association), name="Big")
    a_list(connection.association, name="Not yet")
    audience = an_audience(connection, row)
    with scope(association=connection.association):
        for n in range(3):
            there(audience, f"n{n}@x.example")

    lines = admin.get(reverse("home")).context["lines"]

    assert [(one.name, one.people) for one in lines.shown] == [
        ("Big", 3),
        ("Not yet", None),
    ]
    assert lines.shown[0].url == reverse("audience", args=[audience.pk])
    assert lines.largest == 3


def test_what_needs_a_person_comes_first(admin: Client, connection: Connection) -> None:
    desk = Desk(connection)
    hold = desk.hold(desk.audience(a_list(connection.association)), ["a@x.example"])
    a_run(connection, timezone.now())
    with scope(association=connection.association):
        Outcome.objects.create(
            association=connection.association,
            connection=connection,
            mailbox="odd@x.example",
            kind=OutcomeKind.REFUSED,
        )
        Connection.objects.update(state=ConnectionState.RECONNECT_NEEDED)

    found = admin.get(reverse("home"))

    assert [one.url for one in found.context["needs"]] == [
        reverse("hold", args=[hold.pk]),
        reverse("exceptions"),
    ]
    page = found.content.decode()
    assert page.index("no longer lets us in") < page.index("Needs a person")
    assert page.index("Needs a person") < page.index("Your lists at Constant Contact")


def test_the_only_decision_is_asked_for_once(
    admin: Client, connection: Connection
) -> None:
    desk = Desk(connection)
    audience = desk.audience(a_list(connection.association))
    desk.hold(audience, ["a@x.example"])

    found = admin.get(reverse("home"))

    assert "1 decision waits for you" in found.content.decode()
    assert found.context["needs"] == []


def test_of_several_decisions_each_is_named(
    admin: Client, connection: Connection
) -> None:
    desk = Desk(connection)
    holds = [
        desk.hold(desk.audience(a_list(connection.association, name=name)), [address])
        for name, address in (("One", "a@x.example"), ("Two", "b@x.example"))
    ]

    found = admin.get(reverse("home"))

    assert {one.url for one in found.context["needs"]} == {
        reverse("hold", args=[hold.pk]) for hold in holds
    }


def test_home_takes_as_many_queries_for_many_lists_as_for_few(
    admin: Client,
    connection: Connection,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    an_audience(connection, a_list(connection.association))
    admin.get(reverse("home"))
    with CaptureQueriesContext(database) as few:
        admin.get(reverse("home"))
    for _ in range(10):
        an_audience(connection, a_list(connection.association))

    with django_assert_num_queries(len(few)):
        admin.get(reverse("home"))


def test_the_size_of_a_list_on_a_day_is_that_of_its_last_comparison(
    connection: Connection,
) -> None:
    noon = datetime(2026, 3, 4, 18, tzinfo=UTC)
    a_run(connection, noon - DAY, sums=[kept(1, 10), kept(2, 5)])
    a_run(connection, noon, sums=[kept(1, 11)])
    a_run(connection, noon + timedelta(hours=1), sums=[kept(1, 12)])
    a_run(connection, noon + timedelta(hours=11), sums=[kept(1, 13)])

    found = days.sizes(connection.pk, since=noon - 2 * DAY, zone="America/Chicago")

    assert [(one.day, one.list_id, one.there) for one in found] == [
        (date(2026, 3, 3), 1, 10),
        (date(2026, 3, 3), 2, 5),
        (date(2026, 3, 4), 1, 13),
    ]


def test_changes_are_counted_by_the_local_day(connection: Connection) -> None:
    late = datetime(2026, 3, 5, 3, tzinfo=UTC)
    a_run(connection, late, counts={"add": 3, "remove": 1, "disable": 1})
    a_run(connection, late - DAY / 4, counts={"add": 2}, kind=RunKind.CHANGES)
    a_run(connection, late, counts={"opt_outs": 4}, kind=RunKind.PULL)
    a_run(connection, late, kind=RunKind.PULL)

    (one,) = days.changes(connection.pk, since=late - DAY, zone="America/Chicago")

    assert one == days.Changes(day=date(2026, 3, 4), joined=5, left=2, unsubscribed=4)


def test_the_rest_of_the_day_is_expected_to_be_as_it_was_for_a_week(
    connection: Connection,
) -> None:
    now = datetime(2026, 3, 9, 12, tzinfo=UTC)
    a_run(connection, now - 2 * DAY + timedelta(hours=3), requests=70)
    a_run(connection, now - 2 * DAY - timedelta(hours=3), requests=1_000)
    a_run(connection, now - timedelta(hours=1), requests=1_000)
    a_run(connection, now - 9 * DAY + timedelta(hours=3), requests=1_000)

    assert days.rest_of_day(connection.pk, now=now) == 10


def test_unsubscribes_are_counted_once_a_person_and_by_month(
    chamber: Association,
) -> None:
    now = datetime(2026, 3, 9, 12, tzinfo=UTC)
    said = [("a", now - DAY), ("a", now - 2 * DAY), ("b", now - 20 * DAY)]
    with scope(association=chamber):
        for name, at in [*said, ("c", now - 400 * DAY)]:
            Suppression.objects.create(
                association=chamber,
                mailbox=f"{name}@x.example",
                kind=Kind.UNSUBSCRIBED,
                provider="constant_contact",
                happened_at=at,
                source="opt-out pull",
                actor="rule:pull",
            )
        found = unsubscribes(now=now)

    assert (found.this_month, found.last_month, found.ever) == (1, 1, 3)


def test_the_month_is_drawn_and_shown_as_a_table(
    admin: Client, connection: Connection
) -> None:
    row = a_list(connection.association, name="Weekly")
    a_run(connection, timezone.now() - 3 * DAY, sums=[kept(row.pk, 1_234)])
    a_run(connection, timezone.now() - DAY, counts={"add": 1_111, "remove": 2})

    page = shown(admin, "home")

    assert '<polyline class="series-1"' in page
    assert '<td class="num">1,234</td>' in page
    assert '<td class="num">1,111</td>' in page
    assert page.count("<title id=") == 2


def test_a_home_without_a_connection_says_how_to_begin(admin: Client) -> None:
    page = shown(admin, "home")

    assert "How to begin" in page
    assert "Needs a person" not in page
    assert '<svg class="graph"' not in page


def test_the_menu_marks_the_place_of_a_page_with_another_address(
    admin: Client, connection: Connection
) -> None:
    run = a_run(connection, timezone.now())

    page = admin.get(reverse("run", args=[run.pk])).content.decode()

    assert f'active" href="{reverse("runs")}" aria-current="page"' in page


def an_answer(client: Client) -> str:
    found = client.get(reverse("home"))
    said: str = found.context["answer"]
    assert said in found.content.decode()
    return said


def a_true_list(connection: Connection, name: str) -> Any:
    row = a_list(connection.association, name=name)
    audience = an_audience(connection, row)
    with scope(association=connection.association):
        there(audience, f"{name.lower()}@x.example")
    return audience


def test_lists_that_wait_for_something_stand_before_those_that_are_true(
    admin: Client, connection: Connection
) -> None:
    for name in ("Board", "News", "Walks"):
        audience = a_true_list(connection, name)
    Desk(connection).hold(audience, ["a@x.example"])
    a_run(connection, timezone.now())
    a_contact(connection.association)

    found = admin.get(reverse("home"))

    lines = found.context["lines"]
    assert [one.name for one in lines.shown] == ["Walks", "Board", "News"]
    assert (lines.unsettled, lines.number) == (1, 3)
    assert "Not quite. 1 of 3 lists needs something" in an_answer(admin)
    page = found.content.decode()
    assert page.index("Contacts on your roll") < page.index("Your lists at Constant")


def test_while_something_else_needs_a_person_the_lists_may_all_be_true(
    admin: Client, connection: Connection
) -> None:
    for name in ("Board", "News"):
        a_true_list(connection, name)
    a_run(connection, timezone.now() - timedelta(minutes=5))
    with scope(association=connection.association):
        Connection.objects.update(pulled_at=timezone.now() - DAY)

    said = an_answer(admin)

    assert said == "Yes. All 2 lists match your roll, last checked 5 minutes ago."


def test_what_was_not_true_for_days_is_not_called_true(
    admin: Client, connection: Connection
) -> None:
    a_true_list(connection, "News")
    a_run(connection, timezone.now() - 3 * DAY)
    with scope(association=connection.association):
        Connection.objects.update(pulled_at=timezone.now() - DAY)

    assert an_answer(admin).startswith("Not yet. Last checked on ")


def test_nobody_can_tell_whether_lists_are_true_that_we_may_not_read(
    admin: Client, connection: Connection
) -> None:
    a_true_list(connection, "News")
    a_run(connection, timezone.now())
    with scope(association=connection.association):
        Connection.objects.update(state=ConnectionState.RECONNECT_NEEDED)

    assert an_answer(admin).startswith("Nobody can tell until you connect again.")
    assert not admin.get(reverse("home")).context["begins"]
