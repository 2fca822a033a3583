"""Reading page by page, to the end or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.providers.vendor import (
    Vendor,
    a_contact,
    a_page,
    complains,
    says,
    vendor,
)

from rollkeeper.core.values import Mailbox
from rollkeeper.providers.errors import ProtocolBroken, TryLater
from rollkeeper.providers.port import Page, Purpose

NEXT = "/v3/contacts?cursor=bGltaXQ9NSZuZXh0PTI%3D"
NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)


def read(there: Vendor) -> list[Page]:
    return list(there.provider().contacts())


def asked(there: Vendor) -> list[str]:
    return [request.url.raw_path.decode() for request in there.requests]


def test_a_full_read_asks_for_everybody_with_lists_in_the_largest_pages() -> None:
    there = vendor(a_page())
    read(there)
    assert asked(there) == [
        "/v3/contacts?status=all&include=list_memberships&include_count=true&limit=500"
    ]


def test_a_link_is_followed_just_as_it_was_given() -> None:
    there = vendor(a_page(a_contact("c-1"), following=NEXT), a_page(a_contact("c-2")))
    pages = read(there)
    assert asked(there)[1] == NEXT
    assert [page.contacts[0].provider_id for page in pages] == ["c-1", "c-2"]


@pytest.mark.parametrize(
    "last", [{}, {"_links": None}, {"_links": {}}, {"_links": {"next": None}}]
)
def test_the_last_page_has_no_link_in_any_of_its_forms(last: dict[str, object]) -> None:
    assert len(read(vendor(says(200, {"contacts": [], **last})))) == 1


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example/v3/contacts?cursor=x",
        "//elsewhere.example/v3/contacts?cursor=x",
        "http://api.vendor.example/v3/contacts?cursor=x",
        "https://api.vendor.example:8443/v3/contacts?cursor=x",
        "/v2/contacts?cursor=x",
        "/v3/../admin?cursor=x",
    ],
)
def test_a_link_that_leads_away_is_not_followed(link: str) -> None:
    there = vendor(a_page(following=link))
    with pytest.raises(TryLater):
        read(there)
    assert len(there.requests) == 1


def test_pages_in_a_circle_end_the_read() -> None:
    there = vendor(a_page(following=NEXT))
    with pytest.raises(TryLater, match="circle"):
        read(there)
    assert len(there.requests) == 2


@pytest.mark.parametrize("status", [400, 404])
def test_a_forgotten_cursor_means_to_read_again(status: int) -> None:
    there = vendor(a_page(following=NEXT), complains(status, "x", "cursor is invalid"))
    with pytest.raises(TryLater):
        read(there)


def test_a_page_that_fails_for_a_moment_is_asked_for_again() -> None:
    there = vendor(a_page(following=NEXT), says(503), a_page(a_contact()))
    assert len(read(there)) == 2


@pytest.mark.parametrize(
    "page", [{}, {"contacts": None}, {"contacts": ["c-1"]}, {"contacts": [{}]}]
)
def test_a_page_that_is_none_is_not_an_empty_one(page: dict[str, object]) -> None:
    with pytest.raises(ProtocolBroken):
        read(vendor(says(200, page)))


def test_the_newly_made_are_asked_for_in_the_providers_time() -> None:
    there = vendor(a_page())
    list(there.provider().contacts(created_after=NOON))
    assert "created_after=2030-01-07T12%3A00%3A00Z" in asked(there)[0]


def test_refusals_are_asked_for_by_when_they_were_made() -> None:
    there = vendor(a_page())
    list(there.provider().opted_out(after=NOON))
    assert asked(there)[0].startswith(
        "/v3/contacts?status=unsubscribed&optout_after=2030-01-07T12%3A00%3A00Z&"
    )
    assert there.gate.purposes == [Purpose.SUPPRESS]


def test_an_address_is_looked_for_with_its_plus_sign() -> None:
    there = vendor(a_page())
    there.provider().find(Mailbox("ann+news@members.example"))
    assert "email=ann%2Bnews%40members.example&status=all" in asked(there)[0]


def a_job(number: int, created_at: str) -> dict[str, object]:
    return {"activity_id": str(number), "state": "completed", "created_at": created_at}


def test_jobs_are_read_until_a_page_holds_only_older_ones() -> None:
    following = {"_links": {"next": {"href": "/v3/activities?cursor=2"}}}
    recent, old = "2030-01-07T12:30:00Z", "2030-01-06T09:00:00Z"
    there = vendor(
        says(200, {"activities": [a_job(1, old), a_job(2, recent)], **following}),
        says(
            200,
            {
                "activities": [a_job(3, old)],
                "_links": {"next": {"href": "/v3/activities?cursor=3"}},
            },
        ),
    )
    found = list(there.provider().jobs(created_after=NOON))
    assert [job.job_id for job in found] == ["2"]
    assert len(there.requests) == 2
