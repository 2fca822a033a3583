"""What the command line needs of the installation it runs in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from attrs import frozen


@frozen(kw_only=True)
class Finding:
    """One thing that `doctor` looked at."""

    name: str
    ok: bool
    message: str
    remedy: str


class House(Protocol):
    """Made by `rollkeeper.__main__` and lent to every command."""

    def ready(self, *, serves: bool = False) -> None:
        """Start the embedded database if there is one, bring tables up to date, load
        Django. One that *serves* others logs its events, not only what went wrong."""
        ...

    def start_database(self) -> None:
        """Start the embedded database if there is one and it does not run."""
        ...

    def stop_database(self) -> None:
        """Stop the embedded database unless another process uses it."""
        ...

    def home(self) -> Path:
        """The data folder."""
        ...

    def base_url(self) -> str:
        """The address people reach the pages under."""
        ...

    def findings(self) -> Sequence[Finding]:
        """Look at everything that can be looked at."""
        ...
