"""The Sync tab with many lists, Sync Now, and lists that were there already."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings as DjangoSettings
from tests.builders import (
    a_connection,
    a_contact,
    a_first_sync,
    a_list,
    a_type,
    the_list_of,
)
from tests.web.test_integration import a_run
from tests.web.test_lists import an_audience, shown, switched_on, there

from rollkeeper.connections.models import Connection
from rollkeeper.directory.models import Association, ContactList, Mark
from rollkeeper.engine.coordinator import sole_coordinator
from rollkeeper.ledger.models import (
    Audience,
    NewsletterSettings,
    Operation,
    Outcome,
    OutcomeKind,
    RemoteContact,
    RunKind,
    RunState,
)
from rollkeeper.web.views import synching

HTMX = {"HX-Request": "true"}


@pytest.fixture
def connection(chamber: Association) -> Connection:
    return a_connection(chamber, compared_at=timezone.now())


@pytest.fixture
def begun(connection: Connection) -> None:
    """The first sync was started, and is over."""
    a_first_sync(connection)


def settle(chamber: Association, **fields: Any) -> None:
    with scope(association=chamber):
        NewsletterSettings.objects.update_or_create(
            association=chamber, defaults=fields
        )


def tab(client: Client, **query: Any) -> str:
    return shown(client, "list_sync", **query)


def names(page: str) -> list[str]:
    return re.findall(r'aria-label="Synchronize ([^"]+)"', page)


def ticked(page: str) -> list[str]:
    return re.findall(r'aria-label="Synchronize ([^"]+)"[^>]* checked', page)


def test_clearing_the_filter_needs_no_script(  # S15
    admin: Client, chamber: Association
) -> None:
    a_list(chamber, name="Weekly", sync=True)
    a_list(chamber, name="Board", sync=False)

    assert names(tab(admin)) == ["Weekly"]
    assert names(tab(admin, all="1")) == ["Board", "Weekly"]
    assert names(tab(admin, all="1", only="1")) == ["Weekly"]
    assert "<noscript><button" in tab(admin)


def test_automatic_lists_are_among_them_when_their_set_is_on(  # S10, S11
    admin: Client, chamber: Association
) -> None:
    a_list(chamber, name="Weekly")
    gold = a_type(chamber, name="Gold")
    assert names(tab(admin)) == ["Weekly"]

    settle(chamber, representatives=True, membership_types=True)

    page = tab(admin)
    assert set(names(page)) == {"Weekly", "Gold", str(the_list_of(chamber))}
    assert "Membership type, live" in page
    admin.post(reverse("list_sync"), {"shown": [the_list_of(gold).pk]})
    assert "Gold" not in names(tab(admin))


def test_a_box_whose_set_is_off_says_that_it_means_nothing(  # S12
    admin: Client, chamber: Association, connection: Connection
) -> None:
    row = a_list(chamber, name="Weekly")
    settle(chamber, lists=False)

    page = tab(admin)

    assert ticked(page) == ["Weekly"]
    assert "No effect: “Lists, committees and groups” is off." in page
    assert reverse("newsletter") in page
    assert "Sync Now" not in page
    assert "No effect" in shown(admin, "list", row.pk)
    admin.post(reverse("list_sync_now", args=[row.pk]))
    assert not ProcrastinateJob.objects.exists()


def test_ticks_that_are_not_saved_outlive_the_filter_and_the_page(
    admin: Client, chamber: Association, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synching, "ROWS", 2)
    a, b, c, d = (a_list(chamber, name=one, sync=one == "B") for one in "ABCD")

    query = f"all=1&page=2&shown={a.pk}&shown={b.pk}&sync={a.pk}"
    turned = admin.get(f"{reverse('list_sync')}?{query}", headers=HTMX)

    page = turned.content.decode()
    assert names(page) == ["C", "D"]
    assert "1 list ticked and 1 list cleared on other pages" in page
    assert f'name="elsewhere_on" value="{a.pk}"' in page
    assert turned.headers["HX-Push-Url"] == "/lists/synch/?all=1&page=2"
    admin.post(
        reverse("list_sync"),
        {
            "shown": [c.pk, d.pk],
            "sync": [d.pk],
            "elsewhere_on": [a.pk],
            "elsewhere_off": [b.pk],
        },
    )
    assert switched_on(chamber) == {"A", "D"}


def test_a_page_back_shows_the_ticks_as_they_were_left(
    admin: Client, chamber: Association, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synching, "ROWS", 2)
    a, b, c, d = (a_list(chamber, name=one, sync=one == "B") for one in "ABCD")

    page = tab(
        admin,
        all=1,
        shown=[c.pk, d.pk],
        sync=[d.pk],
        elsewhere_on=[a.pk],
        elsewhere_off=[b.pk],
    )

    assert ticked(page) == ["A"]
    assert f'name="elsewhere_on" value="{d.pk}"' in page
    assert f'value="{c.pk}"' not in page


def test_saving_stays_where_one_was(admin: Client, chamber: Association) -> None:
    row = a_list(chamber, sync=False)

    answer = admin.post(reverse("list_sync") + "?all=1", {"shown": [row.pk]})

    assert answer.headers["Location"] == "/lists/synch/?all=1"


def test_each_row_says_when_it_follows_what_is_there_and_what_waits(
    admin: Client, chamber: Association, connection: Connection
) -> None:
    row = a_list(chamber, a_contact(chamber, address="a@x.example"), name="Weekly")
    with scope(association=chamber):
        audience = an_audience(connection, row)
        there(audience, "a@x.example")
        there(audience, "stranger@x.example", ours=False)
        Audience.objects.update(when="nightly", compared_at=timezone.now())
        Operation.objects.create(
            association=chamber,
            connection=connection,
            run=a_run(connection),
            op_id="00000000-0000-0000-0000-000000000001",
            kind="import",
            state="accepted",
            lists=[audience.provider_list_id],
            rows=7,
            payload_hash="x",
        )

    page = tab(admin)

    assert "List, nightly, between 1:00 AM and 4:00 AM (America/Chicago)" in page
    assert 'data-label="There:">2<' in page
    assert 'data-label="True as of:">just now' in page
    assert "7 on their way" in page


def test_a_nightly_list_is_not_called_true_because_a_live_one_is(
    admin: Client, chamber: Association, connection: Connection
) -> None:
    row = a_list(chamber, name="Weekly")
    a_run(connection)
    with scope(association=chamber):
        an_audience(connection, row)
        assert "just now" in tab(admin)
        Audience.objects.update(when="nightly")

    assert "Not compared yet" in tab(admin)


@pytest.fixture
def weekly(
    chamber: Association, connection: Connection, settings: DjangoSettings
) -> ContactList:
    """A list with one who is there, and one there who left it here."""
    row = a_list(chamber, a_contact(chamber, address="a@x.example"), name="Weekly")
    with scope(association=chamber):
        audience = an_audience(connection, row)
        there(audience, "a@x.example")
        there(audience, "gone@x.example")
        Audience.objects.update(filled_at=timezone.now())
        known_by_us()
    return row


def known_by_us() -> None:
    """Have all who are there be there because of us, as runs would have left them."""
    RemoteContact.objects.update(provider_id=F("mailbox"), agreed_person={})


def press(client: Client, row: ContactList, **form: str) -> Any:
    return client.post(reverse("list_sync_now", args=[row.pk]), form, follow=True)


def looked(answer: Any) -> str:
    (found,) = re.findall(r'name="looked" value="([^"]+)"', answer.content.decode())
    return str(found)


def test_whom_sync_now_would_take_off_is_shown_before_it_begins(  # S39
    admin: Client, weekly: ContactList, begun: None
) -> None:
    first = press(admin, weekly)

    assert "Somebody would be taken off, so look first" in first.content.decode()
    assert "gone@x.example" in first.content.decode()
    assert not ProcrastinateJob.objects.exists()
    then = press(admin, weekly, looked=looked(first))
    assert "In line, and begins in a moment" in then.content.decode()
    assert ProcrastinateJob.objects.count() == 1


def test_what_changed_since_somebody_looked_is_shown_again(
    admin: Client, weekly: ContactList, chamber: Association, begun: None
) -> None:
    first = looked(press(admin, weekly))
    with scope(association=chamber):
        there(Audience.objects.get(), "another@x.example")
        known_by_us()

    again = press(admin, weekly, looked=first)

    assert "It has changed since you looked" in again.content.decode()
    assert not ProcrastinateJob.objects.exists()


def test_before_the_first_sync_sync_now_leads_to_it_and_sends_nothing(
    admin: Client, chamber: Association, connection: Connection
) -> None:
    row = a_list(chamber)

    answer = press(admin, row)

    assert "goes with the first sync" in answer.content.decode()
    assert answer.redirect_chain[-1][0] == reverse("first_sync")
    assert not ProcrastinateJob.objects.exists()
    with scope(association=chamber):
        assert not Mark.objects.exists()


@pytest.mark.parametrize("page", ["list", "list_sync"])
def test_before_the_first_sync_pages_offer_that_and_not_sync_now(
    admin: Client, chamber: Association, connection: Connection, page: str
) -> None:
    row = a_list(chamber)
    found = shown(admin, page, *([row.pk] if page == "list" else []))

    assert "Go on with the first sync" in found
    assert "Sync Now" not in found


def test_sync_now_pressed_twice_is_once(  # S39
    admin: Client, chamber: Association, connection: Connection, begun: None
) -> None:
    row = a_list(chamber)
    for _ in range(2):
        page = press(admin, row).content.decode()
        assert "In line, and begins in a moment" in page

    assert ProcrastinateJob.objects.count() == 1
    with scope(association=chamber):
        assert Mark.objects.filter(list_id=row.pk).count() == 1


def part(client: Client, row: ContactList, after: int = 1) -> str:
    answer = client.get(reverse("list_now", args=[row.pk]), {"after": after})
    assert answer.status_code == 200
    return answer.content.decode()


def test_while_it_runs_it_says_how_far_it_is_and_asks_again(  # S39
    admin: Client, chamber: Association, connection: Connection, begun: None
) -> None:
    row = a_list(chamber)
    press(admin, row)
    a_run(connection, state=RunState.RUNNING, finished_at=None, planned=1200, done=44)

    with sole_coordinator(connection.pk):
        page = part(admin, row)

    assert "44 of 1,200 changes made" in page
    assert 'hx-trigger="every 2s"' in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("accepted", "Constant Contact has taken them and works on it"),
        ("unknown", "no answer came back"),
    ],
)
def test_the_providers_job_is_told_in_words(  # S39
    admin: Client, weekly: ContactList, connection: Connection, state: str, words: str
) -> None:
    with scope(association=connection.association):
        Operation.objects.create(
            association=connection.association,
            connection=connection,
            run=a_run(connection),
            op_id="00000000-0000-0000-0000-000000000001",
            kind="import",
            state=state,
            lists=[f"there-{weekly.pk}"],
            rows=5000,
            payload_hash="x",
            sent_at=timezone.now(),
        )

    page = part(admin, weekly)

    assert f"5,000 people, sent just now: {words}" in page
    assert 'hx-trigger="every 2s"' in page


def test_when_it_is_done_it_says_what_it_did_and_who_was_refused_and_why(  # S39
    admin: Client, weekly: ContactList, connection: Connection
) -> None:
    run = a_run(connection, kind=RunKind.AUDIENCE, counts={"add": 3})
    with scope(association=connection.association):
        for mailbox in ("a@x.example", "not.on.it@x.example"):
            Outcome.objects.create(
                association=connection.association,
                connection=connection,
                mailbox=mailbox,
                kind=OutcomeKind.REFUSED,
                message="The address is on a list of roles.",
            )

    page = part(admin, weekly, after=run.pk)

    assert "Finished just now" in page
    assert "3 added." in page
    assert "1 address was refused" in page
    assert "The address is on a list of roles." in page
    assert "not.on.it" not in page
    assert "hx-trigger" not in page


def test_a_run_that_failed_is_not_called_finished(
    admin: Client, weekly: ContactList, connection: Connection
) -> None:
    run = a_run(connection, state=RunState.FAILED, message="An error of ours.")

    page = part(admin, weekly, after=run.pk)

    assert "Failed" in page
    assert "An error of ours." in page
    assert "Finished" not in page


@pytest.fixture
def namesake(weekly: ContactList, chamber: Association) -> ContactList:
    """Weekly waits: the provider has a list of that name, with 40 people on it."""
    with scope(association=chamber):
        Audience.objects.update(
            provider_list_id=None,
            namesake_id="theirs",
            namesake_members=40,
            namesake="ask",
        )
    return weekly


@pytest.mark.parametrize("page", ["holds", "list"])
def test_a_list_of_that_name_is_asked_about_where_staff_look(  # S38
    admin: Client, namesake: ContactList, page: str
) -> None:
    numbers = [namesake.pk] if page == "list" else []

    text = shown(admin, page, *numbers)

    assert "A list of this name is there already" in text
    assert "with 40 people on it" in text
    for words in ("Use it", "Whoever is on it stays", "Make a new one", "Weekly (2)"):
        assert words in text


@pytest.mark.parametrize("choice", ["adopt", "new"])
def test_an_administrator_chooses_and_the_list_is_filled(
    admin: Client,
    namesake: ContactList,
    chamber: Association,
    begun: None,
    choice: str,
) -> None:
    answer = admin.post(
        reverse("list_namesake", args=[namesake.pk]), {"choice": choice}, follow=True
    )

    assert "is filled in a moment" in answer.content.decode()
    with scope(association=chamber):
        assert Audience.objects.get().namesake_choice == choice
        assert Mark.objects.filter(list_id=namesake.pk).exists()


def test_what_is_chosen_before_the_first_sync_waits_for_that(
    admin: Client, namesake: ContactList, chamber: Association
) -> None:
    answer = admin.post(
        reverse("list_namesake", args=[namesake.pk]), {"choice": "adopt"}, follow=True
    )

    assert "The first sync fills it." in answer.content.decode()
    with scope(association=chamber):
        assert Audience.objects.get().namesake_choice == "adopt"
        assert not Mark.objects.exists()


def test_others_are_told_whom_to_ask_about_a_list_of_that_name(
    staff: Client, namesake: ContactList, chamber: Association
) -> None:
    assert "Only approvers and administrators may choose" in shown(staff, "holds")
    answer = staff.post(
        reverse("list_namesake", args=[namesake.pk]), {"choice": "adopt"}
    )

    assert answer.status_code == 403
    with scope(association=chamber):
        assert Audience.objects.get().namesake_choice == ""


def test_choosing_what_nobody_asked_is_refused_with_the_reason(
    admin: Client, weekly: ContactList
) -> None:
    address = reverse("list_namesake", args=[weekly.pk])

    assert admin.post(address, {"choice": "steal"}).status_code == 404
    answer = admin.post(address, {"choice": "adopt"}, follow=True)

    assert "waits for nothing" in answer.content.decode()
