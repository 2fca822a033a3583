"""One sentence for each cause and reason: the same in pages, command line and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rollkeeper.core.automatic import Outside
from rollkeeper.core.changes import Cause
from rollkeeper.core.eligibility import Reason
from rollkeeper.core.guards import Guard

CAUSES: Final[Mapping[Cause, str]] = {
    Cause.JOINED: "is on the list here and not there yet",
    Cause.BACK_AGAIN: "is wanted again after we disabled it",
    Cause.FIELDS_CHANGED: "the name or company changed",
    Cause.EDITED_OVER_THERE: "the name was changed at the provider",
    Cause.ADDRESS_CHANGED: "the primary address changed",
    Cause.NOT_WANTED: "is no longer active on the list here",
    Cause.DELETED_HERE: "was deleted from the directory",
    Cause.DO_NOT_CONTACT: "is set to Do Not Contact",
    Cause.NO_MASS_EMAILS: "unsubscribed from all mail",
    Cause.NO_LIST_LEFT: "is on no synchronized list any more",
    Cause.ALREADY_TRUE: "both sides say the same",
    Cause.LEFT_OVER_THERE: "left the list at the provider",
    Cause.DELETED_OVER_THERE: "was deleted at the provider by its staff",
    Cause.READDRESSED_OVER_THERE: "was given another address at the provider",
}

REASONS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.NOT_ON_LIST: (
        "is not on the list.",
        "Put the contact on the list to have mail sent.",
    ),
    Reason.NO_PRIMARY_ADDRESS: (
        "has no primary e-mail address.",
        "Enter an address on the contact's page.",
    ),
    Reason.ADDRESS_INVALID: (
        "has a primary address that mail cannot be sent to.",
        "Correct the address on the contact's page.",
    ),
    Reason.DO_NOT_CONTACT: (
        "is not sent because this mailbox is set to Do Not Contact.",
        "Clear Do Not Contact, on every contact that has this address, if it is wrong.",
    ),
    Reason.NO_MASS_EMAILS: (
        "has No Mass Emails.",
        "Nobody here can undo it: only the person, by subscribing again.",
    ),
    Reason.DISABLED_IN_LIST: (
        "is disabled in the list.",
        "Set the contact to active on the list.",
    ),
    Reason.LEFT_LIST: (
        "has No Mass Emails on this list.",
        "Nobody here can undo it: only the person, by joining it again over there.",
    ),
    Reason.CARRIED_BY_ANOTHER: (
        "shares its mailbox with another contact, whose name is sent.",
        "Nothing to do: the mailbox gets the mail once.",
    ),
    Reason.REFUSED_BY_PROVIDER: (
        "was refused by the provider.",
        "Correct what the provider names; any change is tried again.",
    ),
    Reason.HELD: (
        "is held until a person decides.",
        "Look at it on the connection's page.",
    ),
    Reason.WAITING: (
        "is on its way.",
        "Wait for the next run, or press Sync.",
    ),
    Reason.OVER_LIMIT: (
        "is on more lists than the provider allows a contact.",
        "Take the contact off lists that it does not need.",
    ),
    Reason.LET_GO: (
        "is left as it is, for a person decided so.",
        "Nothing is done unless something about the contact changes.",
    ),
    Reason.KEPT_BY_POLICY: (
        "is kept there by the list's policy.",
        "Take the address off at the provider by hand, or change the policy.",
    ),
    Reason.SWITCHED_OFF: (
        "is left as it is, for the list is switched off.",
        "Switch the list on to keep it true.",
    ),
}
"""What is the case, as the end of a sentence about a contact; and the next step."""

BOUNCED: Final = (
    "has No Mass Emails at this address.",
    "Ask for another address, and enter it on the contact's page.",
)
"""Likewise of No Mass Emails, where mail to the address came back."""

OUTSIDE: Final[Mapping[Outside, tuple[str, str]]] = {
    Outside.NO_MEMBER: (
        "is not on the list: the contact belongs to no member.",
        "Enter the contact's member, if it represents one.",
    ),
    Outside.INACTIVE: (
        "is not on the list: the contact is inactive.",
        "Set the contact to active, if it still represents its member.",
    ),
    Outside.MEMBER_DROPPED: (
        "is not on the list: the member is dropped.",
        "Reinstate the member, if it is one again.",
    ),
    Outside.MEMBER_PROSPECT: (
        "is not on the list: the member is a prospect.",
        "Set the member to active or courtesy, if it has joined.",
    ),
    Outside.ANOTHER_TYPE: (
        "is not on the list: the member has another membership type.",
        "Correct the member's type, if it is wrong.",
    ),
}
"""Likewise, why a contact is not on an automatic list."""

TERMS: Final[Mapping[Reason, str]] = {
    Reason.NOT_ON_LIST: "not on the list",
    Reason.NO_PRIMARY_ADDRESS: "without a primary address",
    Reason.ADDRESS_INVALID: "with an address that is not valid",
    Reason.DO_NOT_CONTACT: "set to Do Not Contact",
    Reason.NO_MASS_EMAILS: "unsubscribed, or set to No Mass Emails",
    Reason.DISABLED_IN_LIST: "disabled in the list",
    Reason.LEFT_LIST: "who left this list at the provider",
    Reason.CARRIED_BY_ANOTHER: "sharing the address of another on the list",
    Reason.REFUSED_BY_PROVIDER: "refused by the provider",
    Reason.HELD: "held until a person decides",
    Reason.WAITING: "on their way",
    Reason.OVER_LIMIT: "on more lists than the provider allows",
    Reason.LET_GO: "left as they are, for a person decided so",
    Reason.KEPT_BY_POLICY: "kept there by the list's policy",
    Reason.SWITCHED_OFF: "left as they are, for the list is switched off",
}
"""Each reason as a term of a sum: so many are …"""

GUARDS: Final[Mapping[Guard, str]] = {
    Guard.REMOVALS_OF_LIST: "so many would leave the list within a day",
    Guard.REMOVALS_OF_ACCOUNT: "so many would leave lists within a day",
    Guard.ENDINGS: "so many would be disabled at the provider within a day",
    Guard.EMPTIED_LIST: "the list would be left empty",
    Guard.ADDS_OF_LIST: "so many would join the list within a day",
    Guard.EMPTIED_FIELDS: "a field would be emptied for many at once",
    Guard.RULE_CHANGED: "the policy of the list was changed",
    Guard.LIST_DELETED: "the list was deleted here",
    Guard.REFUSALS: "the provider refused too many",
    Guard.SOURCE_FELL: "the imported file lacks so many",
    Guard.SOURCE_EMPTY: "the imported file is empty",
    Guard.DELETED_OVER_THERE: "its staff deleted the address at the provider",
    Guard.LEFT_AT_ONCE: "so many left the list at the provider at once",
}
"""Why a guard holds something, as the end of a sentence."""


def provider_name(provider: str) -> str:
    """Return how people write the provider's name."""
    return provider.replace("_", " ").title()
