"""What a call to the token endpoint says, and the first tokens it may lead to."""

from __future__ import annotations

import base64
import binascii
import sqlite3
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote_plus

from attrs import frozen

from mailtwin.constant_contact.not_granted import NotGranted
from mailtwin.constant_contact.service import Service
from mailtwin.exchange import Call, Json, Remarks

FORM = "application/x-www-form-urlencoded"


@frozen(kw_only=True)
class TokenCall:
    """A call to the token endpoint with its fields, from form and query alike."""

    service: Service
    fields: Mapping[str, str]
    client_id: str
    secret: str | None
    at: float
    remarks: Remarks

    @property
    def database(self) -> sqlite3.Connection:
        return self.service.world.database

    def need(self, name: str) -> str:
        """Return a field. Raises NotGranted when it was not sent."""
        value = self.fields.get(name)
        if not value:
            raise NotGranted("invalid_request", f"The parameter {name} is missing.")
        return value


def read_fields(call: Call) -> dict[str, str]:
    """Return the fields of a form and of the query; the form wins."""
    fields = dict(call.query)
    if call.headers.get("content-type", "").partition(";")[0].strip() == FORM:
        text = call.body.decode("utf-8", errors="replace")
        fields |= dict(parse_qsl(text, keep_blank_values=True))
    return fields


def read_client(call: Call) -> tuple[dict[str, str], str, str | None]:
    """Return the fields of a call, its client and that one's secret, if it has one."""
    fields = read_fields(call)
    client_id, secret = _credentials(call, fields)
    if not client_id:
        raise NotGranted("invalid_client", "No client was named.", status=401)
    return fields, client_id, secret


def _credentials(call: Call, fields: Mapping[str, str]) -> tuple[str, str | None]:
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(encoded, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise NotGranted("invalid_client", "Bad header.", status=401) from error
        client_id, _, secret = pair.partition(":")
        return unquote_plus(client_id), unquote_plus(secret)
    return fields.get("client_id", ""), fields.get("client_secret")


def first_tokens(
    service: Service, grant: int, scope: str, *, at: float
) -> dict[str, Json]:
    """Return the first tokens of a grant; a refresh token only with its scope."""
    refresh = None
    if "offline_access" in scope.split():
        refresh = service.mint.new_refresh(grant, at=at)
    return service.mint.issue(grant, at=at, refresh=refresh)
