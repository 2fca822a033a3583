from __future__ import annotations

from pathlib import Path

import pytest

from rollkeeper.config.databases import for_django
from rollkeeper.config.environment import (
    Environment,
    Mail,
    SettingsError,
    Tls,
    read_environment,
)


def read(**variables: str) -> Environment:
    return read_environment(
        {f"ROLLKEEPER_{name}": variables[name] for name in variables}
    )


def test_without_any_setting_everything_has_a_place() -> None:
    environment = read()

    assert environment.home == Path("var").absolute()
    assert environment.secret_key_file == Path("var/keys/django").absolute()
    assert environment.base_url == "http://127.0.0.1:8000"
    assert environment.database_url is None
    assert environment.constant_contact.client_secret is None
    assert environment.constant_contact.api_url == "https://api.cc.email/v3"


def test_a_setting_that_is_set_to_nothing_counts_as_not_set() -> None:
    assert read(BASE_URL=" ", DATABASE_URL="") == read()


def test_a_slash_at_the_end_of_an_address_makes_no_difference() -> None:
    assert read(BASE_URL="https://chamber.example/").base_url == (
        "https://chamber.example"
    )


@pytest.mark.parametrize(
    "address", ["https://chamber.example", "http://localhost:9", "http://[::1]:9/v3"]
)
def test_https_and_this_machine_are_good(address: str) -> None:
    assert read(CONSTANT_CONTACT_API_URL=address).constant_contact.api_url == address


@pytest.mark.parametrize("name", ["BASE_URL", "CONSTANT_CONTACT_API_URL"])
@pytest.mark.parametrize(
    "address",
    [
        "http://chamber.example",
        "http://127.0.0.1.chamber.example",
        "ftp://127.0.0.1",
        "chamber.example",
        "https://",
        "https://chamber.example:x",
        "https://chamber.example/?a=b",
    ],
)
def test_any_other_address_is_refused_by_the_name_of_its_setting(
    name: str, address: str
) -> None:
    with pytest.raises(SettingsError, match=f"ROLLKEEPER_{name}"):
        read(**{name: address})


def test_a_statement_of_a_page_has_twenty_seconds_unless_something_is_set() -> None:
    assert read().page_statement_seconds == 20
    assert read(PAGE_STATEMENT_SECONDS="0").page_statement_seconds == 0


@pytest.mark.parametrize("text", ["-1", "20s", "1.5", "²", "86401"])
def test_what_is_no_number_of_seconds_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="ROLLKEEPER_PAGE_STATEMENT_SECONDS"):
        read(PAGE_STATEMENT_SECONDS=text)


def test_secrets_do_not_show_when_printed() -> None:
    environment = read(
        CONSTANT_CONTACT_CLIENT_SECRET="canary",
        DATABASE_URL="postgresql://u:canary@h/d",
        EMAIL_URL="smtp://u:canary@mail.example?from=a@x.example",
    )

    assert "canary" not in repr(environment)


def test_a_database_address_is_taken_apart_for_django() -> None:
    database = for_django(
        read(DATABASE_URL="postgresql://ann:p%40ss@db:6543/roll?sslmode=verify-full")
    )

    assert database["HOST"] == "db"
    assert database["PORT"] == "6543"
    assert (database["USER"], database["PASSWORD"]) == ("ann", "p@ss")
    assert database["NAME"] == "roll"
    assert database["OPTIONS"] == {"sslmode": "verify-full"}


@pytest.mark.parametrize("address", ["mysql://u:canary@h/d", "postgresql://u:canary@h"])
def test_a_database_address_we_cannot_use_is_refused_without_its_password(
    address: str,
) -> None:
    with pytest.raises(SettingsError, match="postgresql://user") as refused:
        for_django(read(DATABASE_URL=address))
    assert "canary" not in str(refused.value)


def test_a_mail_server_is_taken_apart() -> None:
    mail = read(
        EMAIL_URL="smtp://us%40x.example:p%3Aw@mail.example:2525"
        "?tls=starttls&from=notices@chamber.example"
    ).mail
    assert mail == Mail(
        host="mail.example",
        port=2525,
        user="us@x.example",
        password="p:w",
        tls=Tls.STARTTLS,
        sender="notices@chamber.example",
    )


@pytest.mark.parametrize(
    ("address", "port", "tls"),
    [
        ("smtp://mail.example?from=a@x.example", 587, Tls.STARTTLS),
        ("smtp://127.0.0.1:1025?from=a@x.example", 1025, Tls.NONE),
        ("smtp://mail.example?tls=none&from=a@x.example", 587, Tls.NONE),
        ("smtps://a%40x.example:pw@mail.example", 465, Tls.FROM_THE_START),
    ],
)
def test_mail_is_kept_private_unless_somebody_says_otherwise(
    address: str, port: int, tls: Tls
) -> None:
    mail = read(EMAIL_URL=address).mail
    assert mail
    assert (mail.port, mail.tls) == (port, tls)


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("http://canary@x.example:canary@mail.example", "smtp://"),
        ("smtp://user:canary@mail.example?tls=none&from=a@x.example", "plain text"),
        ("smtp://user:canary@mail.example", "from="),
        ("smtp://user:canary@mail.example?from=a@x.example&tsl=none", "tsl="),
        ("smtp://user:canary@mail.example?from=a@x.example&tls=yes", "starttls"),
        ("smtps://user:canary@mail.example?from=a@x.example&tls=none", "leave out"),
        ("smtp://user:canary@mail.example:port?from=a@x.example", "read"),
        ("smtp://:canary@?from=a@x.example", "host"),
    ],
)
def test_a_mail_server_we_cannot_use_is_refused_without_its_password(
    address: str, complaint: str
) -> None:
    with pytest.raises(SettingsError, match="ROLLKEEPER_EMAIL_URL") as refused:
        read(EMAIL_URL=address)
    assert complaint in str(refused.value)
    assert "canary" not in str(refused.value)


def test_without_a_mail_server_mail_goes_to_files() -> None:
    assert read().mail is None
