"""Opens connections to the hosts of our settings, and to nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any

import httpx2

from rollkeeper.providers.errors import ForbiddenCall

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
ANSWER_SECONDS = 150.0
ANSWER_BYTES = 32 * 1024 * 1024

NOTHING_LEFT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
)
"""Failures before the first byte of a request was on its way."""


class AnswerTooLarge(Exception):
    """The answer has more bytes than any we ask for could have."""


def trusted_address(text: str) -> httpx2.URL:
    """Return a base address that tokens may be sent to, without a final slash.

    Raises `ValueError`, with what to do, unless it is https or on this machine.
    """
    try:
        address = httpx2.URL(text.rstrip("/"))
    except httpx2.InvalidURL as error:
        raise ValueError(f"A provider's address is no address: {error}") from error
    plain = not (address.userinfo or address.query or address.fragment)
    if not address.host or not plain:
        raise ValueError("A provider's address is a scheme, a host and a path only.")
    if address.scheme == "https" or (address.scheme == "http" and local(address)):
        return address
    raise ValueError(
        f"Requests to {address.host} would not be encrypted: its address must begin "
        "with https://."
    )


def local(address: httpx2.URL) -> bool:
    """Does the address name this very machine?"""
    if address.host == "localhost":
        return True
    try:
        return ip_address(address.host).is_loopback
    except ValueError:
        return False


def open_client(
    base: httpx2.URL, *, over: httpx2.BaseTransport | None
) -> httpx2.Client:
    """Return a client that follows no redirects and asks no proxy of the environment.

    For a host that is not this machine it also refuses connections to addresses that
    are not public, wherever its name may point.
    """
    hooks: dict[str, list[Callable[[httpx2.Request], None]]] = {"request": []}
    if not local(base):
        hooks["request"].append(_watch)
    return httpx2.Client(
        transport=over,
        timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
        event_hooks=hooks,
    )


def _watch(request: httpx2.Request) -> None:
    request.extensions["trace"] = _refuse_inner_addresses


def _refuse_inner_addresses(event: str, told: Mapping[str, Any]) -> None:
    if event != "connection.connect_tcp.complete":
        return
    stream = told["return_value"]
    reached = stream.get_extra_info("server_addr")[0].partition("%")[0]
    if not ip_address(reached).is_global:
        stream.close()
        raise ForbiddenCall(
            "The provider's host name points to an address inside a private network."
        )


def read_bounded(response: httpx2.Response, *, monotonic: Callable[[], float]) -> bytes:
    """Return the body, unless it grows too large or trickles too long."""
    ends = monotonic() + ANSWER_SECONDS
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > ANSWER_BYTES:
            raise AnswerTooLarge(f"more than {ANSWER_BYTES} bytes")
        if monotonic() > ends:
            raise httpx2.ReadTimeout(f"not whole after {ANSWER_SECONDS:.0f} s")
    return bytes(content)


def decoded(content: bytes) -> Any:
    """Return the JSON document in a body, None when there is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
