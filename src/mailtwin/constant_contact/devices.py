"""The device flow: a device shows a code, a person enters it on another screen."""

from __future__ import annotations

import sqlite3
from urllib.parse import urlsplit

from mailtwin.constant_contact import applications
from mailtwin.constant_contact.not_granted import NotGranted
from mailtwin.constant_contact.scopes import check_scope
from mailtwin.constant_contact.service import Service
from mailtwin.constant_contact.token_calls import TokenCall, first_tokens, read_client
from mailtwin.exchange import Answer, Call, Json, Remarks
from mailtwin.faults import Rule

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
DEVICE_SECONDS = 900
INTERVAL_SECONDS = 5
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


class DeviceEndpoint:
    """Answers ``POST …/device/authorize``."""

    def __init__(self, service: Service, page: str) -> None:
        self._service = service
        self._page = page

    def answer(self, call: Call, remarks: Remarks, _fault: Rule | None) -> Answer:
        try:
            with self._service.world.database:
                return Answer(status=200, body=self._authorize(call, remarks))
        except NotGranted as refused:
            return refused.answer

    def _authorize(self, call: Call, remarks: Remarks) -> dict[str, Json]:
        world = self._service.world
        fields, client_id, _secret = read_client(call)
        remarks.api_key = client_id
        scope = check_scope(fields.get("scope", ""))
        try:
            applications.welcome(world, client_id, None)
        except applications.UnknownApplication as error:
            raise NotGranted("invalid_client", str(error), status=401) from error
        device_code = world.new_secret(43)
        user_code = "".join(world.ids.choices(LETTERS, k=8))
        world.database.execute(
            "INSERT INTO device (device_code, user_code, client_id, scope, expires_at,"
            " state) VALUES (?, ?, ?, ?, ?, 'pending')",
            (device_code, user_code, client_id, scope, call.at + DEVICE_SECONDS),
        )
        page = f"{_origin(call)}{self._page}"
        return {
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={user_code}",
            "expires_in": DEVICE_SECONDS,
            "interval": INTERVAL_SECONDS,
        }


def _origin(call: Call) -> str:
    host = urlsplit(f"//{call.headers.get('host', '127.0.0.1')}")
    return f"http://{host.netloc}"


def tokens_for_device(call: TokenCall) -> dict[str, Json]:
    """Return the tokens of a device that was allowed. Raises NotGranted until then."""
    row: sqlite3.Row | None = call.database.execute(
        "SELECT * FROM device WHERE device_code = ? AND client_id = ?",
        (call.need("device_code"), call.client_id),
    ).fetchone()
    if row is None:
        raise NotGranted("invalid_grant", "The device code is invalid.")
    if row["expires_at"] <= call.at:
        raise NotGranted("expired_token", "The device code has expired.")
    if row["state"] == "denied":
        raise NotGranted("access_denied", "The person denied the request.")
    if row["state"] == "used":
        raise NotGranted("invalid_grant", "The device code was used before.")
    if row["state"] == "pending":
        _refuse_for_now(call, row)
    call.database.execute(
        "UPDATE device SET state = 'used' WHERE device_code = ?", (row["device_code"],)
    )
    scope = row["scope"]
    if not call.service.world.switches.on("device_refresh"):
        scope = " ".join(each for each in scope.split() if each != "offline_access")
    return first_tokens(call.service, row["grant"], scope, at=call.at)


def _refuse_for_now(call: TokenCall, row: sqlite3.Row) -> None:
    """Raise NotGranted, having noted when the device asked."""
    too_soon = call.at - row["polled_at"] < INTERVAL_SECONDS
    call.database.execute(
        "UPDATE device SET polled_at = ? WHERE device_code = ?",
        (call.at, row["device_code"]),
    )
    call.database.commit()  # the refusal undoes the rest of the call
    if too_soon and call.service.limits.enforced:
        raise NotGranted("slow_down", "The device asks too often.")
    raise NotGranted("authorization_pending", "The person has not decided yet.")


def find_pending(service: Service, user_code: str) -> sqlite3.Row | None:
    """Return the device that waits for a decision about *user_code*."""
    row: sqlite3.Row | None = service.world.database.execute(
        "SELECT * FROM device WHERE user_code = ? AND state = 'pending'"
        " AND expires_at > ?",
        (user_code.strip().upper().replace("-", ""), service.world.clock.now()),
    ).fetchone()
    return row


def decide(service: Service, row: sqlite3.Row, *, account: int, allow: bool) -> None:
    grant = None
    if allow:
        grant = service.mint.grant(
            account=account,
            client_id=row["client_id"],
            scope=row["scope"],
            public=True,
        )
    service.world.database.execute(
        'UPDATE device SET state = ?, "grant" = ? WHERE device_code = ?',
        ("allowed" if allow else "denied", grant, row["device_code"]),
    )
