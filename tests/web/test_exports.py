from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from attrs import frozen
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from openpyxl import load_workbook  # type: ignore[import-untyped]
from tests.builders import a_contact, a_list, an_association, on_list

from rollkeeper.audit.models import Entry
from rollkeeper.directory.models import Association, Contact, ContactList
from rollkeeper.engine.exporting import Exported
from rollkeeper.web.exports import one_file
from rollkeeper.web.ticks import MOST

TICKS = {"HX-Request": "true"}


@pytest.fixture
def news(chamber: Association) -> ContactList:
    """Ann is on it, Bob may not be mailed, and Cid is disabled in it."""
    ann = a_contact(chamber, last_name="Aster", address="ann@x.example")
    bob = a_contact(
        chamber, last_name="Bell", address="bob@x.example", do_not_contact=True
    )
    cid = a_contact(chamber, last_name="Clay", address="cid@x.example")
    news = a_list(chamber, ann, bob, name="News & Views")
    on_list(cid, news, status="disabled")
    return news


def called(chamber: Association, last_name: str) -> Contact:
    with scope(association=chamber):
        found: Contact = Contact.objects.get(last_name=last_name)
    return found


@frozen
class Download:
    disposition: str
    cached: str
    content: bytes

    @property
    def rows(self) -> list[dict[str, str]]:
        text = self.content.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    @property
    def mailboxes(self) -> list[str]:
        return [row["email"] for row in self.rows]


def download(client: Client, **said: Any) -> Download:
    said = {"format": "constant_contact", "file": "recipients", **said}
    answer = client.post(reverse("export_file"), said)
    assert answer.streaming, answer.content.decode()
    return Download(
        answer.headers["Content-Disposition"],
        answer.headers["Cache-Control"],
        answer.getvalue(),
    )


def tick(client: Client, *contacts: Contact, shown: list[Contact], **more: str) -> Any:
    said = {"shown": [one.pk for one in shown], "ticked": [one.pk for one in contacts]}
    return client.post(reverse("tick"), {**said, **more}, headers=TICKS)


def test_the_page_of_a_list_leads_to_its_export(
    staff: Client, news: ContactList
) -> None:
    page = staff.get(reverse("list", args=[news.pk])).content.decode()
    assert f"{reverse('export')}?of=list&amp;list={news.pk}" in page

    asks = staff.get(reverse("export"), {"of": "list", "list": str(news.pk)})

    assert "Export News &amp; Views" in asks.content.decode()
    assert "3 contacts" in asks.content.decode()


def test_a_list_is_downloaded_and_who_is_left_out_besides(
    staff: Client, news: ContactList
) -> None:
    file = download(staff, of="list", list=news.pk)
    second = download(staff, of="list", list=news.pk, file="left_out")

    assert file.disposition == (
        'attachment; filename="news-views-constant-contact.csv"'
    )
    assert "no-store" in file.cached
    assert file.mailboxes == ["ann@x.example"]
    assert {row["E-mail address"]: row["Reason"] for row in second.rows} == {
        "bob@x.example": "do_not_contact",
        "cid@x.example": "disabled_in_list",
    }


@pytest.mark.parametrize("kind", ["mailchimp", "xlsx"])
def test_other_formats_are_downloaded_too(
    staff: Client, news: ContactList, kind: str
) -> None:
    content = download(staff, of="list", list=news.pk, format=kind).content

    if kind == "xlsx":
        assert load_workbook(io.BytesIO(content)).active["A2"].value == "ann@x.example"
    else:
        assert content.startswith(b"Email Address,")


def test_all_that_match_are_judged_by_the_list_they_were_searched_on(
    staff: Client, news: ContactList
) -> None:
    of_list = download(staff, of="matching", list=news.pk, q="x.example")
    of_none = download(staff, of="matching", q="clay")

    assert of_list.mailboxes == ["ann@x.example"]
    assert of_none.mailboxes == ["cid@x.example"]


def test_the_contacts_page_offers_what_it_found(
    staff: Client, news: ContactList
) -> None:
    page = staff.get(reverse("contacts"), {"q": "clay", "list": str(news.pk)})

    assert f"of=matching&amp;q=clay&amp;list={news.pk}" in page.content.decode()
    assert "Export the one that matches" in page.content.decode()


def test_ticks_are_kept_over_pages(staff: Client, chamber: Association) -> None:
    everybody = [a_contact(chamber, last_name=f"L{n:02}") for n in range(30)]
    first, second = everybody[:25], everybody[25:]

    tick(staff, first[0], first[1], shown=first)
    tick(staff, second[0], shown=second)
    tick(staff, first[1], shown=first)
    answer = tick(staff, first[1], shown=first, then="export")

    assert answer.headers["Location"] == f"{reverse('export')}?of=ticked"
    with scope(association=chamber):
        wanted = {one.addresses.get().mailbox for one in (everybody[1], everybody[25])}
    assert set(download(staff, of="ticked").mailboxes) == wanted


def test_a_tick_is_answered_with_how_many_there_are(
    staff: Client, news: ContactList, chamber: Association
) -> None:
    ann = called(chamber, "Aster")

    answer = tick(staff, ann, shown=[ann])

    assert "1 contact ticked" in answer.content.decode()
    page = staff.get(reverse("contacts")).content.decode()
    assert f'value="{ann.pk}" aria-label="Tick Ann Aster" checked' in page
    assert "1 contact ticked" in page


def test_ticks_can_be_cleared(
    staff: Client, news: ContactList, chamber: Association
) -> None:
    ann = called(chamber, "Aster")
    tick(staff, ann, shown=[ann])

    tick(staff, ann, shown=[ann], then="clear")

    assert "Nobody is ticked" in staff.get(reverse("contacts")).content.decode()


def test_to_export_nobody_is_refused_with_what_to_do(
    staff: Client, news: ContactList
) -> None:
    answer = staff.post(reverse("tick"), {"then": "export"}, follow=True)

    assert "Nobody is ticked. Tick those it is about" in answer.content.decode()


def test_more_ticks_than_are_kept_are_refused_with_what_to_do(
    staff: Client, news: ContactList
) -> None:
    session = staff.session
    session["ticked"] = list(range(1, MOST + 1))
    session.save()

    answer = staff.post(
        reverse("tick"), {"ticked": str(MOST + 1), "then": "export"}, follow=True
    )

    assert "export all that match" in answer.content.decode()


def test_when_nobody_may_be_mailed_the_page_says_so(
    staff: Client, news: ContactList
) -> None:
    said = {"of": "matching", "q": "bell", "format": "mailchimp", "file": "recipients"}

    page = staff.post(reverse("export_file"), said).content.decode()

    assert "There is nothing to import." in page
    assert 'value="mailchimp" id="format-mailchimp"' in page
    second = download(staff, of="matching", q="bell", file="left_out")
    assert [row["Name"] for row in second.rows] == ["Ann Bell"]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"of": "everything"},
        {"of": "list"},
        {"of": "list", "list": "x"},
        {"of": "list", "list": "999999"},
        {"of": "matching", "list": "999999"},
        {"of": "matching", "mail": "none such"},
        {"of": "ticked", "format": "pdf"},
    ],
)
def test_what_cannot_be_meant_is_not_found_and_writes_nothing(
    staff: Client, news: ContactList, chamber: Association, said: dict[str, str]
) -> None:
    answer = staff.post(reverse("export_file"), {"format": "xlsx", **said})

    assert answer.status_code == 404
    with scope(association=chamber):
        assert not Entry.objects.exists()


def test_nobody_of_another_association_can_be_ticked_or_exported(
    staff: Client, news: ContactList
) -> None:
    elsewhere = an_association()
    stranger = a_contact(elsewhere)
    theirs = a_list(elsewhere, stranger)

    tick(staff, stranger, shown=[])
    said = {"of": "ticked", "format": "xlsx", "file": "recipients"}

    page = staff.post(reverse("export_file"), said).content.decode()
    assert "There is nothing to import." in page
    answer = staff.get(reverse("export"), {"of": "list", "list": str(theirs.pk)})
    assert answer.status_code == 404


def test_an_export_is_on_record_in_the_name_of_who_asked(
    staff: Client, news: ContactList, chamber: Association
) -> None:
    download(staff, of="list", list=news.pk)

    with scope(association=chamber):
        entry = Entry.objects.get()
    assert entry.actor.startswith("staff:person")
    assert (entry.action, entry.subject) == ("contacts_exported", f"list:{news.pk}")


def test_a_file_is_not_sent_to_who_only_follows_a_link(
    staff: Client, news: ContactList
) -> None:
    answer = staff.get(reverse("export_file"), {"of": "list", "list": str(news.pk)})
    assert answer.status_code == 405


def test_several_parts_are_packed_into_one_file(tmp_path: Path) -> None:
    parts = tuple(tmp_path / f"news-{number}-of-2.csv" for number in (1, 2))
    for part in parts:
        part.write_text(part.name)
    done = Exported(
        parts=parts, left_out_file=tmp_path, contacts=2, recipients=2, left_out={}
    )

    packed = one_file(done)

    assert packed.name == "news.zip"
    with ZipFile(packed) as archive:
        assert archive.namelist() == [part.name for part in parts]
        assert archive.read("news-2-of-2.csv") == b"news-2-of-2.csv"
