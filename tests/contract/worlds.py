"""A provider together with the people around its account, for the contract tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx2
from attrs import define
from tests.providers.fakes import Counter, Keyring, Refusals

from rollkeeper.core.values import Mailbox, Person, ProviderListId
from rollkeeper.providers import registry
from rollkeeper.providers.http import Pace
from rollkeeper.providers.memory import (
    MemoryAccount,
    MemoryAsking,
    MemoryProvider,
    finish_jobs,
)
from rollkeeper.providers.port import Asking, Provider
from rollkeeper.providers.registry import ProviderSettings


class World(Protocol):
    """What a contract test may do beside asking the provider."""

    provider: Provider
    asking: Asking
    refusals: Refusals
    gate: Counter
    provokes: bool
    """Set by a test that does what no careful client would."""

    def now(self) -> datetime:
        """Return the time over there."""

    def wait(self, seconds: int) -> None:
        """Let time pass over there."""

    def finish_jobs(self) -> None:
        """Let every bulk job end."""

    def hand_add(
        self, mailbox: str, *, person: Person, lists: list[ProviderListId]
    ) -> None:
        """Staff over there add a contact."""

    def hand_delete(self, mailbox: str) -> None:
        """Staff over there delete a contact."""

    def unsubscribe(self, mailbox: str, *, reason: str) -> None:
        """The person leaves everything."""

    def resubscribe(self, mailbox: str) -> None:
        """The person presses the button in the mail that asks them to come back."""

    def leave_list(self, mailbox: str, list_id: ProviderListId) -> None:
        """The person leaves one list."""


@define(kw_only=True)
class MemoryWorld:
    account: MemoryAccount
    clock: list[datetime]
    provider: Provider
    asking: Asking
    refusals: Refusals
    gate: Counter
    provokes: bool = False

    @classmethod
    def make(cls, *, began: datetime) -> MemoryWorld:
        clock, refusals, gate = [began], Refusals(), Counter()
        account = MemoryAccount(now=lambda: clock[0], polls_per_job=0)
        provider = MemoryProvider(held_by=account, gate=gate, screen=refusals)
        return cls(
            account=account,
            clock=clock,
            provider=provider,
            asking=MemoryAsking(held_by=account, gate=gate),
            refusals=refusals,
            gate=gate,
        )

    def now(self) -> datetime:
        return self.clock[0]

    def wait(self, seconds: int) -> None:
        self.clock[0] += timedelta(seconds=seconds)

    def finish_jobs(self) -> None:
        finish_jobs(self.account)

    def hand_add(
        self, mailbox: str, *, person: Person, lists: list[ProviderListId]
    ) -> None:
        self.account.hand_add(Mailbox(mailbox), person=person, lists=lists)

    def hand_delete(self, mailbox: str) -> None:
        self.account.hand_delete(Mailbox(mailbox))

    def unsubscribe(self, mailbox: str, *, reason: str) -> None:
        self.account.unsubscribe(Mailbox(mailbox), reason=reason)

    def resubscribe(self, mailbox: str) -> None:
        self.account.resubscribe(Mailbox(mailbox))

    def leave_list(self, mailbox: str, list_id: ProviderListId) -> None:
        self.account.leave_list(Mailbox(mailbox), list_id)


@define(kw_only=True)
class TwinWorld:
    """Constant Contact's provider, talking HTTP to a twin on this machine."""

    control: httpx2.Client
    api: httpx2.Client
    """Signed in as the provider is, for what the port does not do."""
    provider: Provider
    asking: Asking
    refusals: Refusals
    gate: Counter
    provokes: bool = False

    @classmethod
    @contextmanager
    def open(
        cls, url: str, *, over: httpx2.BaseTransport | None = None
    ) -> Iterator[TwinWorld]:
        """Reset the twin at *url* and sign in. Waiting moves the twin's clock."""
        with httpx2.Client(base_url=url, trust_env=False) as control:
            _post(control, "reset")
            access = _post(control, "token")["access_token"]
            refusals, gate = Refusals(), Counter()
            tokens = Keyring(tokens=[access])
            pace = Pace(
                sleep=lambda seconds: _let_pass(control, seconds), jitter=lambda: 0.5
            )
            provider = registry.open(
                "constant_contact",
                settings=twin_settings(url),
                tokens=tokens,
                gate=gate,
                screen=refusals,
                pace=pace,
                transport=over,
            )
            asking = registry.open_asking(
                "constant_contact",
                settings=twin_settings(url),
                tokens=tokens,
                gate=gate,
                pace=pace,
                transport=over,
            )
            signed_in = {"Authorization": f"Bearer {access}"}
            with httpx2.Client(
                base_url=f"{url}/v3", headers=signed_in, trust_env=False
            ) as api:
                yield cls(
                    control=control,
                    api=api,
                    provider=provider,
                    asking=asking,
                    refusals=refusals,
                    gate=gate,
                )

    def now(self) -> datetime:
        told = self.control.get("/__control__/clock").json()["now"]
        return datetime.fromisoformat(told)

    def wait(self, seconds: int) -> None:
        self.post("clock", advance=seconds)

    def finish_jobs(self) -> None:
        self.post("jobs", finish=True)

    def hand_add(
        self, mailbox: str, *, person: Person, lists: list[ProviderListId]
    ) -> None:
        self.post(
            "hand_add",
            address=mailbox,
            first_name=person.first_name,
            last_name=person.last_name,
            company_name=person.company,
            lists=lists,
        )

    def hand_delete(self, mailbox: str) -> None:
        self.post("delete_contact", address=mailbox)

    def unsubscribe(self, mailbox: str, *, reason: str) -> None:
        self.post("unsubscribe", address=mailbox, reason=reason)

    def resubscribe(self, mailbox: str) -> None:
        self.post("resubscribe", address=mailbox)

    def leave_list(self, mailbox: str, list_id: ProviderListId) -> None:
        self.post("leave_list", address=mailbox, list=list_id)

    def post(self, call: str, **body: Any) -> dict[str, Any]:
        """Make a control call of the twin and return its answer."""
        return _post(self.control, call, **body)

    def calls(self) -> list[dict[str, Any]]:
        """Return the requests that the twin got so far."""
        told: list[dict[str, Any]] = self.control.get("/__control__/calls").json()[
            "calls"
        ]
        return told

    def violations(self) -> list[dict[str, Any]]:
        """Return what a careful client would not have done."""
        told: list[dict[str, Any]] = self.control.get("/__control__/violations").json()[
            "violations"
        ]
        return told


def _let_pass(control: httpx2.Client, seconds: float) -> None:
    _post(control, "clock", advance=seconds)


def twin_settings(url: str) -> ProviderSettings:
    return ProviderSettings(
        client_id="twin-client",
        client_secret=None,
        api_url=f"{url}/v3",
        auth_url=f"{url}/oauth2/default/v1",
    )


def _post(control: httpx2.Client, call: str, **body: Any) -> dict[str, Any]:
    answer = control.post(f"/__control__/{call}", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told
