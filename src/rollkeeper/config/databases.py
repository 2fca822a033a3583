"""Which PostgreSQL we speak to, in Django's words."""

from __future__ import annotations

from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from rollkeeper.config import embedded
from rollkeeper.config.environment import Environment, SettingsError

_DJANGO_NAMES = {
    "dbname": "NAME",
    "user": "USER",
    "password": "PASSWORD",
    "host": "HOST",
    "port": "PORT",
}


def for_django(environment: Environment) -> dict[str, Any]:
    """Return the settings of the database. Nothing is started or connected to."""
    where = (
        _given(environment.database_url)
        if environment.database_url
        else embedded.address(environment.home)
    )
    options = {name: where[name] for name in where if name not in _DJANGO_NAMES}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        **{_DJANGO_NAMES[name]: where[name] for name in where.keys() - options.keys()},
    }


def _given(url: str) -> dict[str, str]:
    try:
        where = conninfo_to_dict(url)
    except ProgrammingError:  # its words repeat the address, with the password
        raise SettingsError(
            "ROLLKEEPER_DATABASE_URL cannot be read. Write it like "
            "postgresql://user:password@host:5432/rollkeeper"
        ) from None
    if not where.get("dbname"):
        raise SettingsError(
            "ROLLKEEPER_DATABASE_URL names no database. Write it like "
            "postgresql://user:password@host:5432/rollkeeper"
        )
    return {name: str(value) for name, value in where.items()}
