"""What is wrong with a file, in the language of who reads it."""

from __future__ import annotations

import pytest
from django.test import Client
from django_scopes import scope
from tests.web.test_importing import here, send, tried

from rollkeeper.directory.models import Association, Staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def spanish(admin: Client, chamber: Association) -> Client:
    with scope(association=chamber):
        Staff.objects.update(language="es")
    return admin


def test_rows_and_the_file_of_all_problems_are_told_in_it(spanish: Client) -> None:
    text = "Id,E-mail,Active\n1,a@members.example,perhaps\n2,@x.example,yes\n,,yes\n"
    one = tried(spanish, send(spanish, ("people.csv", text)))
    page = spanish.get(here(one)).content.decode()
    file = spanish.get(f"{here(one)}problems.csv").content.decode("utf-8-sig")

    for told in (page, file):
        assert "no es ni sí ni no." in told
        assert "Escriba sí o no." in told
        assert "Cada fila necesita un valor en Id." in told
        assert "Debe haber algo delante de la arroba (@)." in told
        assert "Write yes or no." not in told
    assert file.splitlines()[0] == "file,line,column,what is wrong,what to do"


def test_why_a_file_cannot_be_read_is_told_in_it(spanish: Client) -> None:
    one = send(spanish, ("people.csv", b"First,Last\n\xc9t\xe9,x\n"))

    assert "no es texto UTF-8." in spanish.get(here(one)).content.decode()
    assert one.problem.startswith("people.csv, line 2: The byte 0xc9 there is not")
