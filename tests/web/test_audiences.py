from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from tests.builders import a_connection, a_contact, a_list, an_association, on_list
from tests.web.test_lists import an_audience, shown, there

from rollkeeper.directory.models import Association
from rollkeeper.ledger.models import Audience, Run, RunKind, RunState


@pytest.fixture
def weekly(chamber: Association) -> Audience:
    """Of five on the list, one is there; and one more, and a stranger."""
    ann, bea, cem, dan, eve = (
        a_contact(chamber, first_name=name, address=address)
        for name, address in (
            ("Ann", "ann@x.example"),
            ("Bea", "bea@x.example"),
            ("Cem", "broken"),
            ("Dan", "ann@x.example"),
            ("Eve", "eve@x.example"),
        )
    )
    row = a_list(chamber, ann, cem, dan, eve, name="Weekly")
    on_list(bea, row, status="disabled")
    audience = an_audience(a_connection(chamber), row)
    with scope(association=chamber):
        there(audience, "ann@x.example")
        there(audience, "former@x.example")
        there(audience, "stranger@x.example", ours=False)
    return audience


def test_each_term_of_the_sum_opens_as_many_people_as_it_says(
    admin: Client, weekly: Audience
) -> None:
    page = shown(admin, "audience", weekly.pk)

    terms = re.findall(
        r'<a href="([^"]+/people/[^"]+)">.*?</a></span><span>\D*(\d+)</span>', page
    )
    assert len(terms) == 7
    for url, number in terms:
        rows = admin.get(url).context["page"].rows
        assert len(rows) == int(number), url


def test_who_is_behind_a_term_is_named_with_the_reason(
    admin: Client, weekly: Audience
) -> None:
    url = reverse("audience_people", args=[weekly.pk, "away-disabled_in_list"])
    page = admin.get(url).content.decode()

    assert "Disabled in the list" in page
    assert "Bea" in page
    assert "Set the contact to active on the list." in page
    assert "Eve" not in page


def test_who_is_behind_a_term_can_be_searched(admin: Client, weekly: Audience) -> None:
    url = reverse("audience_people", args=[weekly.pk, "there"])

    part = admin.get(url, {"q": "former"}, headers={"HX-Request": "true"})

    assert "former@x.example" in part.content.decode()
    assert "<h1" not in part.content.decode()
    assert "ann@x.example" not in part.content.decode()
    nobody = admin.get(url, {"q": "xyz"}).content.decode()
    assert "Nobody like that" in nobody


@pytest.mark.parametrize("term", ["away", "nonsense", "there-held"])
def test_a_term_that_there_is_not_is_not_found(
    admin: Client, weekly: Audience, term: str
) -> None:
    answer = admin.get(f"/audiences/{weekly.pk}/people/{term}/")

    assert answer.status_code == 404


def test_strangers_are_told_of_with_what_the_policy_does_to_them(
    admin: Client, weekly: Audience
) -> None:
    page = shown(admin, "audience", weekly.pk)

    assert "stranger@x.example" in page
    assert "By the policy, they are left alone." in page


def test_the_runs_of_an_audience_are_those_that_compared_it_or_sent_for_it(
    admin: Client, weekly: Audience
) -> None:
    with scope(association=weekly.association):
        compared = a_run(weekly, there=7, list_id=weekly.list_id)
        a_run(weekly, there=8, list_id=weekly.list_id + 1)
        sent = a_run(weekly)
        an_operation(sent, weekly.provider_list_id or "")

    runs = admin.get(reverse("audience", args=[weekly.pk])).context["runs"]

    assert [(one.run.id, one.there) for one in runs] == [
        (sent.pk, None),
        (compared.pk, 7),
    ]


def test_an_audience_of_a_deleted_list_still_says_what_is_there(
    admin: Client, weekly: Audience
) -> None:
    with scope(association=weekly.association):
        Audience.objects.filter(pk=weekly.pk).update(list_id=9_000_000)

    page = shown(admin, "audience", weekly.pk)

    assert "The list was deleted here." in page
    assert "Addresses at Constant Contact because of us" in page


def test_an_audience_of_another_association_is_not_found(
    admin: Client, weekly: Audience
) -> None:
    other = an_association()
    theirs = an_audience(a_connection(other), a_list(other))

    for name, rest in (("audience", []), ("audience_people", ["there"])):
        assert admin.get(reverse(name, args=[theirs.pk, *rest])).status_code == 404


def a_run(
    audience: Audience, *, there: int | None = None, list_id: int | None = None
) -> Run:
    kept: dict[str, Any] = {
        "list_id": list_id,
        "name": "Weekly",
        "name_there": "Weekly",
        "state": "active",
        "members": there,
        "not_there": {},
        "still_there": {},
        "there": there,
        "strangers": 0,
    }
    made: Run = Run.objects.create(
        association=audience.association,
        connection=audience.connection,
        kind=RunKind.EVERYTHING,
        by="rule:change",
        state=RunState.DONE,
        sums=None if there is None else [kept],
    )
    return made


def an_operation(run: Run, *lists: str, **fields: Any) -> None:
    fields = {"kind": "import", "rows": 3, "state": "confirmed", **fields}
    run.operations.create(
        association=run.association,
        connection=run.connection,
        op_id=f"00000000-0000-0000-0000-{run.pk:012}",
        lists=list(lists),
        payload_hash="",
        **fields,
    )
