"""The small values everything else is said in: right from birth, never re-checked."""

from __future__ import annotations

from typing import Final, NewType

from attrs import field, frozen
from email_validator import EmailNotValidError, validate_email

Mailbox = NewType("Mailbox", str)
"""One normalised, lower-cased address: what a provider calls a contact."""

AssociationId = NewType("AssociationId", int)
AudienceId = NewType("AudienceId", int)
ConnectionId = NewType("ConnectionId", int)
ContactId = NewType("ContactId", int)
ListId = NewType("ListId", int)

ProviderContactId = NewType("ProviderContactId", str)
"""The provider's own id of a mailbox."""

ProviderListId = NewType("ProviderListId", str)
"""The provider's own id of one of its lists."""

JobId = NewType("JobId", str)
"""The provider's own id of a bulk job."""


class InvalidAddress(ValueError):
    """The text is no address that mail could be sent to; the message says why."""


@frozen(kw_only=True)
class Email:
    """An address as a person typed it, and the mailbox that it names."""

    typed: str
    mailbox: Mailbox

    @classmethod
    def parse(cls, text: str) -> Email:
        """Return the address in *text*, or raise `InvalidAddress` with the reason.

        Blanks around it are dropped. No look-up is made: a well-formed address of a
        domain that does not exist passes.
        """
        typed = text.strip()
        try:
            checked = validate_email(
                typed, check_deliverability=False, test_environment=True
            )
        except EmailNotValidError as error:
            raise InvalidAddress(str(error)) from error
        return cls(typed=typed, mailbox=Mailbox(checked.normalized.lower()))


def one_line(text: str) -> str:
    """Return *text* with every run of white space as one blank, none at the ends."""
    return " ".join(text.split())


@frozen(kw_only=True)
class Person:
    """What we tell a provider of the person behind a mailbox. Empty means unknown."""

    first_name: str = field(default="", converter=one_line)
    last_name: str = field(default="", converter=one_line)
    company: str = field(default="", converter=one_line)

    def empties(self, before: Person) -> bool:
        """Is something empty here that *before* had? Bulk imports cannot clear it."""
        return any(getattr(before, name) and not getattr(self, name) for name in FIELDS)


FIELDS: Final = ("first_name", "last_name", "company")
"""The fields of a person, by name."""
