"""Settings, Import: files of any name, their columns, a trial, and what came of it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_scopes import scope, scopes_disabled
from openpyxl import Workbook  # type: ignore[import-untyped]
from tests.builders import a_connection, a_contact, a_list, an_association
from tests.web.people import a_person, signed_in

from rollkeeper.directory.importing import Limits
from rollkeeper.directory.importing import sending as imports
from rollkeeper.directory.models import (
    Association,
    Contact,
    EmailAddress,
    Import,
    ImportState,
    Member,
)
from rollkeeper.engine import uploads
from rollkeeper.jobs import tasks
from rollkeeper.ledger.models import Hold
from rollkeeper.web import receiving

pytestmark = pytest.mark.django_db

PEOPLE = """First,Last,E-mail,Company,Favourite colour
Ann,Bell,ann@members.example,Harbor Bakery,blue
Bob,Cole,bob@members.example,,green
"""


def send(client: Client, *files: tuple[str, str | bytes]) -> Import:
    """Send files, and have a worker look at them."""
    answer = client.post(
        "/settings/import/",
        {
            "files": [
                SimpleUploadedFile(
                    name, text.encode() if isinstance(text, str) else text
                )
                for name, text in files
            ]
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    return worked(newest())


def newest() -> Import:
    with scopes_disabled():
        return Import.objects.select_related("association").latest("pk")


def worked(one: Import) -> Import:
    tasks.bring_in(import_id=one.pk)
    return newest()


def here(one: Import) -> str:
    return f"/settings/import/{one.pk}/"


def as_guessed(client: Client, one: Import, **more: str) -> dict[str, str]:
    """Return what the form holds when nobody touches it."""
    data = dict(more)
    for card in client.get(here(one)).context["cards"]:
        data |= {f"{card.name}-was": card.kind, f"{card.name}-table": card.kind}
        for field in card.fields:
            for option in field.options:
                if option.chosen:
                    data[f"{card.name}-{field.name}"] = str(option.value)
    return data


def tried(client: Client, one: Import, **more: str) -> Import:
    answer = client.post(f"{here(one)}columns", as_guessed(client, one, **more))
    assert answer.status_code == 302, answer.content.decode()
    return worked(one)


def imported(client: Client, one: Import) -> Import:
    client.post(f"{here(one)}go")
    return worked(one)


def test_a_spreadsheet_with_columns_of_its_own_comes_in(
    admin: Client, chamber: Association
) -> None:
    one = imported(admin, tried(admin, send(admin, ("Our people 2024.csv", PEOPLE))))

    assert one.state == ImportState.DONE
    with scope(association=chamber):
        ann = Contact.objects.get(first_name="Ann")
        assert (ann.last_name, ann.company) == ("Bell", "Harbor Bakery")
        assert ann.fields == {"Favourite colour": "blue"}
        assert ann.addresses.get().typed == "ann@members.example"


def test_spanish_columns_are_known(admin: Client) -> None:
    text = "Nombre,Apellidos,Correo electrónico,Teléfono\nAna,Ruiz,ana@x.example,555\n"
    (sheet,) = send(admin, ("socios.csv", text)).sheets

    assert sheet["table"] == "contacts"
    assert sheet["columns"]["first_name"] == "Nombre"
    assert sheet["columns"]["primary_email"] == "Correo electrónico"
    assert sheet["columns"]["contact_id"] == "Correo electrónico"


def test_cells_may_be_parted_as_spanish_spreadsheets_part_them(
    admin: Client, chamber: Association
) -> None:
    text = (
        "Nombre;Apellidos;Correo;Otros correos\n"
        '"Ana; M.";Ruiz;ana@x.example;"b@x.example;c@x.example"\n'
    )
    imported(admin, tried(admin, send(admin, ("gente.csv", text))))
    with scope(association=chamber):
        ana = Contact.objects.get()
        assert (ana.first_name, ana.addresses.count()) == ("Ana; M.", 3)


def test_a_quote_that_is_never_closed_is_found_between_semicolons_too(
    admin: Client,
) -> None:
    text = 'Nombre;Correo\n"Ana;ana@x.example\n'
    one = send(admin, ("gente.csv", text))
    assert "line 2, column Nombre" in one.problem


def test_sheets_of_a_workbook_are_told_apart(admin: Client) -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Companies"
    first.append(["Member No", "Business", "Level"])
    first.append([101, "Harbor Bakery", "Gold"])
    second = book.create_sheet("Reps")
    second.append(["Person ID", "Member No", "Email"])
    second.append([7, 101, "ann@members.example"])
    book.create_sheet("Empty")
    file = BytesIO()
    book.save(file)

    one = imported(admin, tried(admin, send(admin, ("export.xlsx", file.getvalue()))))

    assert [file["created"] for file in (one.result or {})["files"]] == [1, 1]
    with scopes_disabled():
        assert Contact.objects.get().member == Member.objects.get(external_id="101")


def test_a_trial_keeps_nothing(admin: Client, chamber: Association) -> None:
    one = tried(admin, send(admin, ("people.csv", PEOPLE)))
    page = admin.get(here(one))

    assert one.state == ImportState.CHECKED
    assert "Constant Contact is not connected" in page.content.decode()
    assert "Harbor Bakery" in page.content.decode()
    with scope(association=chamber):
        assert not Contact.objects.exists()


def test_the_trial_says_what_comes_of_it_at_the_provider(
    admin: Client, chamber: Association
) -> None:
    a_list(chamber, name="News")
    connection = a_connection(chamber, compared_at="2024-02-29T00:00Z")
    with scope(association=chamber):
        (news,) = chamber.contactlist_set.filter(name="News")
    rows = f"List,Contact\n{news.external_id},ann@members.example\n"
    files = ("people.csv", PEOPLE), ("committees.csv", rows)
    one = tried(admin, send(admin, *files))

    provider = (one.trial or {})["provider"]
    assert provider["counts"]["add"] == 1
    assert "1 person comes onto lists" in admin.get(here(one)).content.decode()
    with scope(association=chamber):
        assert not connection.audience_set.exists()


def test_bad_rows_are_told_with_the_names_of_their_columns(admin: Client) -> None:
    text = "Id,E-mail,Active,Member No\n1,a@members.example,perhaps,\n2,@,yes,9\n"
    one = tried(admin, send(admin, ("people.csv", text)))
    page = admin.get(here(one)).content.decode()
    file = admin.get(f"{here(one)}problems.csv")

    assert 'line 2</b><span class="called">Active<' in page
    assert 'line 3</b><span class="called">Member No<' in page
    assert "Write yes or no." in page
    told = file.content.decode("utf-8-sig").splitlines()
    assert len(told) == 4
    assert told[1].startswith("people.csv,2,Active,'perhaps' is neither yes nor no.")


def test_what_a_file_has_no_column_for_stays(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(
        chamber, address="ann@members.example", do_not_contact=True, phone="555-0101"
    )
    with scope(association=chamber):
        EmailAddress.objects.create(
            association=chamber, contact=contact, typed="old", mailbox=None
        )
    text = f"Id,First,E-mail\n{contact.external_id},Anne,new@members.example\n"
    imported(admin, tried(admin, send(admin, ("people.csv", text))))

    contact.refresh_from_db()
    assert (contact.first_name, contact.phone) == ("Anne", "555-0101")
    assert contact.do_not_contact
    with scope(association=chamber):
        typed = contact.addresses.order_by("-primary").values_list("typed", flat=True)
        assert list(typed) == ["new@members.example", "old"]


def test_a_column_that_is_needed_is_asked_for(admin: Client) -> None:
    one = send(admin, ("people.csv", PEOPLE))
    data = as_guessed(admin, one) | {"0-contact_id": ""}
    page = admin.post(f"{here(one)}columns", data).content.decode()

    assert "Choose a column: without it no row can be read." in page
    assert newest().state == ImportState.CHOOSING


def test_two_files_that_hold_the_same_are_not_read_together(admin: Client) -> None:
    one = send(admin, ("a.csv", PEOPLE), ("b.csv", PEOPLE))
    assert [sheet["table"] for sheet in one.sheets] == ["contacts", ""]
    kind = {"1-table": "contacts", "1-was": "contacts"}
    page = admin.post(f"{here(one)}columns", as_guessed(admin, one) | kind)

    assert "Another sheet above holds the same" in page.content.decode()


def test_another_kind_shows_its_columns(admin: Client) -> None:
    one = send(admin, ("people.csv", PEOPLE))
    data = as_guessed(admin, one) | {"0-table": "members"}
    page = admin.post(
        f"{here(one)}columns", data, headers={"HX-Request": "true"}
    ).content.decode()

    assert "Membership type" in page
    assert "<html" not in page


def test_what_was_chosen_is_remembered(admin: Client) -> None:
    text = "Key,Who,Mail\n1,Ann,ann@members.example\n"
    one = send(admin, ("people.csv", text))
    imported(admin, tried(admin, one, **{"0-first_name": "1"}))
    (sheet,) = send(admin, ("other name.csv", text)).sheets

    assert sheet["columns"]["first_name"] == "Who"


def test_a_file_that_is_neither_is_refused_in_plain_words(admin: Client) -> None:
    file = SimpleUploadedFile("people.pdf", b"%PDF")
    page = admin.post("/settings/import/", {"files": [file]}).content.decode()
    assert "neither CSV nor an Excel workbook" in page


def test_a_file_that_cannot_be_read_says_why(admin: Client) -> None:
    one = send(admin, ("people.csv", b"First,Last\n\xc9t\xe9,x\n"))
    assert one.state == ImportState.FAILED
    assert "is not UTF-8 text" in admin.get(here(one)).content.decode()


def test_a_file_that_is_too_big_is_not_kept(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LIMITS", Limits(file_bytes=10))
    file = SimpleUploadedFile("people.csv", PEOPLE.encode())
    page = admin.post("/settings/import/", {"files": [file]}).content.decode()

    assert "more than 10 bytes" in page
    with scopes_disabled():
        assert not Import.objects.exists()


def test_more_than_a_request_may_hold_is_not_kept_anywhere(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MOST_BYTES", 1000)
    files = [SimpleUploadedFile(f"{n}.csv", b"x" * 700) for n in range(2)]
    page = admin.post("/settings/import/", {"files": files}).content.decode()

    assert "Send fewer files at once" in page
    with scopes_disabled():
        assert not Import.objects.exists()


def test_the_files_are_private_and_deleted_once_imported(admin: Client) -> None:
    one = tried(admin, send(admin, ("../../people.csv", PEOPLE)))
    (path,) = imports.paths_of(one)
    assert path.is_relative_to(Path(settings.HOME) / "imports" / str(one.pk))
    assert path.parent.stat().st_mode & 0o077 == 0
    imported(admin, one)
    assert not path.exists()


def test_complete_files_that_lack_nearly_everybody_are_held(
    admin: Client, chamber: Association
) -> None:
    text = "Id,First\n" + "".join(f"{n},P{n}\n" for n in range(100))
    imported(admin, tried(admin, send(admin, ("people.csv", text))))
    again = send(admin, ("people.csv", "Id,First\n1,P1\n"))
    one = tried(admin, again, complete="yes")
    assert (
        "Nobody leaves before somebody has looked"
        in admin.get(here(one)).content.decode()
    )
    with scope(association=chamber):
        assert not Hold.objects.exists()

    done = imported(admin, one)

    with scope(association=chamber):
        assert Contact.objects.count() == 100
        hold = Hold.objects.get()
    assert f"/waiting/{hold.pk}/" in admin.get(here(done)).content.decode()


def test_an_import_whose_worker_died_is_done_by_the_next(
    admin: Client, chamber: Association, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = tried(admin, send(admin, ("people.csv", PEOPLE)))
    admin.post(f"{here(one)}go")
    with monkeypatch.context() as dying:
        dying.setattr(imports, "note_done", _die)
        with pytest.raises(KeyboardInterrupt):
            worked(one)
    with scope(association=chamber):
        assert not Contact.objects.exists()
    assert uploads.waiting() == [one.pk]

    assert worked(one).state == ImportState.DONE
    with scope(association=chamber):
        assert Contact.objects.count() == 2


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_worker_that_dies_each_time_is_not_asked_for_ever(admin: Client) -> None:
    one = send(admin, ("people.csv", PEOPLE))
    admin.post(f"{here(one)}columns", as_guessed(admin, one))
    with scopes_disabled():
        Import.objects.filter(pk=one.pk).update(attempts=uploads.MOST_ATTEMPTS)

    assert worked(one).state == ImportState.FAILED


def test_discarding_deletes_the_files(admin: Client) -> None:
    one = send(admin, ("people.csv", PEOPLE))
    admin.post(f"{here(one)}discard")

    assert not imports.folder_of(one).exists()
    with scopes_disabled():
        assert not Import.objects.exists()


def test_imports_of_others_are_not_there(admin: Client, other: Client) -> None:
    one = send(admin, ("people.csv", PEOPLE))
    assert other.get(here(one)).status_code == 404
    assert other.post(f"{here(one)}go").status_code == 404


@pytest.fixture
def other(db: None) -> Client:
    return signed_in(a_person(an_association()))


def test_without_a_worker_the_page_says_what_to_start(admin: Client) -> None:
    file = SimpleUploadedFile("people.csv", PEOPLE.encode())
    page = admin.post("/settings/import/", {"files": [file]}, follow=True)
    assert "rollkeeper worker" in page.content.decode()
