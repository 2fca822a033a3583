"""People who sign in: with or without an association, administrators or not."""

from __future__ import annotations

from itertools import count

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
    return client
