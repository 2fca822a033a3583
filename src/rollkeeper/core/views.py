"""One mailbox seen three ways: as the directory wants it, as the provider last showed
it, and as both sides last agreed.

`decide` compares the three. Because the third tells "staff took her off over there"
from "she was never put on", nothing about work still to do needs to be stored.
"""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from rollkeeper.core.values import (
    AudienceId,
    ContactId,
    Mailbox,
    Person,
    ProviderContactId,
)


class Permission(StrEnum):
    """What the provider lets us do with a mailbox."""

    MAILABLE = "mailable"
    PENDING = "pending"  # asked to confirm, has not yet
    ON_HOLD = "on_hold"  # the provider stopped mail for now, after bounces say
    UNSUBSCRIBED = "unsubscribed"
    DELETED = "deleted"  # soft: an import would revive it


class Stop(StrEnum):
    """Why a mailbox gets no mail at all, whatever lists it is on."""

    DO_NOT_CONTACT = "do_not_contact"
    NO_MASS_EMAILS = "no_mass_emails"


class Gone(StrEnum):
    """Why nobody in the directory has a mailbox that somebody carried."""

    DELETED = "deleted"  # the contact is not in the directory any more
    MOVED = "moved"  # the contact has another primary address


@frozen(kw_only=True)
class Desired:
    """What the directory, the policies and the suppressions want for a mailbox."""

    audiences: frozenset[AudienceId]
    """Where it belongs; empty when *stop* is set."""
    person: Person
    carried_by: ContactId | None
    """The holder whose name is sent; None when no holder carries it anywhere."""
    stop: Stop | None = None
    off: frozenset[AudienceId] = frozenset()
    """Where it must not stay, whatever the policy: disabled, muted or left."""
    gone: Gone | None = None
    """Set when no contact has the mailbox, and we know what became of the carrier."""
    stays: frozenset[AudienceId] = frozenset()
    """Where it is left alone: the address was given over there to a contact who is on
    the list here with another one."""

    @property
    def carrier(self) -> ContactId:
        """The holder whose name is sent, for a mailbox that is wanted somewhere."""
        if self.carried_by is None:
            raise ValueError("a mailbox is wanted, but nobody carries it")
        return self.carried_by


@frozen(kw_only=True)
class Observed:
    """What the provider last showed of a mailbox."""

    provider_id: ProviderContactId | None
    """None while an import has made the contact and no read has told its id."""
    permission: Permission
    audiences: frozenset[AudienceId]
    elsewhere: bool
    """Is it on lists over there that fill none of our audiences?"""
    person: Person


@frozen(kw_only=True)
class Synced:
    """What both sides last agreed on for a mailbox that we brought or adopted."""

    audiences: frozenset[AudienceId]
    """The memberships that are ours; others on the same lists are strangers' own."""
    person: Person
    carried_by: ContactId | None
    disabled: bool = False
    """Did we disable it? Then we may enable it again."""


@frozen(kw_only=True)
class Move:
    """A contact's primary address changed: the mailbox that carried it until now."""

    mailbox: Mailbox
    observed: Observed
    synced: Synced


@frozen(kw_only=True)
class Views:
    """Everything `decide` may look at for one mailbox."""

    mailbox: Mailbox
    desired: Desired | None = None
    observed: Observed | None = None
    synced: Synced | None = None
    moved_from: Move | None = None
    """Set when this mailbox is the new address of a contact known by another."""
    moved_to: Mailbox | None = None
    """Set when the contact carried here now has that mailbox; it brings this along."""
    known_as: Mailbox | None = None
    """Set when the contact that has this mailbox here was given that one over there."""
