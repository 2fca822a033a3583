"""What somebody's browser has to fetch before the first page is there."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.journeys.hands import Mouse
from tests.journeys.staff import Staff
from tests.journeys.town import PASSWORD, Chamber
from tests.web.browsing import visiting

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LIMIT = 120 * 1024  # bytes


def test_from_signing_in_to_the_first_page_little_is_fetched(
    true_chamber: Chamber, browser: Browser
) -> None:
    with visiting(browser, true_chamber.town.base) as visitor:
        fetched = _weigh(visitor.page)
        staff = Staff(Mouse(visitor.page), true_chamber.town.base)
        staff.signs_in(true_chamber.user, PASSWORD)
        visitor.page.wait_for_load_state("networkidle")

    assert fetched["bytes"] <= LIMIT, fetched


def _weigh(page: Any) -> dict[str, Any]:
    """Count what comes over the wire from now on, headers and all."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    names: dict[str, str] = {}
    fetched: dict[str, Any] = {"bytes": 0, "each": []}

    def note(answer: dict[str, Any]) -> None:
        names[answer["requestId"]] = answer["response"]["url"]

    def count(ended: dict[str, Any]) -> None:
        size = int(ended["encodedDataLength"])
        fetched["bytes"] += size
        fetched["each"].append((names.get(ended["requestId"], "?"), size))

    network.on("Network.responseReceived", note)
    network.on("Network.loadingFinished", count)
    return fetched
