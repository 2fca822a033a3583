"""Every page, in a language where all that can be translated stands in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from django.test import Client
from django_scopes import scope
from tests.web.addresses import every_address
from tests.web.language.pseudo import CODE, outside_of_brackets, pseudo_language
from tests.web.people import a_person, signed_in
from tests.web.test_browser_pages import PAGES, a_busy_chamber

from rollkeeper.directory.models import Association, Import, Staff

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


def addresses(ids: Mapping[str, Any]) -> Iterator[str]:
    """Yield every address that shows a page."""
    yield from (path.format(**ids) for path in PAGES)
    words = {f"{name}_id": number for name, number in ids.items()} | {"term": "there"}
    for one in every_address():
        if one.needs and set(one.wants) <= set(words):
            yield one.path(words)


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
    chamber, ids = a_busy_chamber()
    with scope(association=chamber):
        ids["import"] = Import.objects.create(association=chamber, by="test").pk
    client = a_reader(chamber)
    found = {
        (said, path) for path in addresses(ids) for said in forgotten(client, path)
    }
    assert sorted(found) == []
