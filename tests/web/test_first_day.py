"""What pages say before there is anything on them, and where nothing can be shown."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.builders import a_connection, a_list
from tests.web.holding import Desk
from tests.web.people import a_person, signed_in

from rollkeeper.directory.models import Association, Role

pytestmark = pytest.mark.django_db


def page(client: Client, name: str) -> str:
    return client.get(reverse(name)).content.decode()


@pytest.mark.parametrize("name", ["home", "contacts", "lists", "list_sync"])
def test_empty_pages_lead_to_the_import(admin: Client, name: str) -> None:
    assert f'href="{reverse("import")}"' in page(admin, name).split("<main")[1]


def test_whoever_may_not_import_sees_whom_to_ask(chamber: Association) -> None:
    viewer = signed_in(a_person(chamber, role=Role.VIEWER))
    for name in ("contacts", "lists"):
        assert "may import files" in page(viewer, name)


def test_the_first_page_says_when_no_worker_runs(admin: Client) -> None:
    assert "rollkeeper worker" in page(admin, "home")


def test_connected_without_a_list_the_first_sync_is_next(
    admin: Client, chamber: Association
) -> None:
    a_connection(chamber)
    for name in ("home", "constant_contact"):
        assert f'href="{reverse("first_sync")}' in page(admin, name)


def test_policies_are_told_in_a_sentence_each(
    admin: Client, chamber: Association
) -> None:
    news = a_list(chamber, name="News")
    Desk(a_connection(chamber)).audience(news)
    shown = page(admin, "policies")

    assert "What changes here changes there within minutes" in shown
    assert reverse("list_policy", args=[news.pk]) in shown


def test_without_policies_the_page_says_how_to_begin(admin: Client) -> None:
    assert "No list has a policy yet" in page(admin, "policies")


def test_what_is_not_there_is_said_within_the_frame(admin: Client) -> None:
    answer = admin.get("/nowhere")
    shown = answer.content.decode()

    assert answer.status_code == 404
    assert "There is nothing here" in shown
    assert 'aria-label="Main"' in shown


def test_a_stranger_gets_the_plain_page(db: None) -> None:
    shown = Client().get("/nowhere", follow=True).content.decode()
    assert 'aria-label="Main"' not in shown


def test_a_form_that_was_open_for_too_long_says_what_to_do(
    chamber: Association,
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_person(chamber))
    answer = client.post(reverse("import"))

    assert answer.status_code == 403
    assert "Load the page again" in answer.content.decode()
