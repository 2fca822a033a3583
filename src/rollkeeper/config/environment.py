"""What the environment says, checked once: every setting a host can make.

The reference, with examples, is `docs/settings.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from attrs import field, frozen

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

CONSTANT_CONTACT_API = "https://api.cc.email/v3"
CONSTANT_CONTACT_AUTH = "https://authz.constantcontact.com/oauth2/default/v1"


class SettingsError(Exception):
    """A setting cannot be used as it is. The message says which, and what to do."""


@frozen(kw_only=True)
class ProviderAccess:
    """How this installation reaches a provider: its API key and addresses."""

    client_id: str
    """Empty when the host has not set one: then nobody can connect."""
    client_secret: str | None = field(repr=False)
    """None for a key without secret: then PKCE proves who we are."""
    api_url: str
    auth_url: str


@frozen(kw_only=True)
class Environment:
    home: Path
    base_url: str
    """Where people reach the pages; without a slash at its end."""
    database_url: str | None = field(repr=False)
    """None: the embedded server in `home`."""
    secret_key_file: Path
    """The key that Django signs sessions with."""
    constant_contact: ProviderAccess

    @property
    def data_key_file(self) -> Path:
        """The key that wraps the keys of sealed tokens. Never the one of Django."""
        return self.home / "keys" / "data"

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Return the settings in *variables*, or raise `SettingsError`.

    A variable that is set to nothing counts as not set.
    """
    given = {name: value.strip() for name, value in variables.items() if value.strip()}
    home = Path(given.get("ROLLKEEPER_HOME", "var")).expanduser().absolute()
    secret_key_file = given.get("ROLLKEEPER_SECRET_KEY_FILE", home / "keys" / "django")
    return Environment(
        home=home,
        base_url=_address(given, "ROLLKEEPER_BASE_URL", "http://127.0.0.1:8000"),
        database_url=given.get("ROLLKEEPER_DATABASE_URL"),
        secret_key_file=Path(secret_key_file).expanduser().absolute(),
        constant_contact=_constant_contact(given),
    )


def _constant_contact(given: Mapping[str, str]) -> ProviderAccess:
    prefix = "ROLLKEEPER_CONSTANT_CONTACT_"
    return ProviderAccess(
        client_id=given.get(prefix + "CLIENT_ID", ""),
        client_secret=given.get(prefix + "CLIENT_SECRET"),
        api_url=_address(given, prefix + "API_URL", CONSTANT_CONTACT_API),
        auth_url=_address(given, prefix + "AUTH_URL", CONSTANT_CONTACT_AUTH),
    )


def _address(given: Mapping[str, str], name: str, default: str) -> str:
    """Return a web address: https, or http to this very machine."""
    text = given.get(name, default).rstrip("/")
    try:
        parts = urlsplit(text)
        port_fits = parts.port is None or parts.port > 0
    except ValueError as error:
        raise SettingsError(f"{name} is not a web address ({error}): {text}") from error
    if not parts.hostname or parts.query or parts.fragment or not port_fits:
        raise SettingsError(
            f"{name} is not a web address: {text}. Write it like {default}"
        )
    if not is_private_to_us(parts):
        raise SettingsError(
            f"{name} must begin with https://, because tokens and addresses travel "
            f"over it. Plain http:// is only for this machine itself, such as "
            f"http://127.0.0.1:8000. It is now: {text}"
        )
    return text


def is_private_to_us(address: SplitResult) -> bool:
    """Can nobody on the way read what goes to *address*?"""
    if address.scheme == "https":
        return True
    return address.scheme == "http" and address.hostname in LOOPBACK
