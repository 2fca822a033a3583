"""In which language somebody reads the pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation
from django_scopes import scope
from tests.web.people import PASSWORD, a_person, signed_in

from rollkeeper.audit.models import Entry
from rollkeeper.directory.models import Association, Staff

SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}


@pytest.fixture(autouse=True)
def english_before_and_after() -> Iterator[None]:
    translation.activate("en")
    yield
    translation.activate("en")


def language_of(client: Client, path: str = "/", **headers: str) -> str:
    body = client.get(path, headers=headers).content.decode()
    return body.split('<html lang="')[1].split('"')[0]


def choose(client: Client, language: str, here: str = "/") -> str:
    answer = client.post("/language", {"language": language, "next": here})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_pages_are_in_the_language_of_the_browser(admin: Client) -> None:
    assert language_of(admin, **SPANISH) == "es"


def test_pages_are_in_english_for_a_browser_of_another_language(admin: Client) -> None:
    assert language_of(admin, **{"Accept-Language": "fr"}) == "en"


def test_who_chooses_a_language_comes_back_to_where_they_were(admin: Client) -> None:
    assert choose(admin, "es", here="/contacts/?q=oak") == "/contacts/?q=oak"


def test_a_language_is_not_a_way_to_another_site(admin: Client) -> None:
    assert choose(admin, "es", here="https://elsewhere.example/") == "/"


def test_a_chosen_language_wins_over_that_of_the_browser(admin: Client) -> None:
    choose(admin, "en")

    assert language_of(admin, **SPANISH) == "en"


def test_a_chosen_language_is_there_on_the_next_machine(chamber: Association) -> None:
    person = a_person(chamber)
    choose(signed_in(person), "es")

    assert language_of(signed_in(person)) == "es"


def test_a_choice_is_recorded_once(admin: Client, chamber: Association) -> None:
    choose(admin, "es")
    choose(admin, "es")

    with scope(association=chamber):
        entries = list(Entry.objects.filter(action="language_chosen"))
    assert [entry.details for entry in entries] == [{"language": "es"}]


def test_a_language_that_we_do_not_speak_changes_nothing(
    admin: Client, chamber: Association
) -> None:
    choose(admin, "tlh")

    with scope(association=chamber):
        assert Staff.objects.get().language == ""
    assert language_of(admin) == "en"


@pytest.mark.django_db
def test_one_can_choose_before_signing_in() -> None:
    visitor = Client()
    choose(visitor, "es", here="/accounts/login/")

    assert language_of(visitor, "/accounts/login/") == "es"


def test_the_choice_at_the_door_holds_inside(chamber: Association) -> None:
    person, visitor = a_person(chamber), Client()
    choose(visitor, "es", here="/accounts/login/")
    visitor.post(
        "/accounts/login/", {"login": person.get_username(), "password": PASSWORD}
    )

    assert language_of(visitor) == "es"


def test_the_language_is_chosen_by_a_post_alone(admin: Client) -> None:
    assert admin.get("/language").status_code == 405


def test_the_chooser_names_each_language_in_itself(admin: Client) -> None:
    body = admin.get("/").content.decode()

    assert 'lang="en" aria-current="true">English</button>' in body
    assert 'lang="es">Español</button>' in body


def test_each_stays_named_so_in_the_others(admin: Client) -> None:
    choose(admin, "es")
    body = admin.get("/").content.decode()

    assert 'lang="en">English</button>' in body
    assert 'lang="es" aria-current="true">Español</button>' in body
