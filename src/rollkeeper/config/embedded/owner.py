"""As which user the embedded PostgreSQL runs. It refuses to run as root."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import structlog
from attrs import frozen

from rollkeeper.config.environment import SettingsError

NAME = "rollkeeper"

log = structlog.get_logger()


@frozen(kw_only=True)
class Owner:
    """The user that the server's processes and files belong to."""

    user: int
    group: int

    @property
    def is_us(self) -> bool:
        return self.user == os.geteuid()

    def take(self, folder: Path) -> None:
        """Give an empty folder to this user."""
        if not self.is_us:
            os.chown(folder, self.user, self.group)

    def own_folder(self, folder: Path) -> None:
        """Make *folder* this user's alone, in a place where everybody can write."""
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            self.take(folder)
        found = folder.lstat()
        private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
        if not private or found.st_uid != self.user:
            raise SettingsError(
                f"{folder} belongs to somebody else. Remove it, or set "
                "ROLLKEEPER_HOME to a folder with a shorter path."
            )

    def run(self, command: Sequence[str | Path], *, timeout: float) -> str:
        """Run a program as this user; return what it printed, or raise `OSError`."""
        other = not self.is_us
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            cwd="/",
            umask=0o077,
            timeout=timeout,
            check=False,
            text=True,
            user=self.user if other else None,
            group=self.group if other else None,
            extra_groups=[] if other else None,
        )
        if done.returncode:
            raise OSError(done.stdout.strip())
        return done.stdout


def find(home: Path, data: Path) -> Owner:
    """Return who owns the server of *home*, made ready to reach its files.

    That is ourselves, and when we are root, the user whose folder it is, or one of its
    own that is made for it.
    """
    found = (data if data.exists() else home).stat()
    user = os.geteuid()
    if user == 0:
        _open_the_way(home)
        if found.st_uid != 0 and (data.exists() or _has_name(found.st_uid)):
            return Owner(user=found.st_uid, group=found.st_gid)
        return _own_user()
    if found.st_uid != user:
        raise SettingsError(
            f"{home} belongs to another user. Run Rollkeeper as that user, or set "
            "ROLLKEEPER_HOME to a folder of your own."
        )
    return Owner(user=user, group=os.getegid())


def _has_name(user: int) -> bool:
    """A cluster is only made by a user with a name."""
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _own_user() -> Owner:
    if _entry() is None:
        _add_user()
    entry = _entry()
    if entry is None:
        raise SettingsError(
            f"PostgreSQL does not run as root, and no user {NAME!r} could be made for "
            f"it. Make one (useradd --system {NAME}), or run Rollkeeper as an ordinary "
            "user."
        )
    return Owner(user=entry.pw_uid, group=entry.pw_gid)


def _entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _add_user() -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", NAME]
    try:
        done = subprocess.run(command, capture_output=True, check=False, text=True)
    except FileNotFoundError:
        return
    if done.returncode:
        log.warning("user_not_added", user=NAME, answer=done.stderr.strip())


def _open_the_way(home: Path) -> None:
    """Let the server's user pass through the folders above its data.

    Passing is all it gets: a folder that others could not list stays so.
    """
    for folder in (home, *home.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
            if folder != home:
                log.warning("folder_opened_for_passing", folder=str(folder))
