"""Where the server of one home has its things, and how to reach it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from attrs import frozen

ROLE = DATABASE = "rollkeeper"
PORT = "5432"

_SOCKET = f".s.PGSQL.{PORT}"

# Linux takes 107 bytes for the path of a socket.
_LONGEST_SOCKET = 107


@frozen(kw_only=True)
class Place:
    """Where the server of one home has its things."""

    home: Path

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    @property
    def draft(self) -> Path:
        return self.home / "postgres.draft"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def sockets(self) -> Path:
        """The data folder, or a short one when its path is too long for a socket."""
        if len(os.fsencode(self.data / _SOCKET)) <= _LONGEST_SOCKET:
            return self.data
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:24]
        return Path("/tmp") / f"rollkeeper-{digest}"

    @property
    def socket_lock(self) -> Path:
        return self.sockets / f"{_SOCKET}.lock"


def address(
    home: Path, *, role: str = ROLE, database: str = DATABASE
) -> dict[str, str]:
    """Return how to connect to the server of *home*, whether it runs or not."""
    return {
        "host": str(Place(home=home.resolve()).sockets),
        "port": PORT,
        "user": role,
        "dbname": database,
    }
