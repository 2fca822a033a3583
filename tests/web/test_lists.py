from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.builders import a_connection, a_contact, a_first_sync, a_list, on_list

from rollkeeper.connections.models import Connection
from rollkeeper.core.views import Permission
from rollkeeper.directory.models import AUTOMATIC, Association, Contact, ContactList
from rollkeeper.ledger.models import Audience, RemoteContact, RemoteMembership
from rollkeeper.web import finding


def shown(client: Client, name: str, *numbers: int, **query: str) -> str:
    answer = client.get(reverse(name, args=numbers), query)
    assert answer.status_code == 200
    return answer.content.decode()


def switched_on(chamber: Association) -> set[str]:
    with scope(association=chamber):
        rows = ContactList.objects.filter(sync=True).exclude(kind__in=AUTOMATIC)
        return set(rows.values_list("name", flat=True))


def an_audience(connection: Connection, of: ContactList) -> Audience:
    made: Audience = Audience.objects.create(
        association=connection.association,
        connection=connection,
        list_id=of.pk,
        name=of.name,
        provider_list_id=f"there-{of.pk}",
        leaving="remove",
        none_left="disable",
        new_address="update",
        strangers="keep",
    )
    return made


def there(audience: Audience, mailbox: str, *, ours: bool = True) -> None:
    contact, _ = RemoteContact.objects.get_or_create(
        association=audience.association,
        connection=audience.connection,
        mailbox=mailbox,
        defaults={"permission": Permission.MAILABLE, "seen_at": "2026-03-04T00:00Z"},
    )
    RemoteMembership.objects.create(
        association=audience.association,
        audience=audience,
        contact=contact,
        there=True,
        ours=ours,
    )


def test_an_empty_chamber_says_where_lists_come_from(admin: Client) -> None:
    for name in ("lists", "list_sync"):
        assert "There are no lists yet" in shown(admin, name)


def test_home_shows_every_list_with_how_many_are_on_it(
    admin: Client, chamber: Association
) -> None:
    a_list(chamber, a_contact(chamber), a_contact(chamber), name="Weekly", sync=True)
    a_list(chamber, name="Board", kind="committee", sync=False)

    page = shown(admin, "lists")

    assert page.index("Board") < page.index("Weekly")
    assert "Committee" in page
    assert "Made with the next sync" in page
    assert "Not sent" in page


def test_the_sync_tab_first_shows_only_lists_that_are_on(  # S15
    admin: Client, chamber: Association
) -> None:
    a_list(chamber, name="Weekly", sync=True)
    a_list(chamber, name="Board", sync=False)

    first, everything = shown(admin, "list_sync"), shown(admin, "list_sync", all="1")

    assert "Weekly" in first
    assert "Board" not in first
    assert "Weekly" in everything
    assert "Board" in everything


def test_several_lists_are_switched_on_and_off_in_one_save(  # S16
    admin: Client, chamber: Association
) -> None:
    off = [a_list(chamber, name=name, sync=True) for name in ("One", "Two")]
    on = [a_list(chamber, name=name, sync=False) for name in ("Three", "Four")]
    form = {"shown": [row.pk for row in off + on], "sync": [row.pk for row in on]}

    page = admin.post(reverse("list_sync"), form, follow=True).content.decode()

    assert switched_on(chamber) == {"Three", "Four"}
    assert "2 lists switched on and 2 lists switched off" in page


def test_a_list_that_was_not_shown_keeps_its_switch(
    admin: Client, chamber: Association
) -> None:
    seen = a_list(chamber, name="Seen", sync=True)
    a_list(chamber, name="Unseen", sync=True)

    admin.post(reverse("list_sync"), {"shown": [seen.pk]})

    assert switched_on(chamber) == {"Unseen"}


def test_all_lists_shown_can_be_switched_on_at_once(
    admin: Client, chamber: Association
) -> None:
    rows = [a_list(chamber, name=name, sync=False) for name in ("One", "Two")]
    form = {"shown": [row.pk for row in rows], "everything": "on"}

    admin.post(reverse("list_sync"), form)

    assert switched_on(chamber) == {"One", "Two"}


def test_nonsense_instead_of_lists_is_not_found(
    admin: Client, chamber: Association
) -> None:
    assert admin.post(reverse("list_sync"), {"shown": "x"}).status_code == 404


def test_a_lists_own_page_and_the_sync_tab_show_the_same_switch(  # S14
    admin: Client, chamber: Association
) -> None:
    row = a_list(chamber, name="Weekly", sync=False)
    assert 'aria-checked="false"' in shown(admin, "list", row.pk)

    admin.post(reverse("list_switch", args=[row.pk]), {"value": "yes"})
    assert 'aria-checked="true"' in shown(admin, "list", row.pk)
    assert "Weekly" in shown(admin, "list_sync")

    admin.post(reverse("list_sync"), {"shown": [row.pk]})
    assert 'aria-checked="false"' in shown(admin, "list", row.pk)


def test_sync_now_asks_for_this_list_once(admin: Client, chamber: Association) -> None:
    connection = a_connection(chamber)
    a_first_sync(connection)
    row = a_list(chamber, sync=True)

    for _ in range(2):
        admin.post(reverse("list_sync_now", args=[row.pk]))

    (job,) = ProcrastinateJob.objects.all()
    assert job.args["connection_id"] == connection.pk
    assert job.args["by"].startswith("staff:person")


@pytest.mark.parametrize(("connected", "sync"), [(False, True), (True, False)])
def test_sync_now_without_connection_or_switch_says_what_to_do(
    admin: Client, chamber: Association, connected: bool, sync: bool
) -> None:
    if connected:
        a_connection(chamber)
    row = a_list(chamber, sync=sync)

    answer = admin.post(reverse("list_sync_now", args=[row.pk]), follow=True)

    assert "Connect Constant Contact and switch the list on" in answer.content.decode()
    assert not ProcrastinateJob.objects.exists()


@pytest.fixture
def weekly(chamber: Association) -> tuple[ContactList, dict[str, Contact]]:
    """A list with one of each: mailed, disabled, sharing; one leaving; a stranger."""
    people = {
        "mailed": a_contact(chamber, last_name="Mailed", address="m@x.example"),
        "sharing": a_contact(chamber, last_name="Sharing", address="m@x.example"),
        "disabled": a_contact(chamber, last_name="Paused", address="d@x.example"),
    }
    row = a_list(chamber, people["mailed"], people["sharing"], name="Weekly")
    on_list(people["disabled"], row, status="disabled")
    with scope(association=chamber):
        audience = an_audience(a_connection(chamber), row)
        there(audience, "m@x.example")
        there(audience, "leaving@x.example")
        there(audience, "stranger@x.example", ours=False)
    return row, people


def test_the_sum_of_a_list_adds_up(admin: Client, weekly: Any) -> None:
    row, _ = weekly

    context = admin.get(reverse("list", args=[row.pk])).context["sum"]

    assert (context.members, context.there, context.strangers) == (3, 2, 1)
    assert [(one.why, one.number) for one in context.not_there] == [
        ("sharing the address of another on the list", 1),
        ("disabled in the list", 1),
    ]
    assert [(one.why, one.number) for one in context.still_there] == [
        ("on their way", 1)
    ]


def test_who_is_not_there_can_be_picked_out_and_is_explained(
    admin: Client, weekly: Any
) -> None:
    row, _ = weekly

    page = shown(admin, "list", row.pk, missing="1")

    assert "Paused" in page
    assert "Is disabled in the list." in page
    assert "Mailed" not in page


@pytest.mark.parametrize("many", [finding.MANY, 10])
def test_a_list_is_turned_page_by_page_to_its_end_and_back(
    admin: Client,
    chamber: Association,
    monkeypatch: pytest.MonkeyPatch,
    many: int,
) -> None:
    monkeypatch.setattr(finding, "MANY", many)
    people = [a_contact(chamber, last_name=f"Lark{one:02}") for one in range(60)]
    row = a_list(chamber, *people)
    a_contact(chamber, last_name="Elsewhere")

    first = admin.get(reverse("list", args=[row.pk])).context["page"]
    after = reverse("list", args=[row.pk]) + first.next
    second = admin.get(after).context["page"]
    last = admin.get(reverse("list", args=[row.pk]) + first.last).context
    back = admin.get(reverse("list", args=[row.pk]) + second.previous).context["page"]

    assert [*first.rows, *second.rows] == people[:50]
    assert last["page"].rows == people[35:]
    assert back.rows == first.rows
    assert last["members"] == 60


def test_a_list_is_sorted_by_company_from_either_end(
    admin: Client, chamber: Association
) -> None:
    row = a_list(
        chamber,
        a_contact(chamber, last_name="Ash", company="Zoo"),
        a_contact(chamber, last_name="Zorn", company="Arc"),
    )

    page = shown(admin, "list", row.pk, sort="company")
    other = shown(admin, "list", row.pk, sort="-company")

    assert page.index("Zorn") < page.index("Ash")
    assert other.index("Ash") < other.index("Zorn")


def test_a_list_says_how_big_it_is_over_there_and_its_name_if_it_has_another(
    admin: Client, weekly: Any
) -> None:
    row, _ = weekly
    page = shown(admin, "lists")
    assert "2 addresses" in page
    assert "Weekly: 2 addresses" not in page

    with scope(association=row.association):
        ContactList.objects.filter(pk=row.pk).update(name="News")

    assert "Weekly: 2 addresses" in shown(admin, "lists")


def test_a_list_switched_off_is_left_as_it_is_over_there(
    admin: Client, weekly: Any
) -> None:
    row, _ = weekly

    admin.post(reverse("list_switch", args=[row.pk]), {"value": "no"})

    assert "Left as it is there" in shown(admin, "lists")


def test_a_contact_who_left_but_is_still_there_is_told_so(
    admin: Client, chamber: Association
) -> None:
    ann = a_contact(chamber, address="ann@x.example")
    row = a_list(chamber, name="Weekly")
    with scope(association=chamber):
        there(an_audience(a_connection(chamber), row), "ann@x.example")

    page = shown(admin, "contact", ann.pk)

    assert "Not on it here" in page
    assert "the address is still on the list at Constant Contact" in page


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", ["board", "Événements", "Young"]),
        ("-name", ["Young", "Événements", "board"]),
    ],
)
def test_lists_stand_in_the_order_that_people_look_for_them_in(
    admin: Client, chamber: Association, sort: str, names: list[str]
) -> None:
    for name in ("Young", "Événements", "board"):
        a_list(chamber, name=name)
    page = shown(admin, "lists", sort=sort)
    assert sorted(names, key=page.index) == names
