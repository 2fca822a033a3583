"""Every page, in a language where all that can be translated stands in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from django.test import Client
from django_scopes import scope
from tests.builders import an_association
from tests.web.every_page import places_with
from tests.web.language.pseudo import CODE, outside_of_brackets, pseudo_language
from tests.web.people import a_person, signed_in
from tests.web.test_browser_pages import EMPTY_PAGES, PAGES, a_busy_chamber
from tests.web.test_importing import PEOPLE, send

from rollkeeper.directory.models import Association, Staff

pytestmark = pytest.mark.slow

NAMES: Final = (
    "Rollkeeper",
    "Constant Contact",
    "Mailchimp",
    "English",
    "Español",
    "UTC",
    "CSV",
    "Excel",
    # the chamber's own
    "Harbor Chamber",
    "Gold & “Friends”",
    "Chamber of Commerce of Saint-Barthélemy-le-Plain",
    "Événements & “Networking”",
    "Maximiliane-Alexandrina",
    "Wolfeschlegelsteinhausenbergerdorff",
    "Donaudampfschifffahrtsgesellschaft & Söhne",
)
"""What is called the same in every language."""

DATA: Final = re.compile(
    "|".join(
        [
            r"\S+@\S+",  # addresses
            r"person\d+",
            r"Ann Nr\d+",
            "^Off:?$",
            "broken",
            "The address is on a list of roles.",  # a provider's own words
            "A plan waits for a decision",  # a message, as it was sent
            "rollkeeper worker",
            r"people\.csv",  # a file, and what its columns hold
            r"(?:Company|E-mail|Favourite colour|First|Last) \(.*\)",
            r"(?:America|Europe|Etc)/\w+",
            *map(re.escape, NAMES),
        ]
    )
)


def a_reader(chamber: Association) -> Client:
    person = a_person(chamber)
    with scope(association=chamber):
        Staff.objects.filter(user=person).update(language=CODE)
    return signed_in(person)


@pytest.fixture
def pseudo() -> Iterator[None]:
    with pseudo_language():
        yield


def addresses(numbers: Mapping[str, Any]) -> Iterator[str]:
    """Yield every address there is, and those that are asked something."""
    yield from (path.format(**numbers) for path in PAGES)
    yield from (one.path(numbers) for one in places_with(numbers))


def forgotten(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
        return []
    return [
        said
        for said in outside_of_brackets(answer.content.decode())
        if re.search(r"[^\W\d_]{2}", DATA.sub("", said))
    ]


def test_nothing_that_a_page_says_was_forgotten(db: None, pseudo: None) -> None:
    chamber, numbers = a_busy_chamber()
    client = a_reader(chamber)
    with scope(association=chamber):
        numbers["staff"] = Staff.objects.get().pk
    numbers["import"] = send(client, ("people.csv", PEOPLE)).pk
    found = {
        (said, path) for path in addresses(numbers) for said in forgotten(client, path)
    }
    assert sorted(found) == []


def test_nothing_that_the_pages_of_an_empty_chamber_say_was_forgotten(
    db: None, pseudo: None
) -> None:
    client = a_reader(an_association(name="Harbor Chamber"))
    found = {(said, path) for path in EMPTY_PAGES for said in forgotten(client, path)}
    assert sorted(found) == []


def test_words_outside_of_brackets_are_found() -> None:
    page = '<p title="seen">⟦Said⟧ <b>plain</b> ⟦to <i>Ann⟧</i></p><code>code</code>'
    assert outside_of_brackets(page) == ["seen", "plain"]
