"""What to do where associations differ: one policy per audience."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

from attrs import frozen

from rollkeeper.core.values import AudienceId


class Leaving(StrEnum):
    """When a mailbox no longer belongs to the audience."""

    REMOVE = "remove"
    KEEP = "keep"


class NoneLeft(StrEnum):
    """When it leaves the last list that it is on over there."""

    DISABLE = "disable"
    KEEP = "keep"


class NewAddress(StrEnum):
    """When the primary address of a contact changes."""

    UPDATE = "update"
    ADD_NEW = "add_new"


class Strangers(StrEnum):
    """Mailboxes on the provider's list that we neither brought nor want."""

    KEEP = "keep"
    REMOVE = "remove"


@frozen(kw_only=True)
class Policy:
    leaving: Leaving
    none_left: NoneLeft
    new_address: NewAddress
    strangers: Strangers


Policies: TypeAlias = Mapping[AudienceId, Policy]
"""The audiences that are kept true. Others are left as they are, whoever is on them."""

LIVE = Policy(
    leaving=Leaving.REMOVE,
    none_left=NoneLeft.DISABLE,
    new_address=NewAddress.UPDATE,
    strangers=Strangers.KEEP,
)
"""True within minutes, touching nobody that came from elsewhere. The default."""
