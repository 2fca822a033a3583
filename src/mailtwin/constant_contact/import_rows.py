"""One row of an import: its flat keys, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from attrs import define, field

from mailtwin.constant_contact.reading import ADDRESS, ANNIVERSARY
from mailtwin.exchange import Json

CORE_LIMITS = {"first_name": 50, "last_name": 50, "job_title": 50, "company_name": 50}
PHONES = {
    "phone": "other",
    "home_phone": "home",
    "work_phone": "work",
    "mobile_phone": "mobile",
    "other_phone": "other",
}
STREET_COLUMNS = {
    "street": "street",
    "street2": "street2",
    "city": "city",
    "state": "state",
    "zip": "postal_code",
    "country": "country",
}
STREETS = {
    f"{prefix}{key}": (kind, column)
    for prefix, kind in (
        ("", "home"),
        ("home_", "home"),
        ("work_", "work"),
        ("other_", "other"),
    )
    for key, column in STREET_COLUMNS.items()
} | {"home country": ("home", "country")}  # so spelt in the contract
EMAIL_LIMIT = 50
CUSTOM_FIELDS_LIMIT = 25
CUSTOM_VALUE_LIMIT = 255
SMS_NUMBER = re.compile(r"1?\d{10}|\d{3}-\d{3}-\d{4}")


class BadRow(ValueError):
    """A row is not imported. *correctable* ones wait for a person over there."""

    def __init__(self, message: str, *, correctable: bool = False) -> None:
        super().__init__(message)
        self.correctable = correctable


@define(kw_only=True)
class ImportRow:
    """What one good row says. A value of "" is a blank, an absent key says nothing."""

    line: int
    address: str | None = None
    sms_number: str | None = None
    core: dict[str, Json] = field(factory=dict)
    phones: dict[str, str] = field(factory=dict)
    streets: dict[str, dict[str, str]] = field(factory=dict)
    custom: dict[str, str] = field(factory=dict)

    def over(self, earlier: ImportRow) -> ImportRow:
        """Return both rows of one address as one; what this one says wins."""
        streets = {
            kind: {**earlier.streets.get(kind, {}), **self.streets.get(kind, {})}
            for kind in {**earlier.streets, **self.streets}
        }
        return ImportRow(
            line=self.line,
            address=self.address,
            sms_number=self.sms_number or earlier.sms_number,
            core={**earlier.core, **self.core},
            phones={**earlier.phones, **self.phones},
            streets=streets,
            custom={**earlier.custom, **self.custom},
        )


def read_row(document: Mapping[str, Json], line: int) -> ImportRow:
    """Return the row on *line* (the header is line 1). Raises BadRow."""
    row = ImportRow(line=line)
    for key, value in document.items():
        if value is None:
            continue
        if (reader := _READERS.get(key)) is not None:
            reader(row, key, value)
        elif key.startswith("cf:"):
            _limit(key, value, CUSTOM_VALUE_LIMIT)
            row.custom[key[3:]] = str(value)
    if len(row.custom) > CUSTOM_FIELDS_LIMIT:
        raise BadRow(f"has more than {CUSTOM_FIELDS_LIMIT} custom fields")
    if row.address is None and row.sms_number is None:
        raise BadRow("has neither email nor sms_number", correctable=True)
    if ("birthday_month" in row.core) != ("birthday_day" in row.core):
        raise BadRow("birthday needs month and day", correctable=True)
    return row


def _limit(key: str, value: Json, limit: int) -> None:
    if len(str(value)) > limit:
        raise BadRow(f"{key} is longer than {limit} characters")


def _read_email(row: ImportRow, key: str, value: Json) -> None:
    address = str(value).strip()
    if not address:
        return
    if len(address) > EMAIL_LIMIT:
        raise BadRow(f"{key} is longer than {EMAIL_LIMIT} characters")
    if not ADDRESS.fullmatch(address):
        raise BadRow(f"{key} is not a valid e-mail address", correctable=True)
    row.address = address


def _read_core(row: ImportRow, key: str, value: Json) -> None:
    _limit(key, value, CORE_LIMITS[key])
    row.core[key] = str(value)


def _read_birthday(row: ImportRow, key: str, value: Json) -> None:
    if value == "":
        return
    most = 12 if key == "birthday_month" else 31
    if not str(value).isdecimal() or not 1 <= int(value) <= most:
        raise BadRow(f"{key} is not a valid value", correctable=True)
    row.core[key] = int(value)


def _read_anniversary(row: ImportRow, key: str, value: Json) -> None:
    if value and not ANNIVERSARY.fullmatch(str(value)):
        raise BadRow(f"{key} is not a valid date", correctable=True)
    row.core[key] = str(value)


def _read_phone(row: ImportRow, key: str, value: Json) -> None:
    _limit(key, value, 25)
    row.phones[PHONES[key]] = str(value)


def _read_street(row: ImportRow, key: str, value: Json) -> None:
    kind, column = STREETS[key]
    _limit(key, value, 255 if column.startswith("street") else 50)
    row.streets.setdefault(kind, {})[column] = str(value)


def _read_sms(row: ImportRow, key: str, value: Json) -> None:
    if not value:
        return
    if not SMS_NUMBER.fullmatch(str(value)):
        raise BadRow(f"{key} is not a valid number", correctable=True)
    digits = str(value).replace("-", "")
    row.sms_number = digits if len(digits) == 11 else f"1{digits}"


_READERS: Mapping[str, Callable[[ImportRow, str, Json], None]] = {
    "email": _read_email,
    **dict.fromkeys(CORE_LIMITS, _read_core),
    "birthday_month": _read_birthday,
    "birthday_day": _read_birthday,
    "anniversary": _read_anniversary,
    **dict.fromkeys(PHONES, _read_phone),
    **dict.fromkeys(STREETS, _read_street),
    "sms_number": _read_sms,
}
