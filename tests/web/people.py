"""People who sign in: with or without an association, administrators or not."""

from __future__ import annotations

import time
from itertools import count

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.test import Client
from django_scopes import scope

from rollkeeper.directory.models import Association, Role, Staff

PASSWORD = "correct horse battery staple"

_numbers = count(1)


def a_person(
    association: Association | None = None, *, role: Role = Role.ADMINISTRATOR
) -> User:
    number = next(_numbers)
    user = get_user_model().objects.create_user(
        f"person{number}",
        email=f"person{number}@staff.example",
        password=PASSWORD,
    )
    if association:
        with scope(association=association):
            Staff.objects.create(association=association, user=user, role=role)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    gave_the_password(client, user)
    return client


def gave_the_password(client: Client, user: User, *, ago: float = 0) -> None:
    """Have the session know that they did so many seconds ago."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time() - ago}
    ]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)
    session.save()
