"""`staff`: who may sign in, in which role, and letting people in."""

from __future__ import annotations

import sys
from datetime import timedelta

import click
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django_scopes import scope

from rollkeeper.cli.choosing import actor, association_named
from rollkeeper.cli.output import (
    WRONG_USE,
    Stopped,
    answer_json,
    answer_table,
    say,
)
from rollkeeper.core.values import AssociationId
from rollkeeper.directory import services as directory
from rollkeeper.directory.invitations import link_of
from rollkeeper.directory.models import Association, Invitation, Role, Staff
from rollkeeper.directory.staff import Person, end_sessions, people


def show(slug: str | None, *, as_json: bool) -> None:
    """Show who works here, and who is invited."""
    association = association_named(slug)
    with scope(association=association):
        found = people()
        invited = list(Invitation.objects.filter(accepted_at=None).order_by("address"))
    if as_json:
        answer_json(
            {
                "staff": [_document(one) for one in found],
                "invited": [_invited(one) for one in invited],
            }
        )
        return
    answer_table(
        f"Who works for {association.name}",
        ("user name", "name", "address", "role", "last seen (UTC)", "two steps"),
        [
            (
                one.username,
                one.name,
                one.address or "none",
                one.role.value,
                one.seen_at or "never",
                one.two_steps,
            )
            for one in found
        ],
    )
    for one in invited:
        say(f"Invited as {one.role}: {one.address}, until {one.ends_at:%Y-%m-%d}.")
    if not found:
        say("Nobody yet. 'rollkeeper staff add NAME --administrator' lets you in.")


def add(
    username: str, *, email: str, role: str, slug: str | None, password: str
) -> None:
    """Make an account, and let it work for the association."""
    association = association_named(slug)
    users = get_user_model()
    if users.objects.filter(username=username).exists():
        raise Stopped(f"There is somebody called '{username}' already.")
    try:
        validate_password(password)
    except ValidationError as error:
        raise Stopped("The password is refused. " + " ".join(error.messages)) from None
    with scope(association=association):
        user = users.objects.create_user(username, email=email, password=password)
        directory.add_staff(
            association_id=AssociationId(association.pk),
            user_id=user.pk,
            role=Role(role),
            by=actor(),
        )
    click.echo(f"{username} may sign in and works for {association.name}.")


def invite(address: str, role: str, slug: str | None, *, as_json: bool) -> None:
    """Print the link of a new invitation; an earlier one to the address is over."""
    association = association_named(slug)
    with scope(association=association):
        try:
            made = directory.invite(
                association_id=AssociationId(association.pk),
                address=address,
                role=Role(role),
                by=actor(),
            )
        except directory.Refused as refusal:
            raise Stopped(str(refusal), status=WRONG_USE) from None
    if as_json:
        answer_json(_invited(made) | {"link": link_of(made)})
        return
    say(
        f"Hand this link to {made.address}, and to nobody else. It is good once, and"
        f" until {made.ends_at:%Y-%m-%d}. No mail was sent."
    )
    click.echo(link_of(made))


def give(username: str, role: str, slug: str | None) -> None:
    """Give somebody another role."""
    association = association_named(slug)
    with scope(association=association):
        row = _staff(username, association)
        try:
            directory.change_role(staff_id=row.pk, role=Role(role), by=actor())
        except directory.Refused as refusal:
            raise _stays(refusal) from None
    click.echo(f"{row} is: {role}.")


def remove(username: str, slug: str | None, *, yes: bool) -> None:
    """Take somebody off the staff; what they did stays in the record."""
    association = association_named(slug)
    with scope(association=association):
        row = _staff(username, association)
        _be_sure(
            f"{row} will see nothing more of {association.name}, and is signed out"
            " everywhere. What they did stays in the record.",
            f"Remove {row}?",
            yes=yes,
        )
        try:
            directory.remove_staff(staff_id=row.pk, by=actor())
        except directory.Refused as refusal:
            raise _stays(refusal) from None
    end_sessions(row.user_id)
    click.echo(f"{row.user} no longer works for {association.name}.")


def new_password(username: str, slug: str | None) -> None:
    """Print a link with which somebody chooses a new password."""
    association = association_named(slug)
    with scope(association=association):
        row = _staff(username, association)
        link = directory.new_password_link(staff_id=row.pk, by=actor())
    good_for = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    say(
        f"Hand this link to {row}, and to nobody else. It is good once, and for"
        f" {good_for // timedelta(hours=1)} hours."
    )
    click.echo(link)


def drop_two_steps(username: str, slug: str | None, *, yes: bool) -> None:
    """Turn off what somebody can no longer give."""
    association = association_named(slug)
    with scope(association=association):
        row = _staff(username, association)
        _be_sure(
            f"From then on the password of {row} alone lets them in. Make sure that"
            " it is they who ask.",
            "Turn off their two-step sign-in?",
            yes=yes,
        )
        dropped = directory.drop_two_steps(staff_id=row.pk, by=actor())
    click.echo(
        f"{row} signs in with the password alone now. Have them set up two-step"
        " sign-in again."
        if dropped
        else f"{row} had no two-step sign-in. Nothing was changed."
    )


def _be_sure(meaning: str, question: str, *, yes: bool) -> None:
    """Say what it means, and go on only if that is wanted."""
    if yes:
        return
    say(meaning)
    if not sys.stdin.isatty():
        raise Stopped("Say --yes to do it.", status=WRONG_USE)
    click.confirm(question, abort=True, err=True)


def _staff(username: str, association: Association) -> Staff:
    """Return who is called so, or has this address. The scope must be open."""
    rows = Staff.objects.select_related("user", "association")
    found = list(
        rows.filter(
            Q(user__username=username)
            | Q(user__email__iexact=username, user__email__gt="")
        )
    )
    if len(found) == 1:
        return found[0]
    names = ", ".join(sorted(str(one) for one in rows[:30])) or "nobody yet"
    problem = "Several people have" if found else "Nobody who works here is called"
    raise Stopped(
        f"{problem} '{username}'. For {association.name} work: {names}.",
        status=WRONG_USE,
    )


def _stays(refusal: directory.Refused) -> Stopped:
    return Stopped(f"{refusal} 'rollkeeper staff role NAME administrator' does that.")


def _document(one: Person) -> dict[str, object]:
    return {
        "username": one.username,
        "name": one.name,
        "address": one.address or None,
        "role": one.role.value,
        "last_seen": one.seen_at,
        "two_steps": one.two_steps,
    }


def _invited(one: Invitation) -> dict[str, object]:
    return {"address": one.address, "role": one.role, "until": one.ends_at}
