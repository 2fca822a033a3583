"""The database: whether it keeps what it acknowledged, and whether it fits us."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection

from rollkeeper.audit import chain
from rollkeeper.config.checks.check import Check
from rollkeeper.config.environment import SettingsError
from rollkeeper.config.startup import check_durability, unapplied_migrations
from rollkeeper.connections.clock import database_time
from rollkeeper.directory.models import Association

OLDEST_VERSION = 15
MOST_SKEW = timedelta(seconds=5)


def durability() -> Check:
    try:
        check_durability()
    except SettingsError as error:
        return Check.bad(
            name="durability",
            message=str(error),
            remedy="Until then Rollkeeper does not start.",
        )
    return Check.good(
        name="durability",
        message="fsync, full_page_writes and synchronous_commit are on",
    )


def version() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        told = str(cursor.fetchone()[0])
    if int(told.split(".")[0]) < OLDEST_VERSION:
        return Check.bad(
            name="PostgreSQL",
            message=f"version {told}",
            remedy=f"Move to version {OLDEST_VERSION} or newer.",
        )
    return Check.good(name="PostgreSQL", message=f"version {told}")


def migrations() -> Check:
    missing = unapplied_migrations()
    if missing:
        return Check.bad(
            name="tables",
            message=f"{len(missing)} migrations are missing, the first is {missing[0]}",
            remedy="Stop all processes, then start one: it brings the tables up.",
        )
    return Check.good(name="tables", message="up to date")


def clock() -> Check:
    before = datetime.now(UTC)
    there = database_time()
    after = datetime.now(UTC)
    skew = max(before - there, there - after, timedelta(0))
    message = f"{skew.total_seconds():.1f} s between this machine and the database"
    if skew > MOST_SKEW:
        return Check.bad(
            name="clock",
            message=message,
            remedy="Let both machines set their clocks from the network (NTP).",
        )
    return Check.good(name="clock", message=message)


def audit_chain() -> Check:
    entries = 0
    for association in Association.objects.order_by("pk"):
        verdict = chain.verify(association.pk)
        if verdict.broken is not None:
            return Check.bad(
                name="audit record",
                message=f"of {association.slug}: {verdict.broken}, behind Rollkeeper's "
                "back; what stands before it is as it was written",
                remedy="Find out who has direct access to the database, and compare "
                "the record with a backup. 'rollkeeper audit --verify' tells more.",
            )
        entries += verdict.entries
    return Check.good(
        name="audit record", message=f"{entries:,} entries, complete and unchanged"
    )
