"""A vendor that answers as told, and the provider that speaks to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeAlias

import httpx2
from attrs import define, field
from tests.providers.fakes import Counter, Keyring, Refusals

from rollkeeper.providers import registry
from rollkeeper.providers.http import Pace
from rollkeeper.providers.port import Provider
from rollkeeper.providers.registry import ProviderSettings

SETTINGS = ProviderSettings(
    client_id="our-key",
    client_secret=None,
    api_url="https://api.vendor.example/v3",
    auth_url="https://sign-in.vendor.example/oauth2",
)
Scripted: TypeAlias = httpx2.Response | Exception


@define(kw_only=True)
class Vendor:
    """Gives *answers* in order, the last one again and again."""

    answers: Sequence[Scripted]
    requests: list[httpx2.Request] = field(factory=list)
    sleeps: list[float] = field(factory=list)
    gate: Counter = field(factory=Counter)
    tokens: Keyring = field(factory=Keyring)
    screen: Refusals = field(factory=Refusals)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        place = min(len(self.requests), len(self.answers) - 1)
        self.requests.append(request)
        answer = self.answers[place]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def provider(self) -> Provider:
        """Return Constant Contact's provider, with this vendor at its other end."""
        return registry.open(
            "constant_contact",
            settings=SETTINGS,
            tokens=self.tokens,
            gate=self.gate,
            screen=self.screen,
            pace=Pace(sleep=self.sleeps.append, jitter=lambda: 0.5),
            transport=httpx2.MockTransport(self.answer),
        )

    def bodies(self) -> list[Any]:
        """Return the documents that were sent."""
        return [json.loads(each.content) for each in self.requests if each.content]


def vendor(*answers: Scripted) -> Vendor:
    return Vendor(answers=answers)


def says(status: int, document: object = None, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, json=document, headers=headers)


def complains(status: int, key: str, message: str = "No.") -> httpx2.Response:
    return says(status, [{"error_key": key, "error_message": message}])


def a_page(*contacts: dict[str, Any], following: str | None = None) -> httpx2.Response:
    links = {"_links": {"next": {"href": following}}} if following else {}
    return says(200, {"contacts": list(contacts), **links})


def a_contact(contact_id: str = "c-1", **told: Any) -> dict[str, Any]:
    email = {
        "address": "ann@members.example",
        "permission_to_send": "implicit",
        **told.pop("email", {}),
    }
    return {"contact_id": contact_id, "email_address": email, **told}
