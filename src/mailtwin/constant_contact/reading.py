"""Reads JSON objects property by property and gathers everything that is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from mailtwin.constant_contact import errors
from mailtwin.constant_contact.service import UUID
from mailtwin.exchange import Json

ANNIVERSARY = re.compile(
    r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})|(\d{4})[/-](\d{1,2})[/-](\d{1,2})"
)
ADDRESS = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\".]+(\.[^@\s,;<>()\".]+)+")


class Reading:
    """One object of a request body; its problems are those of the whole body."""

    def __init__(
        self, document: Json, *, problems: list[str] | None = None, prefix: str = ""
    ) -> None:
        self.problems: list[str] = [] if problems is None else problems
        self._prefix = prefix
        self._document: Mapping[str, Json] = {}
        if isinstance(document, dict):
            self._document = document
        else:
            self.problems.append(f"{prefix.rstrip('.') or 'body'} must be an object")

    def has(self, name: str) -> bool:
        """Return whether the property was sent, be it as null."""
        return name in self._document

    def check(self) -> None:
        """Raise Refused with all problems, if there are any."""
        if self.problems:
            raise errors.invalid(*self.problems)

    def wrong(self, name: str, what: str = "does not have a valid value") -> None:
        self.problems.append(f"{self._prefix}{name} {what}")

    def text(self, name: str, limit: int, *, required: bool = False) -> str | None:
        value = self._document.get(name)
        if value is None or value == "":
            if required:
                self.wrong(name, "is missing")
            return None
        if not isinstance(value, str):
            self.wrong(name)
            return None
        if len(value) > limit:
            self.wrong(name, f"is longer than {limit} characters")
            return None
        return value

    def choice(
        self, name: str, allowed: Collection[str], *, required: bool = False
    ) -> str | None:
        value = self._document.get(name)
        if value is None:
            if required:
                self.wrong(name, "is missing")
                self.wrong(name)
            return None
        if not isinstance(value, str) or value not in allowed:
            self.wrong(name)
            return None
        return value

    def integer(self, name: str, low: int, high: int) -> int | None:
        value = self._document.get(name)
        if value is None:
            return None
        if type(value) is not int or not low <= value <= high:
            self.wrong(name)
            return None
        return value

    def flag(self, name: str) -> bool | None:
        value = self._document.get(name)
        if value is not None and not isinstance(value, bool):
            self.wrong(name)
            return None
        return value

    def address(self, name: str, limit: int, *, required: bool = False) -> str | None:
        value = self.text(name, limit, required=required)
        if value is None:
            return None
        value = value.strip()
        if not ADDRESS.fullmatch(value):
            self.wrong(name, "is not a valid e-mail address")
            return None
        return value

    def anniversary(self, name: str) -> str | None:
        value = self.text(name, 10)
        if value is not None and not ANNIVERSARY.fullmatch(value):
            self.wrong(name)
            return None
        return value

    def identifier(self, name: str) -> str | None:
        """Return one required UUID."""
        value = self._document.get(name)
        if value is None:
            self.wrong(name, "is missing")
            return None
        if not isinstance(value, str) or not UUID.fullmatch(value):
            self.wrong(name)
            return None
        return value.lower()

    def ids(
        self, name: str, limit: int, *, required: bool = False, cut: bool = False
    ) -> list[str] | None:
        """Return UUIDs without repeats; with *cut* those beyond *limit* are dropped."""
        value = self._array(name, required=required)
        if value is None:
            return None
        if not all(isinstance(each, str) and UUID.fullmatch(each) for each in value):
            self.wrong(name)
            return None
        if len(value) > limit and not cut:
            self.wrong(name, f"has more than {limit} entries")
            return None
        return list(dict.fromkeys(each.lower() for each in value[:limit]))

    def objects(self, name: str, limit: int) -> list[Reading] | None:
        value = self._array(name)
        if value is None:
            return None
        if len(value) > limit:
            self.wrong(name, f"has more than {limit} entries")
            return None
        return [
            Reading(
                each,
                problems=self.problems,
                prefix=f"{self._prefix}{name}[{position}].",
            )
            for position, each in enumerate(value)
        ]

    def object(self, name: str) -> Reading | None:
        value = self._document.get(name)
        if value is None:
            return None
        return Reading(value, problems=self.problems, prefix=f"{self._prefix}{name}.")

    def texts(self, name: str, limit: int) -> list[str] | None:
        value = self._array(name)
        if value is None:
            return None
        if len(value) > limit or not all(isinstance(each, str) for each in value):
            self.wrong(name)
            return None
        return value

    def _array(self, name: str, *, required: bool = False) -> list[Json] | None:
        value = self._document.get(name)
        if value is None:
            if required:
                self.wrong(name, "is missing")
            return None
        if not isinstance(value, list):
            self.wrong(name)
            return None
        if required and not value:
            self.wrong(name, "is empty")
            return None
        return value
