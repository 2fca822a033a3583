"""The folder that holds everything an installation keeps outside its database."""

from __future__ import annotations

from pathlib import Path

from rollkeeper.config.environment import SettingsError


def make(home: Path) -> None:
    """Make the folder, for its owner alone, unless it is there."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / "mail").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"The data folder {home} cannot be made ({error}). Set ROLLKEEPER_HOME to "
            "a folder that the user running Rollkeeper can write to."
        ) from error
