"""The command `rollkeeper`."""

from __future__ import annotations

import sys

from rollkeeper.cli.commands import cli
from rollkeeper.config.environment import SettingsError
from rollkeeper.config.wiring import Installation


def main() -> None:
    """Run one command; settings that cannot be used are told in one sentence."""
    try:
        cli(obj=Installation())
    except SettingsError as error:
        sys.exit(f"rollkeeper: {error}")


if __name__ == "__main__":
    main()
