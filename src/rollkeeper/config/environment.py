"""What the environment says, checked once: every setting a host can make.

The reference, with examples, is `docs/settings.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from attrs import field, frozen

from rollkeeper.core.values import Email, InvalidAddress

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

CONSTANT_CONTACT_API = "https://api.cc.email/v3"
CONSTANT_CONTACT_AUTH = "https://authz.constantcontact.com/oauth2/default/v1"

EMAIL_URL: Final = "ROLLKEEPER_EMAIL_URL"
LIKE_THIS: Final = "smtp://user:password@host:587?tls=starttls&from=news@example.org"


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


class Tls(Enum):
    """How a connection to a mail server is kept private."""

    NONE = "none"
    STARTTLS = "starttls"
    FROM_THE_START = "from the start"


@frozen(kw_only=True)
class Mail:
    """The mail server that notices and new passwords go out through."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: Tls
    sender: str
    """The address that mail is from."""


@frozen(kw_only=True)
class Environment:
    home: Path
    base_url: str
    """Where people reach the pages; without a slash at its end."""
    database_url: str | None = field(repr=False)
    """None: the embedded server in `home`."""
    page_statement_seconds: int
    """How long one statement of a page may take; 0: as long as it likes."""
    secret_key_file: Path
    """The key that Django signs sessions with."""
    constant_contact: ProviderAccess
    mail: Mail | None
    """None: mail is written to files in `home`, and goes nowhere."""

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
        page_statement_seconds=_seconds(given, "ROLLKEEPER_PAGE_STATEMENT_SECONDS", 20),
        secret_key_file=Path(secret_key_file).expanduser().absolute(),
        constant_contact=_constant_contact(given),
        mail=read_mail(given[EMAIL_URL]) if EMAIL_URL in given else None,
    )


def _constant_contact(given: Mapping[str, str]) -> ProviderAccess:
    prefix = "ROLLKEEPER_CONSTANT_CONTACT_"
    return ProviderAccess(
        client_id=given.get(prefix + "CLIENT_ID", ""),
        client_secret=given.get(prefix + "CLIENT_SECRET"),
        api_url=_address(given, prefix + "API_URL", CONSTANT_CONTACT_API),
        auth_url=_address(given, prefix + "AUTH_URL", CONSTANT_CONTACT_AUTH),
    )


def _seconds(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, str(default))
    if not text.isascii() or not text.isdigit() or int(text) > _A_DAY:
        raise SettingsError(
            f"{name} is not a number of seconds: {text}. Write a whole number from 1 to"
            f" {_A_DAY}, or 0 for no limit; without it, {default} are taken."
        )
    return int(text)


_A_DAY: Final = 86_400


def read_mail(text: str) -> Mail:
    """Return the mail server that an address like `LIKE_THIS` names.

    What it complains of is said without the address, for a password is in it.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _no_mail("it cannot be read") from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/"):
        raise _no_mail("it must begin with smtp:// or smtps://, and name a host")
    if unknown := options.keys() - {"tls", "from"}:
        raise _no_mail(f"it has {min(unknown)}=, which is unknown")
    user, password = (unquote(one or "") for one in (parts.username, parts.password))
    tls = _tls(parts, options.get("tls"))
    if tls is Tls.NONE and password and parts.hostname not in LOOPBACK:
        raise _no_mail("a password would travel in plain text; write tls=starttls")
    return Mail(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=user,
        password=password,
        tls=tls,
        sender=_sender(options.get("from", user)),
    )


_PORTS: Final[Mapping[str, int]] = {"smtp": 587, "smtps": 465}


def _tls(address: SplitResult, said: str | None) -> Tls:
    if address.scheme == "smtps":
        if said is not None:
            raise _no_mail("smtps:// is private from the start: leave out tls=")
        return Tls.FROM_THE_START
    here = Tls.NONE if address.hostname in LOOPBACK else Tls.STARTTLS
    named = {None: here, "none": Tls.NONE, "starttls": Tls.STARTTLS}
    if said not in named:
        raise _no_mail("tls= is starttls or none")
    return named[said]


def _sender(text: str) -> str:
    try:
        return Email.parse(text).typed
    except InvalidAddress:
        raise _no_mail("from= must say which address mail is from") from None


def _no_mail(why: str) -> SettingsError:
    return SettingsError(
        f"{EMAIL_URL} is not the address of a mail server: {why}. Write it like"
        f" {LIKE_THIS}"
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
