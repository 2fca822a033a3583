"""What is sent to a provider: changes packed into the fewest calls.

Every call is a target state for its mailboxes, so sending one twice does no harm.
"""

from __future__ import annotations

from typing import TypeAlias, assert_never

from attrs import field, frozen

from rollkeeper.core.budget import Purpose
from rollkeeper.core.values import (
    Mailbox,
    Person,
    ProviderContactId,
    ProviderListId,
)


@frozen(kw_only=True)
class Row:
    """One mailbox in an import, with the fields to write. Empty fields are left."""

    mailbox: Mailbox
    person: Person


@frozen(kw_only=True)
class Target:
    """One mailbox that the provider knows by an id."""

    mailbox: Mailbox
    provider_id: ProviderContactId


@frozen(kw_only=True)
class Import:
    """Create or change every row and put it on all *lists*. A bulk job."""

    rows: tuple[Row, ...]
    lists: tuple[ProviderListId, ...]


@frozen(kw_only=True)
class Join:
    """Put known contacts on all *lists*, fields untouched. A bulk job."""

    targets: tuple[Target, ...]
    lists: tuple[ProviderListId, ...]


@frozen(kw_only=True)
class Leave:
    """Take known contacts off all *lists*. A bulk job."""

    targets: tuple[Target, ...]
    lists: tuple[ProviderListId, ...]


@frozen(kw_only=True)
class Delete:
    """End known contacts, softly: off every list, revivable. A bulk job."""

    targets: tuple[Target, ...]


@frozen(kw_only=True)
class Create:
    """Make one contact with *lists*; for addresses too long to import."""

    row: Row
    lists: tuple[ProviderListId, ...]


@frozen(kw_only=True)
class Rewrite:
    """Set one contact's address and person, everything else as it is there now.

    *lists* are joined in the same stroke; those it is on stay.
    """

    target: Target
    """The mailbox is the address the contact shall have."""
    person: Person
    before: Person = field(factory=Person)
    """What was last agreed. A field empty in *person* is emptied if *before* had it,
    and left as it is there if not: then it is none of ours."""
    lists: tuple[ProviderListId, ...] = ()

    def person_over(self, there: Person) -> Person:
        """Return the person to write where *there* is what the contact has now."""
        return Person(
            first_name=_over(
                there.first_name, self.before.first_name, self.person.first_name
            ),
            last_name=_over(
                there.last_name, self.before.last_name, self.person.last_name
            ),
            company=_over(there.company, self.before.company, self.person.company),
        )


def _over(there: str, before: str, now: str) -> str:
    return now if now or before else there


BulkCall: TypeAlias = Import | Join | Leave | Delete
SingleCall: TypeAlias = Create | Rewrite
Call: TypeAlias = BulkCall | SingleCall


def purpose_of(call: Call) -> Purpose:
    """Return what sending the call is for, as far as the quota goes by it."""
    match call:
        case Delete():
            return Purpose.SUPPRESS
        case Leave():
            return Purpose.REMOVE
        case Import() | Join() | Create():
            return Purpose.ADD
        case Rewrite():
            return Purpose.ADD if call.lists else Purpose.UPDATE
        case _:
            assert_never(call)
