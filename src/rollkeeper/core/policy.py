"""What to do where associations differ: one policy per audience."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeAlias

from attrs import evolve, frozen

from rollkeeper.core.values import AudienceId


class Leaving(StrEnum):
    """When a mailbox no longer belongs to the audience."""

    REMOVE = "remove"
    KEEP = "keep"


class NoneLeft(StrEnum):
    """When it leaves the last list that it is on over there."""

    DISABLE = "disable"
    KEEP = "keep"


class Parting(StrEnum):
    """How a mailbox goes; also when its contact is deleted from the directory."""

    DISABLE = "disable"
    REMOVE = "remove"
    KEEP = "keep"


class NewAddress(StrEnum):
    """When the primary address of a contact changes."""

    UPDATE = "update"
    ADD_NEW = "add_new"


class ListDeleted(StrEnum):
    """When the list is deleted from the directory."""

    DELETE = "delete"
    ASK = "ask"
    KEEP = "keep"


class Strangers(StrEnum):
    """Mailboxes on the provider's list that we neither brought nor want."""

    KEEP = "keep"
    REMOVE = "remove"


class EditedThere(StrEnum):
    """When somebody gave a mailbox of ours another name over there."""

    KEEP = "keep"
    RESTORE = "restore"


class When(StrEnum):
    """When the list over there is made true. Refusals never wait."""

    LIVE = "live"  # after each change, and compared every night
    NIGHTLY = "nightly"
    BY_HAND = "by_hand"


class Namesake(StrEnum):
    """When the provider has a list of that name already, with people on it."""

    ADOPT = "adopt"
    NEW = "new"
    ASK = "ask"


@frozen(kw_only=True)
class Policy:
    leaving: Leaving
    none_left: NoneLeft
    deleted: Parting
    new_address: NewAddress
    list_deleted: ListDeleted
    strangers: Strangers
    edited_there: EditedThere
    when: When = When.LIVE
    namesake: Namesake = Namesake.ADOPT


Policies: TypeAlias = Mapping[AudienceId, Policy]
"""The audiences that are kept true. Others are left as they are, whoever is on them."""

LIVE: Final = Policy(
    leaving=Leaving.REMOVE,
    none_left=NoneLeft.DISABLE,
    deleted=Parting.DISABLE,
    new_address=NewAddress.UPDATE,
    list_deleted=ListDeleted.DELETE,
    strangers=Strangers.KEEP,
    edited_there=EditedThere.KEEP,
)
"""What is changed here is changed there, touching nobody from elsewhere."""

NIGHTLY: Final = Policy(
    leaving=Leaving.KEEP,
    none_left=NoneLeft.KEEP,
    deleted=Parting.KEEP,
    new_address=NewAddress.ADD_NEW,
    list_deleted=ListDeleted.KEEP,
    strangers=Strangers.KEEP,
    edited_there=EditedThere.KEEP,
    when=When.NIGHTLY,
)
"""Only who is disabled in the list comes off; the rest is taken off by hand."""

REPLACE: Final = Policy(
    leaving=Leaving.REMOVE,
    none_left=NoneLeft.KEEP,
    deleted=Parting.REMOVE,
    new_address=NewAddress.ADD_NEW,
    list_deleted=ListDeleted.KEEP,
    strangers=Strangers.REMOVE,
    edited_there=EditedThere.KEEP,
    when=When.NIGHTLY,
    namesake=Namesake.ASK,
)
"""The list over there is the list here and nobody besides. Lists that fill themselves
begin with it; and as it takes off whom it finds, no list is taken unasked."""

DEFAULT: Final = evolve(LIVE, list_deleted=ListDeleted.ASK, namesake=Namesake.ASK)
"""What an audience begins with: live, but nobody's list is deleted or taken unasked."""

PRESETS: Final[Mapping[str, Policy]] = {
    "default": DEFAULT,
    "live": LIVE,
    "nightly": NIGHTLY,
    "replace": REPLACE,
}
"""By the name that staff see."""


def preset_of(policy: Policy) -> str | None:
    """Return the name of the preset that *policy* is, None when it is a mixture."""
    return next((name for name, one in PRESETS.items() if one == policy), None)
