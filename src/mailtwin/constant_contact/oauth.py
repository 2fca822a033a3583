"""The token endpoint: codes, refreshes and devices turn into tokens."""

from __future__ import annotations

import base64
import binascii
import re
import sqlite3
from collections.abc import Mapping
from hashlib import sha256
from typing import NoReturn
from urllib.parse import parse_qsl, unquote_plus

from attrs import frozen

from mailtwin.constant_contact import applications
from mailtwin.constant_contact.not_granted import NotGranted
from mailtwin.constant_contact.service import Service
from mailtwin.constant_contact.tokens import REFRESH_SECONDS
from mailtwin.exchange import Answer, Call, Json, Remarks
from mailtwin.faults import Rule

CODE_SECONDS = 300
FORM = "application/x-www-form-urlencoded"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


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


class TokenEndpoint:
    """Answers ``POST …/token``, one call a second."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._last: dict[str, float] = {}

    def answer(self, call: Call, remarks: Remarks, _fault: Rule | None) -> Answer:
        """Return tokens, or an OAuth error. What was consumed stays consumed."""
        if call.method != "POST":
            return Answer(status=405, body=_okta("E0000022", "method not supported"))
        try:
            with self._service.world.database:
                token_call = self._read(call, remarks)
                self._check_pace(token_call)
                return Answer(
                    status=200,
                    body=_grant(token_call),
                    headers={"Cache-Control": "no-store"},
                )
        except NotGranted as refused:
            return refused.answer

    def _read(self, call: Call, remarks: Remarks) -> TokenCall:
        fields = read_fields(call)
        client_id, secret = _client(call, fields)
        if not client_id:
            raise NotGranted("invalid_client", "No client was named.", status=401)
        remarks.api_key = client_id
        return TokenCall(
            service=self._service,
            fields=fields,
            client_id=client_id,
            secret=secret,
            at=call.at,
            remarks=remarks,
        )

    def _check_pace(self, call: TokenCall) -> None:
        last = self._last.get(call.client_id)
        if (
            self._service.limits.enforced
            and last is not None
            and 0 <= call.at - last < 1
        ):
            raise NotGranted(
                "too_many_requests", "API call exceeded rate limit.", status=429
            )
        self._last[call.client_id] = call.at


def read_fields(call: Call) -> dict[str, str]:
    """Return the fields of a form and of the query; the form wins."""
    fields = dict(call.query)
    if call.headers.get("content-type", "").partition(";")[0].strip() == FORM:
        text = call.body.decode("utf-8", errors="replace")
        fields |= dict(parse_qsl(text, keep_blank_values=True))
    return fields


def _client(call: Call, fields: Mapping[str, str]) -> tuple[str, str | None]:
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(encoded, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise NotGranted("invalid_client", "Bad header.", status=401) from error
        client_id, _, secret = pair.partition(":")
        return unquote_plus(client_id), unquote_plus(secret)
    return fields.get("client_id", ""), fields.get("client_secret")


def _grant(call: TokenCall) -> dict[str, Json]:
    match call.need("grant_type"):
        case "authorization_code":
            return _from_code(call)
        case "refresh_token":
            return _from_refresh(call)
        case other:
            raise NotGranted(
                "unsupported_grant_type", f"The grant type {other} is not supported."
            )


def _from_code(call: TokenCall) -> dict[str, Json]:
    row = call.database.execute(
        'SELECT c.*, g.client_id, g.scope FROM code c JOIN "grant" g USING ("grant")'
        " WHERE code = ?",
        (call.need("code"),),
    ).fetchone()
    if row is None or row["client_id"] != call.client_id:
        _refuse_code()
    if row["used"] or row["expires_at"] <= call.at:
        _refuse_code()
    if row["redirect_uri"] != call.need("redirect_uri"):
        _refuse_code()
    _check_proof(call, row["challenge"])
    call.database.execute("UPDATE code SET used = 1 WHERE code = ?", (row["code"],))
    return first_tokens(call.service, row["grant"], row["scope"], at=call.at)


def _refuse_code() -> NoReturn:
    raise NotGranted(
        "invalid_grant", "The authorization code is invalid or has expired."
    )


def _check_proof(call: TokenCall, challenge: str | None) -> None:
    """A public client proves itself by its verifier, any other by its secret."""
    if challenge is None:
        applications.check_secret(call.service.world, call.client_id, call.secret)
        return
    if call.secret is not None:
        applications.check_secret(call.service.world, call.client_id, call.secret)
    verifier = call.need("code_verifier")
    digest = sha256(verifier.encode()).digest()
    proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not VERIFIER.fullmatch(verifier) or proof != challenge:
        raise NotGranted("invalid_grant", "PKCE verification failed.")


def first_tokens(
    service: Service, grant: int, scope: str, *, at: float
) -> dict[str, Json]:
    """Return the first tokens of a grant; a refresh token only with its scope."""
    refresh = None
    if "offline_access" in scope.split():
        refresh = service.mint.new_refresh(grant, at=at)
    return service.mint.issue(grant, at=at, refresh=refresh)


def _from_refresh(call: TokenCall) -> dict[str, Json]:
    token = call.need("refresh_token")
    row = call.database.execute(
        'SELECT r.*, g.client_id, g.ended_at FROM refresh_token r JOIN "grant" g'
        ' USING ("grant") WHERE token = ?',
        (token,),
    ).fetchone()
    if row is None or row["client_id"] != call.client_id:
        _refuse_refresh()
    _check_refresh_client(call, row["grant"])
    if row["ended_at"] is not None or row["used_at"] + REFRESH_SECONDS <= call.at:
        _refuse_refresh()
    grace = float(call.service.world.switches["refresh_grace"])
    if row["replaced_at"] is not None and row["replaced_at"] + grace <= call.at:
        call.remarks.violation("rotated_token_reused", "a refresh token is used twice")
        _refuse_refresh()
    return _refreshed(call, row)


def _check_refresh_client(call: TokenCall, grant: int) -> None:
    (public,) = call.database.execute(
        'SELECT public FROM "grant" WHERE "grant" = ?', (grant,)
    ).fetchone()
    if call.secret is not None or not public:
        applications.check_secret(call.service.world, call.client_id, call.secret)


def _refreshed(call: TokenCall, row: sqlite3.Row) -> dict[str, Json]:
    if call.service.world.switches.on("refresh_ends_access"):
        call.database.execute(
            'UPDATE access_token SET expires_at = ? WHERE "grant" = ?',
            (call.at, row["grant"]),
        )
    refresh = row["token"]
    if applications.rotates(call.service.world, call.client_id):
        call.database.execute(
            'UPDATE refresh_token SET replaced_at = ? WHERE "grant" = ?'
            " AND replaced_at IS NULL",
            (call.at, row["grant"]),
        )
        refresh = call.service.mint.new_refresh(row["grant"], at=call.at)
    else:
        call.database.execute(
            "UPDATE refresh_token SET used_at = ? WHERE token = ?", (call.at, refresh)
        )
    return call.service.mint.issue(row["grant"], at=call.at, refresh=refresh)


def _refuse_refresh() -> NoReturn:
    raise NotGranted("invalid_grant", "The refresh token is invalid or expired.")


def _okta(code: str, summary: str) -> dict[str, Json]:
    return {
        "errorCode": code,
        "errorSummary": summary,
        "errorLink": code,
        "errorId": "oae",
        "errorCauses": [],
    }
