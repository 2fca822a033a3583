"""What the files look like: columns, limits, and who reads them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from attrs import frozen

from rollkeeper.providers.registry import CONSTANT_CONTACT, capabilities


class Format(StrEnum):
    """A kind of file."""

    CONSTANT_CONTACT = "constant_contact"
    MAILCHIMP = "mailchimp"
    XLSX = "xlsx"

    @property
    def dashed(self) -> str:
        """For the names of files."""
        return self.replace("_", "-")


@frozen(kw_only=True)
class Shape:
    """What a format's files hold. A limit of None is no limit."""

    title: str
    """The program that reads it, within a sentence."""
    suffix: str
    columns: tuple[str, str, str, str]
    """For address, first name, last name and company."""
    field_length: int | None = None
    """Longer names are cut, as they are when the list is synchronized."""
    address_length: int | None = None
    """Whose address is longer is left out, with this reason."""
    rows: int | None = None
    size: int | None = None
    """In bytes. What exceeds one file goes on in the next."""


def _for_constant_contact() -> Shape:
    """Return the columns of its file import, and the limits that the sync keeps to.

    It drops without a word what is beyond its own, which are a little wider.
    """
    limits = capabilities(CONSTANT_CONTACT)
    return Shape(
        title="Constant Contact",
        suffix=".csv",
        columns=("email", "first_name", "last_name", "company_name"),
        field_length=limits.field_length,
        address_length=limits.import_address_length,
        rows=limits.import_rows,
        size=limits.import_bytes,
    )


SHAPES: Final[Mapping[Format, Shape]] = {
    Format.CONSTANT_CONTACT: _for_constant_contact(),
    Format.MAILCHIMP: Shape(
        title="Mailchimp",
        suffix=".csv",
        columns=("Email Address", "First Name", "Last Name", "Company"),
    ),
    Format.XLSX: Shape(
        title="a spreadsheet program",
        suffix=".xlsx",
        columns=("E-mail address", "First name", "Last name", "Company"),
    ),
}
