"""Looks at everything that can be looked at, and says what to do about the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import Error

from rollkeeper.config.checks import database, machine, mail, work
from rollkeeper.config.checks.check import Check

__all__ = ["Check", "run_checks"]

CHECKS: tuple[Callable[[], Check], ...] = (
    machine.base_url,
    machine.disk_space,
    machine.secret_key,
    machine.data_key,
    database.durability,
    database.version,
    database.migrations,
    database.clock,
    database.audit_chain,
    work.sealed_tokens,
    work.api_keys,
    work.quota,
    work.connections,
    work.sign_ins,
    work.workers,
    mail.mail,
)


def run_checks() -> list[Check]:
    """Return one finding for each check, in the order in which to mend things."""
    return list(_findings())


def _findings() -> Iterator[Check]:
    for check in CHECKS:
        try:
            yield check()
        except Error as error:
            yield Check.bad(
                name=check.__name__.replace("_", " "),
                message=f"The database gave no answer ({type(error).__name__}).",
                remedy="Mend what is above first; else see the database's own log.",
            )
