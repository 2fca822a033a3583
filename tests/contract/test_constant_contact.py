"""Constant Contact's provider keeps the contract, over HTTP against the twin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.asking_contract import AskingContract
from tests.contract.people import ANN, BOB
from tests.contract.provider_contract import ProviderContract
from tests.contract.worlds import TwinWorld

from mailtwin.server import running
from mailtwin.settings import Settings
from rollkeeper.core.calls import Rewrite, Target
from rollkeeper.core.values import Person, ProviderContactId

MOODS: dict[str, tuple[str, int]] = {"careful": ("careful", 0)} | {
    f"worst-{n}": ("worst", n) for n in (1, 2, 3)
}


@pytest.fixture(scope="module", params=list(MOODS.values()), ids=list(MOODS))
def twin_url(request: pytest.FixtureRequest) -> Iterator[str]:
    mood, seed = request.param
    settings = Settings(limits=False, job_seconds=(30.0, 60.0), mood=mood, seed=seed)
    with running(settings) as twin:
        yield twin.url


@pytest.fixture
def world(twin_url: str) -> Iterator[TwinWorld]:
    with TwinWorld.open(twin_url) as world:
        yield world
        assert world.provokes or world.violations() == []


PARTS = (
    "custom_fields",
    "list_memberships",
    "taggings",
    "notes",
    "phone_numbers",
    "street_addresses",
)


class TestConstantContact(ProviderContract, AskingContract):
    pass


def made(world: TwinWorld, path: str, **document: Any) -> dict[str, Any]:
    answer = world.api.post(path, json=document)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def a_rich_contact(world: TwinWorld) -> str:
    """Make a contact with everything that one can have, and return its id."""
    field = made(world, "/contact_custom_fields", label="Level", type="string")
    tag = made(world, "/contact_tags", name="Board")
    contact = made(
        world,
        "/contacts",
        email_address={"address": ANN, "permission_to_send": "explicit"},
        create_source="Contact",
        first_name="Ann",
        job_title="Treasurer",
        birthday_month=5,
        birthday_day=17,
        anniversary="2001-05-17",
        phone_numbers=[{"kind": "work", "phone_number": "555-0100"}],
        street_addresses=[{"kind": "work", "street": "1 Main St", "city": "Lakeside"}],
        custom_fields=[{"custom_field_id": field["custom_field_id"], "value": "Gold"}],
        taggings=[tag["tag_id"]],
        notes=[{"content": "Prefers the telephone"}],
    )
    return str(contact["contact_id"])


def everything_of(world: TwinWorld, contact_id: str) -> dict[str, Any]:
    told: dict[str, Any] = world.api.get(
        f"/contacts/{contact_id}", params={"include": ",".join(PARTS)}
    ).json()
    return told


def test_a_rewrite_loses_nothing_that_staff_keep_over_there(world: TwinWorld) -> None:
    contact_id = a_rich_contact(world)
    before = everything_of(world, contact_id)
    target = Target(mailbox=BOB, provider_id=ProviderContactId(contact_id))
    world.provider.make(Rewrite(target=target, person=Person(last_name="Oak")))
    after = everything_of(world, contact_id)
    for name in (*PARTS, "job_title", "birthday_day", "anniversary", "first_name"):
        assert after[name] == before[name], name
    assert after["last_name"] == "Oak"
    assert after["email_address"]["address"] == BOB
    assert after["email_address"]["permission_to_send"] == "explicit"
