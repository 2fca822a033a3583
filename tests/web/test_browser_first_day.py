"""The pages of the first day, in each of their states, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection as database
from django_scopes import scopes_disabled
from pytest_django.live_server_helper import LiveServer
from tests.builders import a_contact, a_list, an_association
from tests.connections.twin import Twin
from tests.web.browsing import DESK, PHONE, Visitor, a_browser, visiting
from tests.web.people import a_person
from tests.web.touring import connect, work

from rollkeeper.connections.models import Connection
from rollkeeper.directory.models import Association
from rollkeeper.engine import uploads
from rollkeeper.jobs import tasks

pytestmark = pytest.mark.slow

PEOPLE = (
    "Rep ID,First,E-mail,Active\n1,Zoë,zoe@x.example,yes\n2,Al,@,yes\n3,Bo,,perhaps\n"
)


@pytest.fixture
def chamber(transactional_db: None) -> Association:
    return an_association(name="Harbor Chamber")


@pytest.fixture(params=[DESK, PHONE])
def visitor(
    request: pytest.FixtureRequest,
    chamber: Association,
    live_server: LiveServer,
    twin: Twin,
) -> Iterator[Visitor]:
    person = a_person(chamber)
    with (
        a_browser() as browser,
        visiting(browser, live_server.url, width=request.param) as visitor,
    ):
        visitor.sign_in(person)
        yield visitor


def bring_in() -> None:
    """Do what a worker would for the imports that wait."""
    for import_id in uploads.waiting():
        tasks.bring_in(import_id=import_id)


def is_sound(visitor: Visitor) -> None:
    assert visitor.findings() == []
    assert visitor.overflow() == 0
    assert visitor.complaints == []


def a_worker_lives() -> None:
    with database.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def test_the_way_of_an_import_is_sound_at_each_step(
    visitor: Visitor, tmp_path: Path
) -> None:
    page, file = visitor.page, tmp_path / "people.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    visitor.open("/settings/import/")
    is_sound(visitor)
    page.set_input_files("#id_files", file)
    page.click("text=Send, then look")
    page.wait_for_selector("text=no worker is running")
    is_sound(visitor)
    a_worker_lives()
    bring_in()
    page.wait_for_selector("text=What it holds")
    page.select_option("[name='0-table']", "members")
    page.wait_for_selector("text=Membership type")
    page.select_option("[name='0-table']", "contacts")
    page.wait_for_selector("text=Primary e-mail")
    is_sound(visitor)
    page.click("text=Show what it would do")
    bring_in()
    page.wait_for_selector("text=Tried out just now")
    is_sound(visitor)
    page.click("main form[action$='/go'] button")
    bring_in()
    page.wait_for_selector("text=What came of it")
    is_sound(visitor)


def test_the_way_to_the_first_sync_is_sound_at_each_step(
    visitor: Visitor, chamber: Association, twin: Twin
) -> None:
    page, ann = visitor.page, a_contact(chamber, address="ann@members.example")
    bob = a_contact(chamber, do_not_contact=True)
    a_list(chamber, ann, bob, name="News", sync=False)
    twin.control("hand_add", address="old@there.example", lists=["News"])
    a_worker_lives()
    connect(visitor)
    page.click("text=Begin the first sync")
    is_sound(visitor)
    page.get_by_label("News").check()
    page.click("text=Save, then look at the account")
    page.wait_for_selector("#first-progress")
    is_sound(visitor)
    with scopes_disabled():
        pk = Connection.objects.get().pk
    tasks.look(connection_id=pk, by="x")
    page.wait_for_selector("text=This name is there already")
    is_sound(visitor)
    page.click("text=Use it")
    page.click("text=Look at what it would do")
    page.wait_for_selector("text=Start the first sync")
    is_sound(visitor)
    page.click("text=Start the first sync")
    page.wait_for_selector("text=It begins in a moment")
    work()
    page.wait_for_selector("text=Your lists now")
    is_sound(visitor)
