"""Each request we send is one that the vendor's own contract describes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import jsonschema
import pytest
import yaml
from attrs import define, field
from tests.contract.worlds import TwinWorld

from mailtwin.server import running
from mailtwin.settings import Settings
from rollkeeper.core.calls import (
    Create,
    Delete,
    Import,
    Join,
    Leave,
    Rewrite,
    Row,
    Target,
)
from rollkeeper.core.values import Mailbox, Person
from rollkeeper.providers.constant_contact.permits import PERMITS

CONTRACT = Path(__file__).parents[2].parent / "shared/constant_contact/openapi.yml"

needs_the_contract = pytest.mark.skipif(
    not CONTRACT.exists(), reason="the vendor's contract is not beside the project"
)


@define
class Recorder(httpx2.BaseTransport):
    """The network, and a copy of each request that went over it."""

    network: httpx2.HTTPTransport = field(factory=httpx2.HTTPTransport)
    requests: list[httpx2.Request] = field(factory=list)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self.network.handle_request(request)

    def close(self) -> None:
        self.network.close()


@pytest.fixture(scope="module")
def sent() -> Iterator[list[httpx2.Request]]:
    """Every request of one walk through the whole port."""
    recorder = Recorder()
    settings = Settings(limits=False, job_seconds=(0.0, 0.0))
    with running(settings) as twin, TwinWorld.open(twin.url, over=recorder) as world:
        walk(world)
        yield recorder.requests


def walk(world: TwinWorld) -> None:
    provider = world.provider
    provider.account()
    one, two = (provider.create_list(name).list_id for name in ("One", "Two"))
    list(provider.lists())
    provider.rename_list(two, "Deux")
    provider.delete_list(provider.create_list("Nobody's").list_id)
    person = Person(first_name="Ann", last_name="Oak", company="Oak & Sons")
    rows = [Row(mailbox=Mailbox(f"{n}@m.example"), person=person) for n in "abc"]
    provider.start(Import(rows=tuple(rows), lists=(one,)))
    since = world.now().replace(year=2000)
    list(provider.jobs(created_after=since))
    pages = list(provider.contacts(created_after=since))
    targets = tuple(
        Target(mailbox=seen.mailbox, provider_id=seen.provider_id)
        for page in pages
        for seen in page.contacts
        if seen.mailbox is not None
    )
    provider.start(Join(targets=targets, lists=(two,)))
    provider.start(Leave(targets=targets, lists=(two,)))
    provider.start(Delete(targets=targets[:1]))
    long = Row(mailbox=Mailbox(f"{'l' * 50}@m.example"), person=person)
    made = provider.make(Create(row=long, lists=(one,))).seen
    target = Target(mailbox=Mailbox("new@m.example"), provider_id=made.provider_id)
    provider.make(Rewrite(target=target, person=Person(last_name="Birch")))
    list(provider.opted_out(after=since))
    provider.look(made.provider_id)
    provider.find(Mailbox("new+er@m.example"))


@cache
def contract() -> dict[str, Any]:
    loaded = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    told: dict[str, Any] = without_slips(loaded)
    return told


def without_slips(node: Any) -> Any:
    """Drop `maxItems: 0`, by which the contract forbids what its own words allow."""
    if isinstance(node, dict):
        return {
            name: without_slips(value)
            for name, value in node.items()
            if (name, value) != ("maxItems", 0)
        }
    return [without_slips(each) for each in node] if isinstance(node, list) else node


def operation(request: httpx2.Request) -> dict[str, Any]:
    """Return what the contract says of a request's method and path."""
    path = request.url.path.removeprefix("/v3")
    for described, operations in contract()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[0-9a-f-]{36}", described), path):
            found: dict[str, Any] = operations[request.method.lower()]
            return found
    raise AssertionError(f"the contract has no {request.method} {path}")


def parameters(request: httpx2.Request, place: str) -> dict[str, dict[str, Any]]:
    told = operation(request)["parameters"]
    return {each["name"]: each for each in told if each["in"] == place}


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the properties an object may have, looking through a reference."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = (contract()["definitions"][name] if name else schema)[
        "properties"
    ]
    return found


def test_the_walk_uses_every_permit_there_is(sent: list[httpx2.Request]) -> None:
    used = {
        (request.method, permit.path.pattern)
        for request in sent
        for permit in PERMITS
        if permit.path.fullmatch(request.url.path.removeprefix("/v3"))
        and permit.method == request.method
    }
    assert used == {(permit.method, permit.path.pattern) for permit in PERMITS}


@needs_the_contract
def test_each_body_is_as_the_contract_describes_it(sent: list[httpx2.Request]) -> None:
    with_bodies = [request for request in sent if request.content]
    assert with_bodies
    for request in with_bodies:
        (body,) = parameters(request, "body").values()
        schema = body["schema"]
        document = json.loads(request.content)
        whole = {**schema, "definitions": contract()["definitions"]}
        jsonschema.Draft4Validator(whole).validate(document)
        assert set(document) <= set(described(schema)), request.url.path


@needs_the_contract
def test_each_query_is_one_the_contract_knows(sent: list[httpx2.Request]) -> None:
    with_queries = [request for request in sent if request.url.query]
    assert with_queries
    for request in with_queries:
        known = parameters(request, "query")
        for name, value in request.url.params.items():
            assert name in known, f"{request.url.path} takes no {name}"
            words = known[name].get("enum")
            assert words is None or set(value.split(",")) <= set(words)
