"""When the requests of a plan will have been made, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders import a_connection, an_application, an_association
from tests.engine.queues import HOUR, a_waiting_connection, spent

from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import Application
from rollkeeper.engine.forecast import forecast

pytestmark = pytest.mark.django_db


@pytest.fixture
def key() -> Application:
    return an_application(provider="memory", requests_per_day=1_000)


def test_what_fits_into_the_day_is_done_today(key: Application) -> None:
    alone = a_connection(an_association(), application=key)
    spent(key, 80)
    takes = forecast(connection_id=alone.pk, requests=800)
    assert (takes.left_today, takes.days) == (800, 1)
    assert takes.in_words() == "800 requests are left for this account today."


def test_what_does_not_fit_goes_on_for_days(key: Application) -> None:
    alone = a_connection(an_association(), application=key)
    spent(key, 80)
    takes = forecast(connection_id=alone.pk, requests=800 + 880 + 1)
    assert takes.in_words() == (
        "800 requests are left for this account today, and about 880 on each day"
        " after: it takes 3 days at this rate."
    )


def test_beside_others_that_wait_it_takes_longer(key: Application) -> None:
    """Who waits longest may have half a day; the others share."""
    connection = a_connection(an_association(), application=key)
    for _ in range(3):
        a_waiting_connection(key, since=2 * HOUR)
    takes = forecast(connection_id=connection.pk, requests=500)
    assert takes.in_words() == (
        "220 requests are left for this account today, and about 220 on each day"
        " after beside 3 others that wait: it takes 3 days at this rate."
    )


def test_while_the_key_is_closed_nothing_is_left_today(key: Application) -> None:
    alone = a_connection(an_association(), application=key)
    key.closed_until = database_time() + timedelta(hours=1)
    key.save()
    takes = forecast(connection_id=alone.pk, requests=1)
    assert (takes.left_today, takes.days) == (0, 2)
