"""`staff`: who may sign in."""

from __future__ import annotations

import click
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django_scopes import scope

from rollkeeper.cli.choosing import actor, association_named
from rollkeeper.cli.output import Stopped
from rollkeeper.core.values import AssociationId
from rollkeeper.directory.models import Role
from rollkeeper.directory.services import add_staff


def add(
    username: str,
    *,
    email: str,
    role: str,
    slug: str | None,
    password: str,
) -> None:
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
        add_staff(
            association_id=AssociationId(association.pk),
            user_id=user.pk,
            role=Role(role),
            by=actor(),
        )
    click.echo(f"{username} may sign in and works for {association.name}.")
