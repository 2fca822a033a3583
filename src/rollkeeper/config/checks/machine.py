"""This machine: its address, its disk, its key files."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

from django.conf import settings

from rollkeeper.config.checks.check import Check
from rollkeeper.connections import seals

LEAST_FREE_BYTES = 500_000_000


def base_url() -> Check:
    secure = settings.BASE_URL.startswith("https://")
    reach = "over https" if secure else "from this machine only"
    return Check.good(name="address", message=f"{settings.BASE_URL}, {reach}")


def disk_space(*, least_free: int = LEAST_FREE_BYTES) -> Check:
    free = shutil.disk_usage(settings.HOME).free
    message = f"{free / 1e9:.1f} GB free for {settings.HOME}"
    if free < least_free:
        return Check.bad(
            name="disk space",
            message=message,
            remedy="Make room: a full disk stops the database.",
        )
    return Check.good(name="disk space", message=message)


def secret_key() -> Check:
    return _private("secret key", settings.SECRET_KEY_FILE)


def data_key() -> Check:
    if complaint := seals.complaint_about_key_file():
        return Check.bad(
            name="data key",
            message=complaint,
            remedy="Tokens stay sealed, and nothing is synchronized, until then.",
        )
    return _private("data key", settings.DATA_KEY_FILE)


def _private(name: str, path: Path) -> Check:
    if not path.exists():
        return Check.bad(
            name=name,
            message=f"{path} is missing",
            remedy="Bring it back from your backup, or start Rollkeeper to make one.",
        )
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Check.bad(
            name=name,
            message=f"{path} can be read by other users (mode {mode:o})",
            remedy=f"Make it private: chmod 600 {path}",
        )
    return Check.good(name=name, message=f"{path}, private to its owner")
