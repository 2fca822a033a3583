"""Changing many contacts at once, with a look at what it will do; and undoing."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope
from tests.builders import (
    a_connection,
    a_contact,
    a_list,
    a_member,
    an_association,
    on_list,
)

from rollkeeper.audit.models import Entry
from rollkeeper.directory.models import Association, Contact, ListMembership

CHANGE = "/contacts/change"


def ticked(client: Client, *contacts: Contact) -> None:
    ids = [one.pk for one in contacts]
    answer = client.post(
        reverse("tick"), {"shown": ids, "ticked": ids, "then": "change"}
    )
    assert answer.headers["Location"] == f"{CHANGE}?of=ticked"


def plan(client: Client, **said: Any) -> str:
    answer = client.get(CHANGE, {"of": "ticked", **said})
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def save(client: Client, **said: Any) -> str:
    """Look at the plan, save what it shows, and return the page that comes then."""
    [seen] = re.findall(r'name="seen" value="([^"]*)"', plan(client, **said))
    form = {"of": "ticked", "seen": seen, **said}
    return client.post(CHANGE, form, follow=True).content.decode()


def places(association: Association) -> set[tuple[int, str, bool]]:
    with scope(association=association):
        rows = ListMembership.objects.values_list(
            "contact_id", "status", "no_mass_email"
        )
        return set(rows)


def test_those_ticked_are_put_on_a_list_after_a_look(
    admin: Client, chamber: Association
) -> None:
    before, *others = (a_contact(chamber) for _ in range(3))
    made = a_list(chamber, name="Dispatch")
    on_list(before, made, status="disabled")
    ticked(admin, before, *others)

    said = {"act": "put_on", "onto": str(made.pk)}
    page = plan(admin, **said)

    assert "<b>2 contacts</b> change. The others are so already." in page
    assert places(chamber) == {(before.pk, "disabled", False)}
    assert "2 contacts changed" in save(admin, **said)
    assert places(chamber) == {
        (before.pk, "disabled", False),
        *((one.pk, "active", False) for one in others),
    }
    with scope(association=chamber):
        entry = Entry.objects.get(action="many_put_on_list")
    assert entry.details["contacts"] == [one.pk for one in others]


def test_the_plan_says_whom_no_mail_will_reach(
    admin: Client, chamber: Association
) -> None:
    rows = [
        a_contact(chamber),
        a_contact(chamber, do_not_contact=True),
        a_contact(chamber, address=None),
    ]
    ticked(admin, *rows)

    page = plan(admin, act="put_on", onto=str(a_list(chamber).pk))

    assert "Do Not Contact: 1" in page
    assert "No valid address: 1" in page


def test_the_plan_says_what_a_sync_will_do_over_there(
    admin: Client, chamber: Association
) -> None:
    a_connection(chamber, compared_at=timezone.now())
    made = a_list(chamber, name="Dispatch")
    ticked(admin, *(a_contact(chamber) for _ in range(3)))

    page = plan(admin, act="put_on", onto=str(made.pk))

    assert re.search(r"<dd>3</dd>\s*<dt>to add</dt>", page)
    assert "request" in page
    assert places(chamber) == set()


def test_without_a_connection_the_plan_says_that_nothing_is_sent(
    admin: Client, chamber: Association
) -> None:
    ticked(admin, a_contact(chamber))

    assert "Constant Contact is not connected" in plan(admin, act="stop")


@pytest.mark.parametrize(
    ("act", "flag", "value"),
    [
        ("stop", "do_not_contact", True),
        ("clear", "do_not_contact", False),
        ("inactive", "active", False),
        ("active", "active", True),
    ],
)
def test_all_that_match_are_changed_and_nobody_else(
    admin: Client, chamber: Association, act: str, flag: str, value: bool
) -> None:
    before: Any = {flag: not value}
    lark = a_contact(chamber, last_name="Lark", **before)
    a_contact(chamber, last_name="Sand", **before)
    a_contact(an_association(), last_name="Lark", **before)

    save(admin, of="matching", q="lark", act=act)

    changed = Contact._base_manager.filter(**{flag: value})
    assert list(changed) == [lark]


def test_what_moved_since_the_look_is_not_saved(
    admin: Client, chamber: Association
) -> None:
    a_contact(chamber, last_name="Lark")
    said = {"of": "matching", "q": "lark", "act": "stop"}

    page = admin.post(CHANGE, {**said, "seen": "7 7"}).content.decode()

    assert "Nothing was saved" in page
    with scope(association=chamber):
        assert not Contact.objects.filter(do_not_contact=True).exists()


def test_a_list_must_be_chosen_and_be_ours(admin: Client, chamber: Association) -> None:
    ticked(admin, a_contact(chamber))
    foreign = a_list(an_association())

    for onto in ("", str(foreign.pk)):
        assert "Choose the list as well" in plan(admin, act="put_on", onto=onto)


def test_with_nobody_chosen_the_page_says_what_to_do(admin: Client) -> None:
    assert "Nobody is chosen" in plan(admin)


def test_who_was_taken_off_by_many_is_put_back_just_as_they_stood(
    admin: Client, chamber: Association
) -> None:
    made = a_list(chamber)
    rows = [a_contact(chamber) for _ in range(3)]
    on_list(rows[0], made)
    on_list(rows[1], made, status="disabled")
    on_list(rows[2], made, no_mass_email=True)
    before = places(chamber)
    ticked(admin, *rows)

    page = save(admin, act="take_off", onto=str(made.pk))
    taken = places(chamber)
    undone = admin.post(reverse("undo"), follow=True).content.decode()

    assert f'action="{reverse("undo")}"' in page
    assert taken == set()
    assert places(chamber) == before
    assert "3 contacts are on" in undone


def test_taking_one_off_a_list_is_undone_on_the_page_of_the_contact(
    admin: Client, chamber: Association
) -> None:
    contact, made = a_contact(chamber), a_list(chamber)
    on_list(contact, made, status="disabled", no_mass_email=True)

    page = admin.post(
        reverse("contact_take_off", args=[contact.pk, made.pk]), follow=True
    ).content.decode()
    answer = admin.post(reverse("undo"))

    assert ">Undo</button>" in page
    assert answer.headers["Location"] == reverse("contact", args=[contact.pk])
    assert places(chamber) == {(contact.pk, "disabled", True)}


def test_undoing_twice_or_too_late_changes_nothing(
    admin: Client, chamber: Association
) -> None:
    contact, made = a_contact(chamber), a_list(chamber)
    take_off = reverse("contact_take_off", args=[contact.pk, made.pk])
    on_list(contact, made)
    admin.post(take_off)

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        late = admin.post(reverse("undo"), follow=True).content.decode()

    assert "too late" in late
    assert "too late" in admin.post(reverse("undo"), follow=True).content.decode()
    assert places(chamber) == set()


def test_whoever_is_on_the_list_again_or_gone_is_left_as_they_are(
    admin: Client, chamber: Association
) -> None:
    made = a_list(chamber)
    again, gone = a_contact(chamber), a_contact(chamber)
    for one in (again, gone):
        on_list(one, made)
    ticked(admin, again, gone)
    save(admin, act="take_off", onto=str(made.pk))
    on_list(again, made, status="disabled")
    with scope(association=chamber):
        gone.delete()

    admin.post(reverse("undo"))

    assert places(chamber) == {(again.pk, "disabled", False)}


def test_a_list_that_is_gone_cannot_be_undone(
    admin: Client, chamber: Association
) -> None:
    contact, made = a_contact(chamber), a_list(chamber)
    on_list(contact, made)
    admin.post(reverse("contact_take_off", args=[contact.pk, made.pk]))
    with scope(association=chamber):
        made.delete()

    page = admin.post(reverse("undo"), follow=True).content.decode()

    assert "The list is gone" in page


def test_a_member_is_searched_for_chosen_and_set(
    admin: Client, chamber: Association
) -> None:
    boats, bakers = (
        a_member(chamber, name=f"Lake {one}") for one in ("Boats", "Bread")
    )
    speaks = a_contact(chamber, member=bakers, speaks_for_member=True)
    of_it, of_none = a_contact(chamber, member=boats), a_contact(chamber)
    ticked(admin, speaks, of_it, of_none)

    several = plan(admin, act="member", whose="lake")
    looked = plan(admin, act="member", whose="lake boa")
    save(admin, act="member", member=str(boats.pk))

    assert "Several members match" in several
    assert several.count('name="member"') == 2
    assert "Set member: Lake Boats" in looked
    assert "<b>2 contacts</b> change" in looked
    with scope(association=chamber):
        rows = Contact.objects.values_list("member_id", "speaks_for_member")
        assert set(rows) == {(boats.pk, False)}
        entry = Entry.objects.get(action="many_member_set")
    assert entry.subject == f"member:{boats.pk}"


def test_contacts_are_said_to_be_of_no_member(
    admin: Client, chamber: Association
) -> None:
    ticked(admin, a_contact(chamber, member=a_member(chamber)), a_contact(chamber))

    assert "1 contact changed" in save(admin, act="no_member")
    with scope(association=chamber):
        assert not Contact.objects.exclude(member=None).exists()


@pytest.mark.parametrize("whose", ["", "nobody like that"])
def test_without_a_member_the_page_says_what_to_type(
    admin: Client, chamber: Association, whose: str
) -> None:
    a_member(an_association(), name="Nobody like that")
    ticked(admin, a_contact(chamber))

    page = plan(admin, act="member", whose=whose)

    assert ("No member matches" if whose else "Type which member") in page


def test_the_plan_says_what_is_left_of_today(
    admin: Client, chamber: Association
) -> None:
    a_connection(chamber, compared_at=timezone.now())
    ticked(admin, a_contact(chamber))

    page = plan(admin, act="put_on", onto=str(a_list(chamber).pk))

    assert "requests are left for this account today" in page
