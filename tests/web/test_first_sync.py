"""The way to the first sync, beside a twin of the provider."""

from __future__ import annotations

import pytest
from django.test import Client
from django_scopes import scope
from tests.builders import a_contact, a_list, an_association, on_list
from tests.connections.twin import Twin
from tests.web.people import a_person, signed_in
from tests.web.touring import members, work

from rollkeeper.connections.models import Connection
from rollkeeper.directory.models import Association, ContactList, Role
from rollkeeper.jobs import tasks
from rollkeeper.ledger.models import Run, RunKind

pytestmark = pytest.mark.django_db(transaction=True)

HERE = "/settings/integrations/constant_contact/first"


@pytest.fixture
def chamber(transactional_db: None) -> Association:
    return an_association(name="Harbor Chamber")


@pytest.fixture
def connection(chamber: Association, admin: Client, twin: Twin) -> Connection:
    """The chamber has two lists, connects, and has asked for nothing yet."""
    ann = a_contact(chamber, address="ann@members.example")
    bob = a_contact(chamber, address="bob@members.example", do_not_contact=True)
    a_list(chamber, ann, bob, name="News", sync=False)
    a_list(chamber, ann, name="Board", sync=False)
    a_list(chamber, name="Empty", sync=False)
    connect = "/settings/integrations/constant_contact/connect"
    answer = admin.post(connect, headers={"HX-Request": "true"})
    back = twin.allow(answer.headers["HX-Redirect"])
    admin.get("/connections/constant_contact/callback", back)
    with scope(association=chamber):
        found: Connection = Connection.objects.get()
    return found


def ids(chamber: Association, *names: str) -> list[int]:
    with scope(association=chamber):
        rows = ContactList.objects.filter(name__in=names)
        return list(rows.values_list("pk", flat=True))


def tick(client: Client, chamber: Association, *names: str) -> str:
    """Tick these lists, and have a worker look at the account."""
    shown = ids(chamber, "News", "Board", "Empty")
    form = {"shown": shown, "sync": ids(chamber, *names)}
    answer = client.post(f"{HERE}/lists", form)
    with scope(association=chamber):
        pk = Connection.objects.get().pk
    tasks.look(connection_id=pk, by="x")
    return client.get(answer.headers["Location"]).content.decode()


def at(client: Client, step: str = "") -> str:
    address = f"{HERE}?step={step}" if step else HERE
    return client.get(address).content.decode()


def forecast(client: Client) -> tuple[str, str]:
    """Return the page, and what it calls what was looked at."""
    answer = client.get(f"{HERE}/forecast")
    return answer.content.decode(), answer.context["preview"].fingerprint


def test_it_begins_with_the_lists_and_says_who_has_nobody(
    admin: Client, connection: Connection
) -> None:
    page = at(admin)
    assert "Which lists are to be kept true?" in page
    assert page.count("Nobody is on it") == 1


def test_without_a_tick_it_goes_no_further(
    admin: Client, chamber: Association, connection: Connection
) -> None:
    page = admin.post(f"{HERE}/lists", {"shown": ids(chamber, "News")}, follow=True)
    assert "Tick at least one list." in page.content.decode()


def test_all_that_have_people_can_be_taken_at_once(
    admin: Client, chamber: Association, connection: Connection
) -> None:
    shown = ids(chamber, "News", "Board", "Empty")
    admin.post(f"{HERE}/lists", {"shown": shown, "everything": "on"})
    with scope(association=chamber):
        on = ContactList.objects.filter(sync=True, pk__in=shown)
        assert {one.name for one in on} == {"Board", "News"}


def test_looking_changes_nothing_over_there(
    admin: Client, chamber: Association, connection: Connection, twin: Twin
) -> None:
    page = tick(admin, chamber, "News", "Board")

    assert "no name is taken" in page
    assert not any(path.endswith("/sign_up_form") for path in twin.asked())
    with scope(association=chamber):
        assert [run.kind for run in Run.objects.all()] == [RunKind.LOOK]
        assert not Run.objects.exclude(writes=0).exists()


def test_the_forecast_says_who_is_carried_and_who_is_not_and_why(
    admin: Client, chamber: Association, connection: Connection
) -> None:
    tick(admin, chamber, "News", "Board")
    assert "Working out what the first sync would do" in at(admin)
    page, _ = forecast(admin)

    assert "1&nbsp;set to Do Not Contact" in page
    assert "requests are left for this account today" in page


def test_a_name_that_is_there_is_asked_about_and_nothing_is_sent_by_the_answer(
    admin: Client, chamber: Association, connection: Connection, twin: Twin
) -> None:
    twin.control("hand_add", address="old@there.example", lists=["News"])
    assert "that is not ours, with 1 person on it" in tick(admin, chamber, "News")
    assert "This name is there already" in at(admin, "look")
    (news,) = ids(chamber, "News")

    admin.post(f"{HERE}/names/{news}", {"choice": "adopt"})
    work()

    assert "the list that is there is used" in at(admin, "names")
    assert members(twin, "News") == ["old@there.example"]


def test_a_list_can_be_left_out_instead(
    admin: Client, chamber: Association, connection: Connection, twin: Twin
) -> None:
    twin.control("hand_add", address="old@there.example", lists=["News"])
    tick(admin, chamber, "News", "Board")
    (news,) = ids(chamber, "News")
    admin.post(f"{HERE}/names/{news}", {"choice": "leave"})

    page, _ = forecast(admin)
    assert "News" not in page


def test_it_ends_with_everything_true(
    admin: Client, chamber: Association, connection: Connection, twin: Twin
) -> None:
    twin.control("hand_add", address="old@there.example", lists=["News"])
    tick(admin, chamber, "News", "Board")
    (news,) = ids(chamber, "News")
    admin.post(f"{HERE}/names/{news}", {"choice": "new"})
    _, looked = forecast(admin)

    admin.post(f"{HERE}/go", {"looked": looked})
    assert "It begins in a moment" in at(admin)
    work()

    page = at(admin)
    assert "Everything is true" in page
    assert members(twin, "News (2)") == ["ann@members.example"]
    assert members(twin, "Board") == ["ann@members.example"]


def test_what_has_changed_since_is_shown_before_it_starts(
    admin: Client, chamber: Association, connection: Connection
) -> None:
    tick(admin, chamber, "Board")
    _, looked = forecast(admin)
    (board,) = ids(chamber, "Board")
    with scope(association=chamber):
        on_list(a_contact(chamber), ContactList.objects.get(pk=board))
    page = admin.post(f"{HERE}/go", {"looked": looked}, follow=True).content.decode()

    assert "Something has changed since you looked" in page


def test_once_it_has_begun_nobody_goes_back(
    admin: Client, chamber: Association, connection: Connection
) -> None:
    tick(admin, chamber, "Board")
    _, looked = forecast(admin)
    admin.post(f"{HERE}/go", {"looked": looked})

    assert "It begins in a moment" in at(admin, "lists")
    assert admin.post(f"{HERE}/look").status_code == 404


def test_whoever_may_not_start_it_sees_whom_to_ask(
    chamber: Association, connection: Connection
) -> None:
    operator = signed_in(a_person(chamber, role=Role.OPERATOR))

    assert "may start the first sync" in at(operator)
    assert operator.post(f"{HERE}/lists").status_code == 403
    assert operator.post(f"{HERE}/go").status_code == 403


def test_without_a_connection_it_says_to_connect(admin: Client) -> None:
    assert "Connect Constant Contact first" in at(admin)
