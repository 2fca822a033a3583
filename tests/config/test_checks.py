from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection as database
from django.db.models.functions import Now
from procrastinate.contrib.django import app
from pytest_django import Settings as DjangoSettings
from tests.builders import a_connection, an_application, an_association

from rollkeeper.audit.services import record
from rollkeeper.config import keyfiles
from rollkeeper.config.checks import Check, machine, run_checks
from rollkeeper.connections.models import ConnectionState

pytestmark = pytest.mark.django_db


def found(name: str) -> Check:
    [one] = [check for check in run_checks() if check.name == name]
    return one


def test_a_sound_installation_has_nothing_red(settings: DjangoSettings) -> None:
    keyfiles.make_missing(settings.SECRET_KEY_FILE, "secret")

    assert [check for check in run_checks() if not check.ok] == []


def test_what_is_red_says_what_to_do(settings: DjangoSettings, tmp_path: Path) -> None:
    settings.SECRET_KEY_FILE = tmp_path / "missing"
    settings.DATA_KEY_FILE = tmp_path / "missing"

    red = [check for check in run_checks() if not check.ok]

    assert {check.name for check in red} == {"secret key", "data key"}
    assert all(check.message and check.remedy for check in red)


def test_a_key_that_others_can_read_is_red(
    settings: DjangoSettings, tmp_path: Path
) -> None:
    settings.SECRET_KEY_FILE = tmp_path / "key"
    keyfiles.make_missing(settings.SECRET_KEY_FILE, "secret")
    assert found("secret key").ok

    settings.SECRET_KEY_FILE.chmod(0o640)
    assert "chmod 600" in found("secret key").remedy


def test_a_disk_that_runs_full_is_red() -> None:
    assert not machine.disk_space(least_free=10**18).ok


def test_a_session_that_forgets_is_red() -> None:
    with database.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")

    assert "synchronous_commit" in found("durability").message


def test_a_migration_that_is_missing_is_red() -> None:
    with database.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit'")

    assert "audit" in found("tables").message


def test_an_audit_record_that_was_tampered_with_is_red() -> None:
    association = an_association()
    record(association_id=association.pk, by="staff:ann", action="list_deleted")
    with database.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_entry SET actor = 'nobody'")

    assert association.slug in found("audit record").message


def test_an_account_that_does_not_let_us_in_is_red() -> None:
    association = an_association()
    a_connection(
        association, state=ConnectionState.RECONNECT_NEEDED, state_reason="revoked"
    )

    red = found("connections")
    assert not red.ok
    assert "revoked" in red.message
    assert association.slug in red.remedy


def test_tokens_that_no_key_opens_are_red() -> None:
    a_connection(an_association(), sealed_key=b"sealed with a key that nobody has")

    assert not found("sealed tokens").ok


def test_a_key_that_the_provider_closed_for_the_day_is_red() -> None:
    an_application(closed_until=Now() + timedelta(hours=3))

    assert "spent" in found("requests").message


def test_without_an_api_key_the_way_to_one_is_shown_but_nothing_is_red() -> None:
    check = found("API keys")

    assert check.ok
    assert "ROLLKEEPER_CONSTANT_CONTACT_CLIENT_ID" in check.remedy


def test_work_that_nobody_does_is_red_until_a_worker_comes() -> None:
    app.configure_task("rollkeeper.pull", lock="x").defer(connection_id=1, by="test")
    assert found("workers").ok, "it was asked for just now"
    with database.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '2 min'")

    assert "rollkeeper worker" in found("workers").remedy

    with database.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert found("workers").ok


@pytest.mark.parametrize(("days", "sound"), [(100, True), (167, False)])
def test_a_sign_in_that_nobody_uses_is_red_before_it_ends(
    days: int, sound: bool
) -> None:
    used = Now() - timedelta(days=days)
    a_connection(an_association(), refreshed_at=used)
    a_connection(an_association(), refreshed_at=Now())

    assert found("sign-ins").ok is sound
