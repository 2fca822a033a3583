"""Sends requests to one vendor: counted, bounded, and only those we ever make.

The vendor's folder words a `Request`, lists what may leave (`Permit`) and says what an
answer means (`Judge`); everything the way there can do to a request is decided here.
"""

from __future__ import annotations

import random
import re
import time
import weakref
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NoReturn, TypeAlias

import httpx2
from attrs import define, field, frozen

from rollkeeper.core.retry import THROTTLED, TRANSIENT
from rollkeeper.providers.errors import (
    AnswerLost,
    ForbiddenCall,
    ProtocolBroken,
    ProviderError,
    QueueFull,
    QuotaSpent,
    ReconnectNeeded,
    TryLater,
)
from rollkeeper.providers.outbound import (
    NOTHING_LEFT,
    AnswerTooLarge,
    decoded,
    open_client,
    read_bounded,
    trusted_address,
)
from rollkeeper.providers.port import Gate, Purpose, Tokens

Document: TypeAlias = Mapping[str, Any]


class TokenRefused(ReconnectNeeded):
    """The access token was not taken; a renewed one may be."""


class Throttled(TryLater):
    """More requests in this second than allowed."""


@frozen(kw_only=True)
class Request:
    """One request, worded in the vendor's terms."""

    method: str
    target: str = field(repr=False)
    """Path below the vendor's base address, with its query, percent-encoded."""
    purpose: Purpose
    body: bytes | None = field(default=None, repr=False)
    known: Document | None = field(default=None, repr=False)
    """What a fresh read showed of the thing this request replaces."""

    @property
    def path(self) -> str:
        """Return the target without its query, which may hold an address."""
        return self.target.partition("?")[0]

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@frozen(kw_only=True)
class Reply:
    """A whole answer. *document* is None when the body is no JSON."""

    status: int
    document: Any = field(repr=False)
    provider_time: datetime | None


Judge: TypeAlias = Callable[[Reply, Request], ProviderError]
"""Says what an answer that is no success means."""


Objection: TypeAlias = Callable[[Request], str | None]
"""Return why a request may not leave after all, or None."""


@frozen(kw_only=True)
class Permit:
    """A kind of request that may leave, and what must not be in it."""

    method: str
    path: re.Pattern[str]
    objection: Objection


@frozen(kw_only=True)
class Pace:
    """Time and chance, as far as requests go by them."""

    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    """Return a number from 0 up to 1."""
    monotonic: Callable[[], float] = time.monotonic


@define(kw_only=True)
class Transport:
    """The only door to one vendor's API. Closes its connections when dropped."""

    base: httpx2.URL = field(converter=trusted_address)
    tokens: Tokens
    gate: Gate
    permits: tuple[Permit, ...]
    judge: Judge
    pace: Pace = field(factory=Pace)
    over: httpx2.BaseTransport | None = None
    _client: httpx2.Client = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._client = open_client(self.base, over=self.over)
        weakref.finalize(self, self._client.close)

    def send(self, request: Request) -> Reply:
        """Return the answer to *request*, which was a success.

        A refused token is renewed once. What surely had no effect is tried again, up
        to three times, unless the day's quota or the job queue forbids it.
        """
        self._check(request)
        token = self.tokens.access()
        renewed, attempt = False, 0
        while True:
            try:
                return self._attempt(request, token)
            except TokenRefused as refusal:
                if renewed:
                    raise ReconnectNeeded(str(refusal)) from refusal
                token, renewed = self.tokens.renew(token), True
            except (QuotaSpent, QueueFull):
                raise
            except TryLater as failure:
                attempt += 1
                self._wait(failure, attempt)

    def target_of(self, link: str) -> str:
        """Return the target a link of the vendor leads to, just as it was given.

        Raises `TryLater` when it leads anywhere but below the base address.
        """
        address = self.base.join(link)
        root = self.base.raw_path.decode()
        target = address.raw_path.decode()
        same_host = address.origin == self.base.origin
        if not same_host or not target.startswith(f"{root}/"):
            raise TryLater("The provider linked to another place; reading stopped.")
        return target.removeprefix(root)

    def _check(self, request: Request) -> None:
        permits = [
            permit
            for permit in self.permits
            if permit.method == request.method and permit.path.fullmatch(request.path)
        ]
        if not permits:
            raise ForbiddenCall(f"{request} is none of the calls a sync makes.")
        for permit in permits:
            if objection := permit.objection(request):
                raise ForbiddenCall(f"{request} was stopped: {objection}.")

    def _wait(self, failure: TryLater, attempt: int) -> None:
        backoff = THROTTLED if isinstance(failure, Throttled) else TRANSIENT
        wait = backoff.wait(attempt=attempt, chance=self.pace.jitter())
        if wait is None:
            raise failure
        self.pace.sleep(wait.total_seconds())

    def _attempt(self, request: Request, token: str) -> Reply:
        self.gate.debit(request.purpose)
        reply = self._exchange(request, token)
        if 200 <= reply.status < 300:
            if reply.document is None and reply.status != HTTPStatus.NO_CONTENT:
                _lost(request, "with a body that is no JSON")
            return reply
        refusal = self.judge(reply, request)
        if isinstance(refusal, QuotaSpent):
            self.gate.close_until_tomorrow()
        raise refusal

    def _exchange(self, request: Request, token: str) -> Reply:
        try:
            with self._open(request, token) as response:
                content = read_bounded(response, monotonic=self.pace.monotonic)
        except NOTHING_LEFT as error:
            raise TryLater(f"{request}: the provider cannot be reached.") from error
        except AnswerTooLarge as error:
            if request.writes:
                _lost(request, "too large", error)
            raise ProtocolBroken(f"{request} was answered too large.") from error
        except httpx2.RequestError as error:
            _lost(request, "not at all, or not to the end", error)
        return Reply(
            status=response.status_code,
            document=decoded(content),
            provider_time=_provider_time(response),
        )

    def _open(
        self, request: Request, token: str
    ) -> AbstractContextManager[httpx2.Response]:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        address = f"{str(self.base).rstrip('/')}{request.target}"
        return self._client.stream(
            request.method, address, content=request.body, headers=headers
        )


def _lost(request: Request, how: str, cause: Exception | None = None) -> NoReturn:
    """Raise what an answer nobody can read means: a write may have had its effect."""
    error = AnswerLost if request.writes else TryLater
    raise error(f"{request} was answered {how}.") from cause


def _provider_time(response: httpx2.Response) -> datetime | None:
    try:
        told = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
