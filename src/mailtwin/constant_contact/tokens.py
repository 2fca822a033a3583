"""Grants and the tokens that stand for them."""

from __future__ import annotations

import base64
import json
import sqlite3
from hashlib import sha256

from attrs import frozen
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from mailtwin.exchange import Json
from mailtwin.world import World

ISSUER = "https://identity.constantcontact.com/oauth2/aus1lm3ry9mF7x2Ja0h8"
AUDIENCE = "https://api.cc.email/v3"
ACCESS_SECONDS = 86_400
REFRESH_SECONDS = 180 * 86_400


@frozen(kw_only=True)
class Grant:
    """What a person allowed an application to do in an account."""

    grant: int
    account: int
    client_id: str
    scope: frozenset[str]
    role: str
    live: bool


class Mint:
    """Issues and reads the tokens of one twin."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def _database(self) -> sqlite3.Connection:
        return self._world.database

    def grant(self, *, account: int, client_id: str, scope: str, public: bool) -> int:
        """Write a grant down; a *public* client needs no secret to refresh."""
        return int(
            self._database.execute(
                'INSERT INTO "grant" (account, client_id, scope, public)'
                " VALUES (?, ?, ?, ?)"
                ' RETURNING "grant"',
                (account, client_id, " ".join(scope.split()), public),
            ).fetchone()[0]
        )

    def read_access(self, token: str, *, at: float) -> Grant | None:
        """Return the grant behind an access token, even a lapsed one."""
        row = self._database.execute(
            'SELECT g."grant", g.account, g.client_id, g.scope, a.role,'
            "   t.expires_at > ? AND g.ended_at IS NULL AS live"
            ' FROM access_token t JOIN "grant" g USING ("grant")'
            " JOIN account a USING (account) WHERE t.token = ?",
            (at, token),
        ).fetchone()
        if row is None:
            return None
        return Grant(
            grant=row["grant"],
            account=row["account"],
            client_id=row["client_id"],
            scope=frozenset(row["scope"].split()),
            role=row["role"],
            live=bool(row["live"]),
        )

    def issue(self, grant: int, *, at: float, refresh: str | None) -> dict[str, Json]:
        """Return a token answer; *refresh* is the refresh token to hand out, if any."""
        row = self._database.execute(
            "SELECT g.client_id, g.scope, a.account_id, a.login"
            ' FROM "grant" g JOIN account a USING (account) WHERE g."grant" = ?',
            (grant,),
        ).fetchone()
        token = self._sign(row, at)
        self._database.execute(
            "INSERT INTO access_token VALUES (?, ?, ?)",
            (token, grant, at + ACCESS_SECONDS),
        )
        answer: dict[str, Json] = {
            "token_type": "Bearer",
            "expires_in": ACCESS_SECONDS,
            "access_token": token,
            "scope": row["scope"],
        }
        if refresh is not None:
            answer["refresh_token"] = refresh
        if "openid" in row["scope"].split():
            answer["id_token"] = self._sign(row, at)
        return answer

    def new_refresh(self, grant: int, *, at: float) -> str:
        token = self._world.new_secret(43)
        self._database.execute(
            "INSERT INTO refresh_token VALUES (?, ?, ?, NULL)", (token, grant, at)
        )
        return token

    def end(self, grant: int, *, at: float) -> None:
        """End a grant with all its tokens."""
        self._database.execute(
            'UPDATE "grant" SET ended_at = ? WHERE "grant" = ? AND ended_at IS NULL',
            (at, grant),
        )

    def public_keys(self) -> dict[str, Json]:
        numbers = self._key.public_key().public_numbers()
        key = {
            "kty": "RSA",
            "alg": "RS256",
            "use": "sig",
            "kid": self._key_id(),
            "e": _encode(numbers.e.to_bytes(3, "big")),
            "n": _encode(numbers.n.to_bytes(256, "big")),
        }
        return {"keys": [key]}

    def _key_id(self) -> str:
        modulus = self._key.public_key().public_numbers().n
        return _encode(sha256(modulus.to_bytes(256, "big")).digest())

    def _sign(self, row: sqlite3.Row, at: float) -> str:
        header = {"kid": self._key_id(), "alg": "RS256"}
        claims = {
            "ver": 1,
            "jti": f"AT.{self._world.new_secret(43)}",
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": int(at),
            "exp": int(at) + ACCESS_SECONDS,
            "cid": row["client_id"],
            "uid": f"00u{sha256(row['login'].encode()).hexdigest()[:17]}",
            "scp": row["scope"].split(),
            "sub": row["login"],
            "platform_user_id": row["account_id"],
        }
        signed = f"{_encode_json(header)}.{_encode_json(claims)}"
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_encode(signature)}"


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _encode_json(document: dict[str, Json]) -> str:
    return _encode(json.dumps(document, separators=(",", ":")).encode())
