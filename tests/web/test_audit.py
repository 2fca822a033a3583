"""Settings, Record."""

from __future__ import annotations

import csv
import io

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from tests.builders import an_association

from rollkeeper.audit.models import Entry
from rollkeeper.audit.services import record
from rollkeeper.directory.models import Association
from rollkeeper.web.audit import SHOWN

PAGE = "/settings/audit/"


def recorded(
    association: Association,
    count: int = 1,
    *,
    by: str = "staff:ann",
    action: str = "list_changed",
    subject: str = "",
) -> None:
    for number in range(count):
        record(
            association_id=association.pk,
            by=by,
            action=action,
            subject=subject or f"list:{number}",
        )


def rows_of(answer: HttpResponseBase) -> list[list[str]]:
    body = b"".join(answer)
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_administrators_read_the_record(staff: Client, method: str) -> None:
    name = "audit" if method == "get" else "audit_export"
    answer = getattr(staff, method)(reverse(name))
    assert answer.status_code == 403
    assert "Only administrators may read the record" in answer.content.decode()


def test_an_entry_says_who_did_what_and_leads_there(
    chamber: Association, admin: Client
) -> None:
    recorded(chamber, action="hold_approved", subject="hold:7")
    page = admin.get(PAGE).content.decode()
    assert "Approved what was held" in page
    assert '<td class="company breaks">ann</td>' in page
    assert reverse("hold", args=[7]) in page


def test_another_association_is_not_seen(chamber: Association, admin: Client) -> None:
    recorded(an_association(), by="staff:stranger")
    assert "stranger" not in admin.get(PAGE).content.decode()


def test_older_entries_follow_without_a_gap(
    chamber: Association, admin: Client
) -> None:
    recorded(chamber, count=2 * SHOWN + 1)
    seen: list[int] = []
    before: int | None = None
    for _ in range(3):
        query = {} if before is None else {"before": str(before)}
        portion = admin.get(PAGE, query).context["portion"]
        seen += [one.number for one in portion.rows]
        before = portion.older
    assert before is None
    assert len(seen) == len(set(seen)) == 2 * SHOWN + 1
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"action": "limit_changed"}, 1),
        ({"actor": "staff:ben"}, 1),
        ({"subject": "list"}, 3),
        ({"subject": "list:2"}, 1),
        ({"since": "2020-01-01", "until": "2020-01-02"}, 0),
        ({"since": "2020-01-01"}, 4),
    ],
)
def test_the_record_can_be_searched(
    chamber: Association, admin: Client, query: dict[str, str], found: int
) -> None:
    recorded(chamber, count=3)
    recorded(chamber, by="staff:ben", action="limit_changed", subject="adds_of_list")
    assert len(admin.get(PAGE, query).context["portion"].rows) == found


def test_a_date_that_is_none_is_refused_with_a_word(
    chamber: Association, admin: Client
) -> None:
    answer = admin.get(PAGE, {"since": "yesterday"})
    assert answer.status_code == 422
    assert "Enter a valid date" in answer.content.decode()


def test_the_file_has_what_was_sought_and_no_formulas(
    chamber: Association, admin: Client
) -> None:
    recorded(chamber, by="=cmd|' /C calc'!A0")
    recorded(chamber, action="limit_changed")
    answer = admin.post(f"{reverse('audit_export')}?action=list_changed")
    head, row = rows_of(answer)
    assert head[:4] == ["number", "time", "who", "action"]
    assert row[2].startswith("'=")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_who_takes_the_record_away_is_in_it(
    chamber: Association, admin: Client
) -> None:
    rows = rows_of(admin.post(reverse("audit_export")))
    assert [row[3] for row in rows[1:]] == ["audit_exported"]
    with scope(association=chamber):
        assert Entry.objects.get().actor.startswith("staff:person")


def test_the_menu_leads_only_administrators_there(admin: Client, staff: Client) -> None:
    entry = f'href="{PAGE}"'
    assert entry in admin.get("/settings/").content.decode()
    assert entry not in staff.get("/settings/").content.decode()
