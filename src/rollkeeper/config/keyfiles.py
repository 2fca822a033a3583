"""Files that hold one secret each, readable by their owner alone."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from rollkeeper.config.environment import SettingsError


def make_missing(path: Path, secret: str) -> None:
    """Put *secret* in the file if there is none. Of several processes one wins."""
    if path.exists():
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, secret)
    except OSError as error:
        raise SettingsError(
            f"The key file {path} cannot be made ({error}). Let the user that runs "
            "Rollkeeper write there, or set ROLLKEEPER_HOME to a folder of its own."
        ) from error


def read_if_made(path: Path) -> str:
    """Return the secret in the file, or nothing when there is no file yet."""
    return read(path) if path.exists() else ""


def read(path: Path) -> str:
    """Return the secret in the file, or raise `SettingsError`."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The key file {path} cannot be read ({error}). Make it readable for the "
            "user that runs Rollkeeper, or bring it back from your backup."
        ) from error
    if not text:
        raise SettingsError(
            f"The key file {path} is empty. Bring it back from your backup."
        )
    return text


def _write_once(path: Path, secret: str) -> None:
    """Put *secret* at *path*, whole or not at all, unless something is there."""
    draft = path.with_name(f".{path.name}.{token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
