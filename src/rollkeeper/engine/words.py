"""One sentence for each cause and reason: the same in pages, command line and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rollkeeper.core.changes import Cause
from rollkeeper.core.eligibility import Reason

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
        "It was the person's own act: nobody here can undo it.",
    ),
    Reason.BOUNCED: (
        "had mail returned as undeliverable.",
        "Ask for a new address.",
    ),
    Reason.DISABLED_IN_LIST: (
        "is disabled in the list.",
        "Set the contact to active on the list.",
    ),
    Reason.LEFT_LIST: (
        "left this list at the provider.",
        "It was the person's own act: nobody here can undo it.",
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
}
"""What is the case, as the end of a sentence about a contact; and the next step."""
