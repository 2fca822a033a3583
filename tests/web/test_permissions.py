"""Every address, for each role and for nobody: as the table says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

import pytest
from django.db import transaction
from django.http.response import HttpResponseBase
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
from tests.web.addresses import Address, every_address
from tests.web.holding import Desk
from tests.web.people import a_person, signed_in

from rollkeeper.connections.models import ConnectionState
from rollkeeper.directory.models import Association, Import, Invitation, Role, Staff
from rollkeeper.notices.models import Message
from rollkeeper.web.permissions import DOORS, MAY, Door, Permission

pytestmark = pytest.mark.slow

EVERY: Final = every_address()
OURS: Final = [one for one in EVERY if one.needs]
WITH_ROWS: Final = [
    one for one in OURS if any(name.endswith("_id") for name in one.wants)
]
DOORWAYS: Final = [one for one in EVERY if one.door]
METHODS: Final = ("get", "post")


def rows_of(association: Association) -> Mapping[str, Any]:
    """Return ids of rows of the association, one of each kind that a page is about."""
    contact, made = a_contact(association), a_list(association, sync=True)
    on_list(contact, made)
    closed = a_connection(association, state=ConnectionState.RECONNECT_NEEDED)
    desk = Desk(closed)
    audience = desk.audience(made)
    hold = desk.hold(audience, ["ann@x.example"])
    with scope(association=association):
        clerk = Staff.objects.create(
            association=association, user=a_person(), role=Role.VIEWER
        )
        invitation = Invitation.objects.create(
            association=association, address="new@x.example", role=Role.VIEWER, by="t"
        )
        files = Import.objects.create(association=association, by="test")
        message = Message.objects.create(
            association=association,
            number=uuid4(),
            digest_on=timezone.localdate(),
            state="sent",
            made_at=timezone.now(),
        )
    return {
        "contact_id": contact.pk,
        "list_id": made.pk,
        "member_id": a_member(association).pk,
        "hold_id": hold.pk,
        "run_id": desk.place().run.pk,
        "audience_id": audience.pk,
        "message_id": message.pk,
        "import_id": files.pk,
        "staff_id": clerk.pk,
        "invitation_id": invitation.pk,
        "term": "none-of-ours",
        "token": "none-of-ours",
        "key": "none-of-ours",
        "uidb36": "1",
    }


@pytest.fixture
def rows(chamber: Association) -> Mapping[str, Any]:
    return rows_of(chamber)


@pytest.fixture
def foreign(db: None) -> Mapping[str, Any]:
    return rows_of(an_association())


def asked(client: Client, method: str, path: str) -> HttpResponseBase:
    """Ask, and take back whatever it did."""
    point = transaction.savepoint()
    answer: HttpResponseBase = getattr(client, method)(path)
    transaction.savepoint_rollback(point)
    for close in getattr(answer, "_resource_closers", ()):  # the files it would send
        close()
    return answer


def to_sign_in(answer: HttpResponseBase) -> bool:
    return answer.headers.get("Location", "").startswith("/accounts/login/?next=")


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
def test_every_address_says_who_may_come(one: Address) -> None:
    assert (one.needs is None) != (one.door is None), (
        f"give the view of {one.name} a permission: @may(Permission.…)"
    )


def test_the_table_names_no_door_that_is_gone() -> None:
    assert set(DOORS) <= {one.name for one in EVERY}


def answers(
    client: Client, rows: Mapping[str, Any], of: Sequence[Address]
) -> Iterator[tuple[Address, str, HttpResponseBase]]:
    """Yield what each address answers to each method, but "not by this method"."""
    for one in of:
        for method in METHODS:
            answer = asked(client, method, one.path(rows))
            if answer.status_code != 405:
                yield one, method, answer


@pytest.mark.parametrize("role", Role)
def test_a_role_is_let_in_or_refused_as_the_table_says(
    chamber: Association, rows: Mapping[str, Any], role: Role
) -> None:
    client = signed_in(a_person(chamber, role=role))
    wrong = [
        (one.name, method, answer.status_code)
        for one, method, answer in answers(client, rows, OURS)
        if one.needs
        and (answer.status_code == 403) == (one.needs.of(method.upper()) in MAY[role])
    ]
    assert wrong == []


def test_nobody_is_let_in_without_signing_in(rows: Mapping[str, Any]) -> None:
    found = list(answers(Client(), rows, OURS))
    assert len(found) == len(OURS) * len(METHODS)
    assert [one.name for one, _, answer in found if not to_sign_in(answer)] == []


def test_a_door_is_open_to_whom_the_table_says(rows: Mapping[str, Any]) -> None:
    for one, method, answer in answers(Client(), rows, DOORWAYS):
        assert to_sign_in(answer) == (one.door is Door.SIGNED_IN), (one.name, method)


@pytest.mark.parametrize("role", Role)
def test_signing_in_and_ones_own_account_are_for_every_role(
    chamber: Association, rows: Mapping[str, Any], role: Role
) -> None:
    client = signed_in(a_person(chamber, role=role))
    for one, method, answer in answers(client, rows, DOORWAYS):
        assert answer.status_code not in (403, 500), (one.name, method)


def test_rows_of_another_association_are_not_there(
    admin: Client, foreign: Mapping[str, Any]
) -> None:
    found = list(answers(admin, foreign, WITH_ROWS))
    assert {one.name for one, _, _ in found} == {one.name for one in WITH_ROWS}
    assert [one.name for one, _, answer in found if answer.status_code != 404] == []


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_all_that_those_before_it_may(role: Role) -> None:
    before = list(Role)[: list(Role).index(role)]
    assert all(MAY[one] < MAY[role] for one in before)


def test_who_is_refused_is_told_who_may_and_whom_to_ask(
    chamber: Association, admin: Client
) -> None:
    answer = signed_in(a_person(chamber, role=Role.VIEWER)).post(reverse("sync"))

    page = answer.content.decode()
    assert "Only operators, approvers and administrators may synchronize" in page
    assert "Ask person" in page


def test_nobody_is_asked_for_who_is_not_there(chamber: Association) -> None:
    answer = signed_in(a_person(chamber, role=Role.OPERATOR)).get(reverse("audit"))

    assert "Ask whoever runs Rollkeeper" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "button"),
    [
        ("contact", "Take off this list"),
        ("contact", "Delete this contact"),
        ("contacts", "Export everybody"),
        ("list", "Export"),
        ("hold", "Approve</button>"),
    ],
)
def test_a_viewer_sees_the_page_without_what_they_may_not_press(
    chamber: Association, admin: Client, rows: Mapping[str, Any], name: str, button: str
) -> None:
    (one,) = (one for one in EVERY if one.name == name)
    viewer = signed_in(a_person(chamber, role=Role.VIEWER))

    assert button in admin.get(one.path(rows)).content.decode()
    assert button not in viewer.get(one.path(rows)).content.decode()


def test_every_permission_is_needed_somewhere() -> None:
    needed = {use for one in OURS if one.needs for use in one.needs.both}
    assert needed == set(Permission)
