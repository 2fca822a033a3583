"""The token endpoint: codes, refreshes and devices turn into tokens."""

from __future__ import annotations

import base64
import re
import sqlite3
from hashlib import sha256
from typing import NoReturn

from mailtwin.constant_contact import applications, devices
from mailtwin.constant_contact.not_granted import NotGranted
from mailtwin.constant_contact.service import Service
from mailtwin.constant_contact.token_calls import (
    FORM,
    TokenCall,
    first_tokens,
    read_client,
)
from mailtwin.constant_contact.tokens import REFRESH_SECONDS
from mailtwin.exchange import Answer, Call, Json, Remarks
from mailtwin.faults import Rule

CODE_SECONDS = 300
BAD_HEADERS = (
    "Bad request. Accept and/or Content-Type headers likely do not match supported"
    " values."
)
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class TokenEndpoint:
    """Answers ``POST …/token``, one call a second."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._last: dict[str, float] = {}

    def answer(self, call: Call, remarks: Remarks, _fault: Rule | None) -> Answer:
        """Return tokens, or an OAuth error. What was consumed stays consumed."""
        sent = call.headers.get("content-type", "").partition(";")[0].strip()
        if sent not in ("", FORM):
            return Answer(status=400, body=_okta("E0000021", BAD_HEADERS))
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
        fields, client_id, secret = read_client(call)
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


def _grant(call: TokenCall) -> dict[str, Json]:
    match call.need("grant_type"):
        case "authorization_code":
            return _from_code(call)
        case "refresh_token":
            return _from_refresh(call)
        case devices.GRANT_TYPE:
            return devices.tokens_for_device(call)
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
