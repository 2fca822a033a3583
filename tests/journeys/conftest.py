from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from tests.journeys.hands import Hands, Keyboard, Mouse
from tests.journeys.staff import Staff
from tests.journeys.town import PASSWORD, Chamber, Town
from tests.system.house import a_twin
from tests.web.browsing import a_browser, visiting


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    with a_twin(folder, "--no-limits", "--job-seconds", "0:0") as twin:
        town = Town(folder / "home", twin)
        try:
            with town.open():
                yield town
        finally:
            town.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends before another module's begins: Playwright lets one be at a time."""
    with a_browser() as browser:
        yield browser


@pytest.fixture
def chamber(town: Town) -> Chamber:
    """Nobody is on its roll, and it is not connected."""
    return Chamber.found(town)


@pytest.fixture
def true_chamber(chamber: Chamber) -> Chamber:
    """Its two lists are over there, and true."""
    chamber.is_true()
    return chamber


@pytest.fixture(params=[Mouse, Keyboard], ids=["mouse", "keyboard"])
def staff(
    request: pytest.FixtureRequest, browser: Browser, chamber: Chamber
) -> Iterator[Staff]:
    """Somebody of the chamber, signed in."""
    with visiting(browser, chamber.town.base) as visitor:
        visitor.page.emulate_media(reduced_motion="reduce")  # pages do not glide
        hands: Hands = request.param(visitor.page)
        staff = Staff(hands, chamber.town.base)
        staff.signs_in(chamber.user, PASSWORD)
        yield staff
        assert visitor.complaints == []
