"""The way to a vendor and back, and everything that can happen on it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from attrs import evolve
from tests.providers.fakes import Counter
from tests.providers.vendor import SETTINGS, Vendor, complains, says, vendor

from rollkeeper.core.calls import Delete, Target
from rollkeeper.core.values import Mailbox, ProviderContactId
from rollkeeper.providers import errors, outbound, registry
from rollkeeper.providers.errors import (
    AnswerLost,
    ChangeRefused,
    ForbiddenCall,
    ProtocolBroken,
    ProviderError,
    QueueFull,
    QuotaSpent,
    ReconnectNeeded,
    TryLater,
)
from rollkeeper.providers.outbound import trusted_address
from rollkeeper.providers.port import Purpose

ANN = ProviderContactId("c-1")
ENDING = Delete(
    targets=(Target(mailbox=Mailbox("ann@members.example"), provider_id=ANN),)
)
SUMMARY = {"encoded_account_id": "a1", "organization_name": "Chamber"}
GATEWAY_PAGE = httpx2.Response(502, html="<h1>Bad gateway</h1>")
QUOTA_EXCEEDED = says(429, {"error_key": "quota_exceeded", "error_message": "Limit"})
THROTTLED = says(429, {"error_key": "throttled", "error_message": "Too Many"})


def reading(there: Vendor) -> None:
    there.provider().account()


def writing(there: Vendor) -> None:
    there.provider().start(ENDING)


def test_a_request_carries_the_token_and_asks_for_json() -> None:
    there = vendor(says(201, {"activity_id": "j-1"}))
    writing(there)
    (request,) = there.requests
    assert request.headers["Authorization"] == "Bearer first-token"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["Content-Type"] == "application/json"
    assert str(request.url) == (
        "https://api.vendor.example/v3/activities/contact_delete"
    )


def test_every_request_is_counted_before_it_leaves() -> None:
    there = vendor(says(503), says(503), says(200, SUMMARY))
    reading(there)
    assert there.gate.purposes == [Purpose.READ] * 3


def test_no_request_leaves_through_a_closed_gate() -> None:
    there = vendor(says(200, SUMMARY))
    there.gate = Counter(left=0)
    with pytest.raises(QuotaSpent):
        reading(there)
    assert there.requests == []


def test_a_refused_token_is_renewed_once_and_the_request_repeated() -> None:
    there = vendor(says(401, {"error_key": "unauthorized"}), says(200, SUMMARY))
    reading(there)
    assert there.tokens.refused == ["first-token"]
    assert there.requests[1].headers["Authorization"] == "Bearer second-token"


def test_two_refused_tokens_call_for_a_person() -> None:
    there = vendor(says(401, {"error_key": "unauthorized"}))
    with pytest.raises(ReconnectNeeded):
        reading(there)
    assert len(there.requests) == 2


CLASSIFIED = [
    (says(403, None), ReconnectNeeded, ReconnectNeeded),
    (says(500, None), TryLater, AnswerLost),
    (says(503, None), TryLater, AnswerLost),
    (GATEWAY_PAGE, TryLater, AnswerLost),
    (says(504, None), TryLater, AnswerLost),
    (QUOTA_EXCEEDED, QuotaSpent, QuotaSpent),
    (complains(429, "too_many_activities"), QueueFull, QueueFull),
    (httpx2.Response(429, text="slow down"), QueueFull, QueueFull),
    (complains(400, "contacts.api.validation.error"), ProtocolBroken, ChangeRefused),
    (complains(404, "contacts.api.not_found"), ProtocolBroken, ChangeRefused),
    (complains(409, "contacts.api.conflict"), ProtocolBroken, ChangeRefused),
    (says(405, None), ProtocolBroken, ProtocolBroken),
    (says(415, None), ProtocolBroken, ProtocolBroken),
    (
        says(302, None, Location="https://other.example/"),
        ProtocolBroken,
        ProtocolBroken,
    ),
    (httpx2.Response(200, html="<h1>Maintenance</h1>"), TryLater, AnswerLost),
    (httpx2.Response(200), TryLater, AnswerLost),
    (says(200, []), ProtocolBroken, AnswerLost),
    (httpx2.ConnectError("refused"), TryLater, TryLater),
    (httpx2.ConnectTimeout("slow"), TryLater, TryLater),
    (httpx2.ReadTimeout("slow"), TryLater, AnswerLost),
    (httpx2.WriteTimeout("slow"), TryLater, AnswerLost),
    (httpx2.ReadError("reset"), TryLater, AnswerLost),
    (httpx2.RemoteProtocolError("disconnected"), TryLater, AnswerLost),
]


@pytest.mark.parametrize(("answer", "read", "write"), CLASSIFIED)
def test_an_answer_is_named_for_what_to_do_about_it(
    answer: httpx2.Response | Exception,
    read: type[ProviderError],
    write: type[ProviderError],
) -> None:
    for act, expected in ((reading, read), (writing, write)):
        with pytest.raises(ProviderError) as raised:
            act(vendor(answer))
        assert named(raised.value) is expected


def named(error: ProviderError) -> type[BaseException]:
    """Return the public name an error goes by."""
    return next(
        kind for kind in type(error).__mro__ if kind.__module__ == errors.__name__
    )


def test_the_day_is_over_when_the_provider_says_so() -> None:
    there = vendor(QUOTA_EXCEEDED)
    with pytest.raises(QuotaSpent):
        reading(there)
    assert there.gate.closed
    assert len(there.requests) == 1


def test_throttling_waits_a_second_and_more_each_time() -> None:
    there = vendor(THROTTLED, THROTTLED, THROTTLED, says(200, SUMMARY))
    reading(there)
    assert there.sleeps == [1.5, 3.0, 6.0]
    assert not there.gate.closed


def test_throttling_is_not_endured_for_ever() -> None:
    there = vendor(THROTTLED)
    with pytest.raises(TryLater):
        reading(there)
    assert len(there.requests) == 4


def test_a_full_job_queue_is_left_alone_for_minutes() -> None:
    there = vendor(complains(429, "too_many_activities"))
    with pytest.raises(QueueFull) as raised:
        writing(there)
    assert raised.value.retry_after is not None
    assert there.sleeps == []


def test_what_had_no_effect_is_tried_three_times_and_no_more() -> None:
    there = vendor(httpx2.ConnectError("refused"))
    with pytest.raises(TryLater):
        writing(there)
    assert len(there.requests) == 3
    assert there.sleeps == [0.5, 1.0]


def test_what_may_have_had_its_effect_is_never_repeated() -> None:
    there = vendor(httpx2.ReadTimeout("slow"))
    with pytest.raises(AnswerLost):
        writing(there)
    assert len(there.requests) == 1


def test_nothing_is_sent_where_a_name_points_into_a_private_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look_up = socket.getaddrinfo

    def rebound(_host: str, *rest: Any, **named: Any) -> Any:
        return look_up("127.0.0.1", *rest, **named)

    with socket.create_server(("127.0.0.1", 0)) as inner:
        monkeypatch.setattr(socket, "getaddrinfo", rebound)
        there = vendor(says(200, SUMMARY))
        provider = registry.open(
            "constant_contact",
            settings=evolve(
                SETTINGS,
                api_url=f"https://api.vendor.example:{inner.getsockname()[1]}/v3",
            ),
            tokens=there.tokens,
            gate=there.gate,
            screen=there.screen,
        )
        with pytest.raises(ForbiddenCall, match="private network"):
            provider.account()


class Endless(httpx2.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield b" " * 1024 * 1024


def test_an_answer_without_end_is_cut_off() -> None:
    endless = httpx2.Response(200, stream=Endless())
    with pytest.raises(ProtocolBroken, match="too large"):
        reading(vendor(endless))
    with pytest.raises(AnswerLost):
        writing(vendor(httpx2.Response(200, stream=Endless())))


def test_an_answer_that_trickles_is_given_up() -> None:
    clock = iter(range(0, 10_000, 60))
    response = httpx2.Response(200, stream=Endless())
    with pytest.raises(httpx2.ReadTimeout):
        outbound.read_bounded(response, monotonic=lambda: float(next(clock)))


def test_no_message_repeats_an_address_or_a_token() -> None:
    said = complains(400, "x", "ann@members.example is no address")
    with pytest.raises(ChangeRefused) as raised:
        writing(vendor(said))
    assert str(raised.value).endswith("… is no address")
    there = vendor(says(500))
    with pytest.raises(TryLater) as failed:
        there.provider().find(Mailbox("ann@members.example"))
    assert "ann" not in str(failed.value)


@pytest.mark.parametrize(
    "address",
    [
        "https://api.vendor.example/v3",
        "http://127.0.0.1:9000/v3/",
        "http://localhost/v3",
        "http://[::1]:9000",
    ],
)
def test_addresses_are_trusted_over_tls_or_on_this_machine(address: str) -> None:
    assert str(trusted_address(address)) == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    [
        "http://api.vendor.example/v3",
        "http://127.0.0.1.evil.example/v3",
        "https://user:secret@api.vendor.example/v3",
        "https://api.vendor.example/v3?to=elsewhere",
        "ftp://127.0.0.1/v3",
        "api.vendor.example/v3",
        "",
    ],
)
def test_no_other_address_gets_our_tokens(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        trusted_address(address)
