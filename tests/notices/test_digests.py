"""The digest of each morning, once, whatever clocks do."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from tests.notices.incidents import (
    HOUR,
    MINUTE,
    Killed,
    at,
    daily,
    somebody_unsubscribes,
)

from rollkeeper.directory.models import Association, Staff
from rollkeeper.engine.noticing.digests import digest
from rollkeeper.notices.models import Message, Subscription

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def test_killed_while_a_digest_is_made_it_is_made_later_and_once(
    chamber: Association, pat: Staff
) -> None:
    daily(pat)
    somebody_unsubscribes(chamber, at("2026-03-04T09:00"))

    def killed() -> Any:
        raise Killed

    with pytest.raises(Killed):
        digest(now=at("2026-03-05T08:00"), draw=killed)
    assert digest(now=at("2026-03-05T08:05")) == 1
    assert digest(now=at("2026-03-05T08:10")) == 0


@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01"])
def test_a_digest_is_made_once_on_days_when_clocks_change(
    chamber: Association, pat: Staff, day: str
) -> None:
    daily(pat)
    begins = at(f"{day}T00:00").astimezone(UTC)
    somebody_unsubscribes(chamber, begins - HOUR)
    made = [digest(now=begins + n * 10 * MINUTE) for n in range(26 * 6)]
    assert sum(made) == 1
    first = begins + made.index(1) * 10 * MINUTE
    assert first == at(f"{day}T08:00")


def test_a_digest_that_nobody_could_make_comes_later_with_everything(
    chamber: Association, pat: Staff
) -> None:
    daily(pat)
    somebody_unsubscribes(chamber, at("2026-03-04T09:00"))
    somebody_unsubscribes(chamber, at("2026-03-06T09:00"))
    assert digest(now=at("2026-03-07T11:00")) == 1
    assert Message.objects.get().incidents.count() == 2


def test_of_what_was_found_before_somebody_subscribed_nothing_is_told(
    chamber: Association, pat: Staff
) -> None:
    somebody_unsubscribes(chamber, at("2026-03-04T09:00"))
    daily(pat)
    Subscription.objects.filter(staff=pat).update(since=at("2026-03-04T12:00"))
    assert digest(now=at("2026-03-05T08:00")) == 0
