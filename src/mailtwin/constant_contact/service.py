"""One Constant Contact inside a twin, and a call that has been let in."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from typing import NoReturn

from attrs import define, field, frozen

from mailtwin.constant_contact import errors
from mailtwin.constant_contact.limits import Limits
from mailtwin.constant_contact.tokens import Grant, Mint
from mailtwin.exchange import Call, Json, Remarks
from mailtwin.faults import Rule
from mailtwin.world import World

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@define(kw_only=True)
class Service:
    """The parts of the service that live as long as the twin."""

    world: World
    mint: Mint
    limits: Limits
    replica: sqlite3.Connection | None = None
    replica_at: float = 0.0
    replica_of: int = -1


@frozen(kw_only=True)
class Asked:
    """A call whose token, scope and limits were found good."""

    service: Service
    call: Call
    grant: Grant
    params: Mapping[str, str] = field(factory=dict)
    remarks: Remarks
    fault: Rule | None = None

    @property
    def world(self) -> World:
        return self.service.world

    @property
    def database(self) -> sqlite3.Connection:
        return self.service.world.database

    @property
    def account(self) -> int:
        return self.grant.account

    @property
    def now(self) -> int:
        return int(self.call.at)

    def id(self, name: str) -> str:
        """Return a path id in lower case. Raises Refused when it is no UUID."""
        value = self.params[name]
        if not UUID.fullmatch(value):
            raise errors.not_found(f"{name} is in an invalid format.")
        return value.lower()

    def json(self) -> dict[str, Json]:
        """Return the JSON object of the body. Raises Refused for anything else."""
        document = read_json(self.call.body)
        if not isinstance(document, dict):
            raise errors.malformed()
        return document


def read_json(body: bytes) -> Json:
    """Return what *body* holds. Raises Refused when it is not strict JSON in UTF-8."""
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
        if b"\\u" in body:  # an escape may name half a character
            json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise errors.malformed() from error
    return document


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
