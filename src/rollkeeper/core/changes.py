"""What a plan is made of: target states for one mailbox each, never deltas.

Making a change twice is the same as making it once.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from attrs import field, frozen

from rollkeeper.core.values import (
    AudienceId,
    ContactId,
    Mailbox,
    Person,
    ProviderContactId,
)


class Cause(StrEnum):
    """Why a change is made or a mailbox held; `explain` turns it into a sentence."""

    JOINED = "joined"
    BACK_AGAIN = "back_again"  # disabled by us before, wanted again
    FIELDS_CHANGED = "fields_changed"
    EDITED_OVER_THERE = "edited_over_there"
    ADDRESS_CHANGED = "address_changed"
    NOT_WANTED = "not_wanted"  # left, disabled in the list, no mass emails there
    DELETED_HERE = "deleted_here"
    DO_NOT_CONTACT = "do_not_contact"
    NO_MASS_EMAILS = "no_mass_emails"
    NO_LIST_LEFT = "no_list_left"
    ALREADY_TRUE = "already_true"
    LEFT_OVER_THERE = "left_over_there"
    DELETED_OVER_THERE = "deleted_over_there"
    READDRESSED_OVER_THERE = "readdressed_over_there"


@frozen(kw_only=True)
class Add:
    """Put the mailbox on *audiences*, with this person's name. Revives a deleted one.

    Fields that are empty both in *before* and in *person* are left as they are there.
    """

    mailbox: Mailbox
    provider_id: ProviderContactId | None
    audiences: frozenset[AudienceId]
    person: Person
    carried_by: ContactId
    cause: Cause
    renames: bool
    """Does the person differ from what was last agreed? New and revived contacts
    always do. If not, the fields over there may be written or left."""
    before: Person = field(factory=Person)
    """What was last agreed; empty when nothing was."""
    already_on: int = 0
    """How many lists it is known to be on now; a provider caps lists per contact."""


@frozen(kw_only=True)
class Update:
    """Make the fields at the provider those of *person*; its lists stay.

    Fields that are empty both in *before* and in *person* are left as they are there.
    """

    mailbox: Mailbox
    provider_id: ProviderContactId | None
    audiences: frozenset[AudienceId]
    """The audiences it is on, unchanged."""
    person: Person
    before: Person
    """What was last agreed."""
    carried_by: ContactId
    cause: Cause = Cause.FIELDS_CHANGED


@frozen(kw_only=True)
class Readdress:
    """Give the provider's contact of *before* the address *mailbox*: same person."""

    mailbox: Mailbox
    before: Mailbox
    provider_id: ProviderContactId | None
    person: Person
    person_before: Person
    """What was last agreed."""
    carried_by: ContactId
    audiences: frozenset[AudienceId] = field(factory=frozenset)
    """Where it is wanted; the lists of the contact stay as they are."""
    cause: Cause = Cause.ADDRESS_CHANGED


@frozen(kw_only=True)
class Remove:
    """Take the mailbox off *audiences*; it stays at the provider otherwise."""

    mailbox: Mailbox
    provider_id: ProviderContactId | None
    audiences: frozenset[AudienceId]
    cause: Cause
    more_to_come: bool = False
    """Must it leave more, once it is off these? Then look at it again."""


@frozen(kw_only=True)
class Disable:
    """Take the mailbox off all lists and end it at the provider, reversibly."""

    mailbox: Mailbox
    provider_id: ProviderContactId | None
    audiences: frozenset[AudienceId]
    """The audiences it is still on, which end with it."""
    cause: Cause


@frozen(kw_only=True)
class Agree:
    """Record what both sides already say. Costs no request.

    To be recorded before the other changes of its mailbox, whose outcomes build on it.
    """

    mailbox: Mailbox
    audiences: frozenset[AudienceId]
    """All audiences that are ours from now on."""
    person: Person
    """What both sides agree on so far; an `Update` besides is to change it."""
    carried_by: ContactId | None
    cause: Cause = Cause.ALREADY_TRUE


@frozen(kw_only=True)
class Left:
    """The person left *audiences* over there: a fact for consent, not a change.

    Once consent has it, the audiences are no longer ours.
    """

    mailbox: Mailbox
    audiences: frozenset[AudienceId]
    cause: Cause = Cause.LEFT_OVER_THERE


@frozen(kw_only=True)
class Hold:
    """Nothing is done until a person decides."""

    mailbox: Mailbox
    audiences: frozenset[AudienceId]
    cause: Cause


Change: TypeAlias = Add | Update | Readdress | Remove | Disable | Agree | Left | Hold
