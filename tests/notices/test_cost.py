"""What looking costs when there is nothing to be found."""

from __future__ import annotations

from typing import Any

import pytest
from tests.notices.incidents import MINUTE, NOW, a_host_of_thousands, events, seconds

from rollkeeper.engine.noticing.digests import digest
from rollkeeper.engine.noticing.looking import look_often, look_seldom
from rollkeeper.engine.noticing.telling import tell

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("everywhere"),
    pytest.mark.slow,
]


def test_looking_at_5000_associations_costs_little_when_nothing_happened(
    record_property: Any,
) -> None:
    a_host_of_thousands(5_000)
    look_often(now=NOW)
    look_seldom(now=NOW)
    often, seldom = [], []
    for n in range(3):
        often.append(seconds(lambda n=n: look_often(now=NOW + n * MINUTE)))
        seldom.append(seconds(lambda n=n: look_seldom(now=NOW + n * MINUTE)))
    telling = seconds(lambda: tell(now=NOW))
    digesting = seconds(lambda: digest(now=NOW))
    assert events() == []
    record_property(
        "figure",
        f"5,000 associations: every 15 s {min(often) * 1000:.0f} ms and"
        f" {telling * 1000:.0f} ms; every 5 min {min(seldom) * 1000:.0f} ms and"
        f" {digesting * 1000:.0f} ms",
    )
