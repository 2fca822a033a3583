"""What each action of the record is called where people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ACTIONS: Final[Mapping[str, str]] = {
    "account_connected": "Connected an account",
    "account_replaced": "Connected another account in place of one",
    "disconnected": "Disconnected an account",
    "key_changed": "Sealed the sign-in with another key",
    "reconnect_needed": "Found that an account no longer lets us in",
    "hold_approved": "Approved what was held",
    "hold_discarded": "Discarded what was held",
    "hold_list_exported": "Downloaded the list of what was held",
    "contacts_exported": "Exported contacts",
    "audit_exported": "Exported this record",
    "communications_exported": "Exported the communication history",
    "policy_changed": "Changed a list's policy",
    "limit_changed": "Changed a limit",
    "newsletter_settings_changed": "Changed the newsletter settings",
    "namesake_chosen": "Chose what to do about a list of the same name",
    "subscription_changed": "Changed what somebody is told",
    "silent_hours_changed": "Changed after how many hours silence is told",
    "refusal_noted": "Noted that somebody refuses mail",
    "resubscribe_asked": "Asked somebody to subscribe again",
    "do_not_contact_set": "Set Do Not Contact",
    "do_not_contact_cleared": "Cleared Do Not Contact",
    "contact_added": "Added a contact",
    "contact_changed": "Changed a contact",
    "contact_deleted": "Deleted a contact",
    "contacts_departed": "Let contacts leave that a file lacked",
    "primary_address_changed": "Changed a primary address",
    "list_added": "Added a list",
    "list_changed": "Changed a list",
    "list_deleted": "Deleted a list",
    "sync_switched_on": "Switched a list on",
    "sync_switched_off": "Switched a list off",
    "put_on_list": "Put a contact on a list",
    "taken_off_list": "Took a contact off a list",
    "standing_changed": "Changed how a contact stands on a list",
    "directory_imported": "Imported files",
    "import_discarded": "Discarded an import",
    "association_created": "Made the association",
    "staff_added": "Let somebody sign in",
    "language_chosen": "Chose a language",
}


def in_words(action: str) -> str:
    """Return what an action is called; one of another version by its own name."""
    return ACTIONS.get(action, action.replace("_", " ").capitalize())
