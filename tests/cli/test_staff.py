"""Who may sign in, at the command line."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.test import Client
from django_scopes import scope, scopes_disabled
from pytest_django import Settings
from tests.builders import an_association
from tests.cli.conftest import Run
from tests.web.people import PASSWORD, a_person

from rollkeeper.audit.models import Entry
from rollkeeper.directory.models import Association, Role, Staff

NEW = "an even longer sentence of words"


@pytest.fixture
def chamber(transactional_db: None, settings: Settings) -> Association:
    settings.BASE_URL = "http://testserver"
    return an_association(name="Harbor Chamber")


@pytest.fixture
def pat(chamber: Association) -> User:
    """The only administrator."""
    return a_person(chamber)


@pytest.fixture
def clerk(chamber: Association, pat: User) -> User:
    return a_person(chamber, role=Role.OPERATOR)


def role_of(user: User) -> str | None:
    with scopes_disabled():
        row = Staff.objects.filter(user=user).first()
    return row.role if row else None


def acts(chamber: Association) -> list[tuple[str, bool]]:
    """Return what is recorded, and whether by command."""
    with scope(association=chamber):
        rows = Entry.objects.order_by("pk")
        return [(one.action, one.actor.startswith("command line:")) for one in rows]


def signs_in(user: User, password: str = PASSWORD) -> Client:
    client = Client()
    sent = {"login": user.get_username(), "password": password}
    client.post("/accounts/login/", sent)
    return client


def test_everybody_is_listed_with_role_and_when_they_were_seen(
    run: Run, pat: User, clerk: User
) -> None:
    signs_in(clerk)
    run("staff", "invite", "kim@chamber.example", "--role", "viewer")

    said = run("staff", "list", "--json").document

    first, second = said["staff"]
    assert (first["role"], first["last_seen"]) == ("administrator", None)
    assert second["username"] == clerk.username
    assert second["last_seen"]
    assert second["two_steps"] is False
    assert [one["address"] for one in said["invited"]] == ["kim@chamber.example"]
    listed = run("staff", "list")
    assert "Harbor Chamber" in listed.out
    assert "kim@chamber.example" in listed.err


def test_an_invitation_prints_a_link_that_lets_somebody_join(
    run: Run, chamber: Association, pat: User
) -> None:
    said = run("staff", "invite", "Kim@chamber.example", "--role", "approver")
    assert "good once" in " ".join(said.err.split())

    joining = Client().post(
        urlsplit(said.out.strip()).path, {"username": "kim", "password": PASSWORD}
    )

    assert joining.headers["Location"].startswith("/accounts/login/")
    assert role_of(User.objects.get(username="kim")) == Role.APPROVER
    assert ("staff_invited", True) in acts(chamber)


def test_a_link_can_be_read_by_a_script(run: Run, pat: User) -> None:
    said = run("staff", "invite", "kim@chamber.example", "--json").document
    assert said["role"] == "operator"
    assert said["link"].startswith("http://testserver/accounts/invitation/")


@pytest.mark.parametrize("address", ["no address", "{clerk}"])
def test_whom_nobody_can_invite_is_refused(run: Run, clerk: User, address: str) -> None:
    said = run("staff", "invite", address.format(clerk=clerk.email))
    assert (said.status, said.out) == (2, "")


def test_somebody_gets_another_role(
    run: Run, chamber: Association, clerk: User
) -> None:
    assert run("staff", "role", clerk.email, "approver").status == 0
    assert role_of(clerk) == Role.APPROVER
    assert acts(chamber)[-1] == ("role_changed", True)


@pytest.mark.parametrize("words", [("role", "{}", "viewer"), ("remove", "{}", "--yes")])
def test_the_last_administrator_stays_one(
    run: Run, pat: User, words: tuple[str, ...]
) -> None:
    said = run("staff", *(one.format(pat.username) for one in words))
    assert said.status == 1
    assert "staff role NAME administrator" in " ".join(said.err.split())
    assert role_of(pat) == Role.ADMINISTRATOR


def test_who_is_removed_is_signed_out(
    run: Run, chamber: Association, clerk: User
) -> None:
    signs_in(clerk)
    assert run("staff", "remove", clerk.username).status == 2

    assert run("staff", "remove", clerk.username, "--yes").status == 0

    assert role_of(clerk) is None
    assert not UserSession.objects.filter(user=clerk).exists()
    assert acts(chamber)[-1] == ("staff_removed", True)


def test_at_a_terminal_one_is_asked(run: Run, clerk: User, at_a_terminal: None) -> None:
    assert run("staff", "remove", clerk.username, typed="n\n").status == 1
    assert role_of(clerk) == Role.OPERATOR
    assert run("staff", "remove", clerk.username, typed="y\n").status == 0
    assert role_of(clerk) is None


def test_somebody_of_another_association_is_not_found(run: Run, clerk: User) -> None:
    other = a_person(an_association())
    with scopes_disabled():
        slug = Staff.objects.get(user=clerk).association.slug

    said = run("staff", "role", other.username, "viewer", "--association", slug)

    assert said.status == 2
    assert clerk.username in said.err
    assert role_of(other) == Role.ADMINISTRATOR


def test_a_link_for_a_new_password_works_once(
    run: Run, chamber: Association, clerk: User
) -> None:
    said = run("staff", "new-password", clerk.username)
    assert "24 hours" in " ".join(said.err.split())
    path, theirs = urlsplit(said.out.strip()).path, Client()

    form = theirs.get(path, follow=True)
    theirs.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})

    assert signs_in(clerk, NEW).get("/").status_code == 200
    assert "used up" in Client().get(path, follow=True).content.decode()
    assert acts(chamber)[-1] == ("password_link_made", True)


def test_who_lost_telephone_and_paper_gets_in_again(
    run: Run, chamber: Association, clerk: User
) -> None:
    kind = Authenticator.Type.TOTP
    Authenticator.objects.create(user=clerk, type=kind, data={"secret": "x"})

    assert run("staff", "drop-two-steps", clerk.username, "--yes").status == 0

    assert signs_in(clerk).get("/").status_code == 200
    assert acts(chamber)[-1] == ("two_steps_dropped", True)
    said = run("staff", "drop-two-steps", clerk.username, "--yes")
    assert "Nothing was changed" in said.out
