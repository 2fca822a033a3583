"""The PostgreSQL that comes along: one server for each `ROLLKEEPER_HOME`.

    start   the command that needs it first starts it; the others find it running
    stop    ends it, unless another process still uses it

Each process that uses the server holds a shared lock on a file, which the kernel lets
go however the process ends. So a killed process leaves no trace that must be cleaned,
and the server, which is a process of its own, works on for the others.

The wheel's own manager is not used: as root it opens every folder above the data to
all users, and it takes a stranger's process with a recycled id for its server.
"""

from __future__ import annotations

from rollkeeper.config.embedded.place import ROLE, address
from rollkeeper.config.embedded.server import start, stop

__all__ = ["ROLE", "address", "start", "stop"]
