"""Who works here: roles, invitations, and taking somebody off the staff."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from pytest_django import Settings
from tests.builders import an_association
from tests.web.people import PASSWORD, a_person, gave_the_password, signed_in

from rollkeeper.audit.models import Entry
from rollkeeper.directory.invitations import link_of
from rollkeeper.directory.models import Association, Invitation, Role, Staff

ADDRESS = "new@chamber.example"


@pytest.fixture
def pat(chamber: Association) -> User:
    """The only administrator."""
    return a_person(chamber)


@pytest.fixture
def client(pat: User) -> Client:
    return signed_in(pat)


def row_of(user: User) -> Staff:
    with scopes_disabled():
        return Staff.objects.get(user=user)


def role_of(user: User) -> str:
    return row_of(user).role


def acts(chamber: Association) -> list[str]:
    with scope(association=chamber):
        return list(Entry.objects.order_by("pk").values_list("action", flat=True))


def invited(client: Client, role: Role = Role.APPROVER) -> Invitation:
    client.post(reverse("invite"), {"address": ADDRESS, "role": role})
    with scopes_disabled():
        return Invitation.objects.select_related("association").get()


def path_of(invitation: Invitation) -> str:
    return reverse("invitation", args=[link_of(invitation).split("/")[-2]])


def change(client: Client, user: User, role: Role) -> int:
    path = reverse("user_role", args=[row_of(user).pk])
    return client.post(path, {"role": role}).status_code


def test_somebody_gets_another_role_and_it_is_recorded(
    client: Client, chamber: Association
) -> None:
    clerk = a_person(chamber, role=Role.VIEWER)

    assert change(client, clerk, Role.APPROVER) == 302

    assert role_of(clerk) == Role.APPROVER
    assert acts(chamber)[-1] == "role_changed"


def test_the_last_administrator_stays_one(client: Client, pat: User) -> None:
    assert change(client, pat, Role.VIEWER) == 409
    answer = client.post(reverse("user_remove", args=[row_of(pat).pk]))

    assert "This is the only administrator." in answer.content.decode()
    assert role_of(pat) == Role.ADMINISTRATOR


def test_of_two_administrators_one_may_go(
    client: Client, pat: User, chamber: Association
) -> None:
    a_person(chamber)
    assert change(client, pat, Role.VIEWER) == 302
    assert role_of(pat) == Role.VIEWER


def test_who_is_removed_is_signed_out_everywhere_at_once(
    client: Client, chamber: Association
) -> None:
    clerk, theirs = a_person(chamber, role=Role.OPERATOR), Client()
    theirs.post("/accounts/login/", {"login": clerk.username, "password": PASSWORD})
    assert UserSession.objects.filter(user=clerk).count() == 1
    path = reverse("user_remove", args=[row_of(clerk).pk])

    assert "Remove" in client.get(path).content.decode()
    client.post(path)

    assert theirs.get("/").headers["Location"].startswith("/accounts/login/")
    with scopes_disabled():
        assert not Staff.objects.filter(user=clerk).exists()
    assert acts(chamber)[-1] == "staff_removed"


def test_an_invitation_is_mailed_and_makes_an_account_once(
    client: Client, settings: Settings, chamber: Association
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    invitation = invited(client)
    assert link_of(invitation) in mail.outbox[0].body
    told = {"username": "newcomer", "password": PASSWORD}

    answer = Client().post(path_of(invitation), told)

    assert answer.headers["Location"] == reverse("account_login")
    joined = get_user_model().objects.get(username="newcomer")
    assert (joined.email, role_of(joined)) == (ADDRESS, Role.APPROVER)
    assert Client().post(path_of(invitation), told).status_code == 410
    assert acts(chamber)[-2:] == ["staff_invited", "invitation_accepted"]


def test_without_a_mail_server_the_link_is_shown_to_hand_over(
    client: Client, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    invitation = invited(client)

    page = client.get(reverse("users")).content.decode()

    assert "No mail server is set" in page
    assert link_of(invitation) in page


def test_an_invitation_ends_after_seven_days(client: Client) -> None:
    invitation = invited(client)
    with scopes_disabled():
        Invitation.objects.update(made_at=timezone.now() - timedelta(days=7, minutes=1))

    assert Client().get(path_of(invitation)).status_code == 410


def test_a_link_that_was_tampered_with_leads_nowhere(client: Client) -> None:
    path = path_of(invited(client))
    assert Client().get(path).status_code == 200
    assert Client().get(f"{path[:-3]}xx/").status_code == 410


def test_an_invitation_can_be_taken_back(client: Client) -> None:
    invitation = invited(client)
    client.post(reverse("invitation_withdraw", args=[invitation.pk]))

    assert Client().get(path_of(invitation)).status_code == 410


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"username": "newcomer", "password": "short"}, "too short"),
        ({"username": "Taken", "password": PASSWORD}, "Somebody has this name"),
    ],
)
def test_a_new_account_is_refused_with_the_reason(
    client: Client, told: dict[str, str], said: str
) -> None:
    get_user_model().objects.create_user("taken")
    answer = Client().post(path_of(invited(client)), told)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_somebody_who_has_an_account_joins_with_it_and_goes_over(
    client: Client,
) -> None:
    elsewhere = an_association(name="Valley Chamber")
    joiner = signed_in(a_person(elsewhere))
    path = path_of(invited(client))

    assert "Join Harbor Chamber" in joiner.get(path).content.decode()
    joiner.post(path)

    page = joiner.get("/").content.decode()
    assert "<b>Harbor Chamber</b>" in page
    assert "Work for Valley Chamber" in page


def test_an_address_of_the_staff_is_not_invited_again(
    client: Client, pat: User
) -> None:
    answer = client.post(
        reverse("invite"), {"address": pat.email.upper(), "role": Role.VIEWER}
    )
    assert answer.status_code == 422
    assert "on the staff already" in answer.content.decode()


def test_the_page_asks_as_much_for_many_people_as_for_few(
    client: Client, chamber: Association
) -> None:

    client.get(reverse("users"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("users"))
    for _ in range(10):
        a_person(chamber, role=Role.VIEWER)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("users"))
    assert len(many) == len(few)


def test_going_over_changes_what_is_seen_and_what_is_not_there(
    chamber: Association,
) -> None:
    pat, other = a_person(chamber), an_association(name="Valley Chamber")
    with scope(association=other):
        Staff.objects.create(association=other, user=pat, role=Role.VIEWER)
    client = signed_in(pat)

    client.post(reverse("work_for"), {"association": other.pk})

    assert "<b>Valley Chamber</b>" in client.get("/").content.decode()
    assert client.get(reverse("users")).status_code == 403  # a viewer over there


def test_nobody_goes_over_to_where_they_do_not_work(client: Client) -> None:
    other = an_association()
    answer = client.post(reverse("work_for"), {"association": other.pk})
    assert answer.status_code == 404


def test_what_matters_asks_for_the_password_again_and_then_goes_on(
    client: Client, pat: User, chamber: Association
) -> None:
    clerk = a_person(chamber, role=Role.VIEWER)
    gave_the_password(client, pat, ago=601)

    path = reverse("user_role", args=[row_of(clerk).pk])
    asked = client.post(path, {"role": Role.OPERATOR})
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/?next=")
    assert role_of(clerk) == Role.VIEWER
    assert "Is it you?" in client.get(asked.headers["Location"]).content.decode()

    client.post(asked.headers["Location"], {"password": PASSWORD, "next": path})
    assert role_of(clerk) == Role.OPERATOR


def test_a_part_of_a_page_leads_the_whole_page_to_the_question(
    client: Client, pat: User
) -> None:
    gave_the_password(client, pat, ago=601)
    answer = client.post(reverse("connect"), headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/accounts/reauthenticate/")


def test_administrators_must_have_two_steps_once_that_is_required(
    client: Client, pat: User, chamber: Association
) -> None:
    operator = signed_in(a_person(chamber, role=Role.OPERATOR))
    asked = client.post(reverse("two_steps"), {"value": "yes"})

    assert asked.headers["Location"] == reverse("mfa_index")
    assert client.get("/").headers["Location"] == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200
    assert operator.get("/").status_code == 200
    Authenticator.objects.create(
        user=pat, type=Authenticator.Type.TOTP, data={"secret": "s"}
    )
    assert client.get("/").status_code == 200


def test_one_sees_where_one_is_signed_in_and_ends_the_others(
    chamber: Association,
) -> None:
    pat = a_person(chamber)
    here, there = Client(), Client(headers={"User-Agent": "Firefox on Windows"})
    for one in (here, there):
        one.post("/accounts/login/", {"login": pat.username, "password": PASSWORD})

    page = here.get("/accounts/sessions/").content.decode()
    assert "Firefox, Windows" in page
    here.post("/accounts/sessions/")

    assert here.get("/").status_code == 200
    assert there.get("/").headers["Location"].startswith("/accounts/login/")


def test_settings_say_what_each_page_is_and_how_it_stands(client: Client) -> None:
    invited(client)
    page = client.get(reverse("settings")).content.decode()
    for said in (
        "Not connected yet",
        "1 person, 1 invited",
        "As they came",
        "Newest entry",
    ):
        assert said in page
