"""Settings, Newsletter: by whom, with which words, and what follows."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from tests.builders import a_connection, a_list, a_type, the_list_of
from tests.web.test_lists import an_audience

from rollkeeper.core.values import ListId
from rollkeeper.directory.models import Association, Mark
from rollkeeper.engine.postgres import STORE
from rollkeeper.engine.reconcile import request
from rollkeeper.ledger.services.newsletter import Newsletter, newsletter_of

AS_IT_IS = {
    "solution": "constant_contact",
    "lists": "on",
    "representatives_name": "Everybody",
    "nightly": "on",
    "window_from": "01:00",
    "window_to": "04:00",
    "time_zone": "America/Chicago",
}


def save(client: Client, **changes: str) -> Any:
    form = {name: value for name, value in (AS_IT_IS | changes).items() if value}
    return client.post(reverse("newsletter_change"), form, follow=True)


def now(chamber: Association) -> Newsletter:
    with scope(association=chamber):
        return newsletter_of(chamber.pk)


def page_of(client: Client) -> str:
    answer = client.get(reverse("newsletter"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_what_each_of_the_three_sets_does(  # S9
    admin: Client, chamber: Association
) -> None:
    a_type(chamber)
    page = page_of(admin)

    for words in (
        "every active contact of members that are active or courtesy",
        "One list for each membership type",
        "Without this their switches mean nothing",
    ):
        assert words in page


@pytest.mark.parametrize("representatives", ["on", ""])
@pytest.mark.parametrize("membership_types", ["on", ""])
@pytest.mark.parametrize("lists", ["on", ""])
def test_the_three_sets_are_chosen_in_any_combination(  # S9
    admin: Client,
    chamber: Association,
    representatives: str,
    membership_types: str,
    lists: str,
) -> None:
    save(
        admin,
        representatives=representatives,
        membership_types=membership_types,
        lists=lists,
    )

    chosen = now(chamber)
    assert chosen.representatives == bool(representatives)
    assert chosen.membership_types == bool(membership_types)
    assert chosen.lists == bool(lists)


def test_others_see_the_settings_and_may_not_change_them(  # S2
    staff: Client, chamber: Association
) -> None:
    before = now(chamber)

    assert "Only administrators may change these settings" in page_of(staff)
    assert "Save" not in page_of(staff)
    assert save(staff, solution="none").status_code == 403
    assert now(chamber) == before


def test_a_solution_that_is_not_there_yet_is_shown_and_not_to_be_chosen(
    admin: Client, chamber: Association
) -> None:
    page = page_of(admin)
    assert '<input class="form-check-input" type="radio" name="solution"' in page
    assert 'value="mailchimp" disabled' in page

    answer = save(admin, solution="mailchimp")

    assert answer.status_code == 422
    assert "Mailchimp cannot be chosen" in answer.content.decode()
    assert now(chamber).solution == "constant_contact"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("representatives_name", " \t", "Give the list a name."),
        ("window_to", "01:00", "It must end at another time than it begins."),
        ("window_from", "25:00", "Enter a valid time."),
        ("time_zone", "Chicago", "There is no time zone “Chicago”."),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(
    admin: Client, chamber: Association, field: str, value: str, words: str
) -> None:
    before = now(chamber)

    answer = save(admin, **{field: value})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert f'id="id_{field}_error"' in page
    assert "Nothing was saved." in page
    assert now(chamber) == before


def test_saving_says_what_is_compared_next_and_when_the_night_is(
    admin: Client, chamber: Association
) -> None:
    connection = a_connection(chamber)
    its_list = the_list_of(chamber)
    request(STORE, connection_id=connection.pk, list_id=ListId(its_list.pk))
    with scope(association=chamber):
        Mark.objects.all().delete()

    page = save(admin, representatives="on", window_to="05:30").content.decode()

    assert "1 list compared next, and then kept true." in page
    assert "between 1:00 a.m. and 5:30 a.m." in page or "1:00 AM and 5:30 AM" in page
    with scope(association=chamber):
        assert {mark.list_id for mark in Mark.objects.all()} == {its_list.pk}


def test_leaving_a_set_out_says_that_nothing_is_taken_off(  # S44
    admin: Client, chamber: Association
) -> None:
    a_list(chamber, sync=True)

    page = save(admin, lists="").content.decode()

    assert "1 list no longer kept true" in page
    assert "stays there as it is" in page


def test_the_representatives_list_is_renamed_only_until_it_is_made(  # S10
    admin: Client, chamber: Association
) -> None:
    save(admin, representatives_name="All of us")
    assert now(chamber).representatives_name == "All of us"
    with scope(association=chamber):
        an_audience(a_connection(chamber), the_list_of(chamber))

    assert "The list is made and keeps this name here" in page_of(admin)
    save(admin, representatives_name="Somebody else")

    assert now(chamber).representatives_name == "All of us"
