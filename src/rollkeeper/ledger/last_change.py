"""What somebody did last that may explain what a plan is about to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rollkeeper.audit.actors import name_of
from rollkeeper.audit.models import Entry

ACTS: Final[Mapping[str, str]] = {
    "directory_imported": "files were imported",
    "contact_added": "a contact was added",
    "contact_changed": "a contact was changed",
    "contact_deleted": "a contact was deleted",
    "contacts_departed": "contacts missing from a complete file were taken out",
    "do_not_contact_set": "Do Not Contact was set",
    "do_not_contact_cleared": "Do Not Contact was cleared",
    "primary_address_changed": "a primary address was changed",
    "list_added": "a list was added",
    "list_changed": "a list was changed",
    "list_deleted": "a list was deleted",
    "sync_switched_on": "a list was switched on",
    "sync_switched_off": "a list was switched off",
    "put_on_list": "a contact was put on a list",
    "taken_off_list": "a contact was taken off a list",
    "standing_changed": "how a contact stands on a list was changed",
    "policy_changed": "the policy of a list was changed",
    "limit_changed": "a limit was changed",
    "account_connected": "the account was connected",
}
"""The acts that change what is wanted at a provider, as the end of a sentence."""

UNKNOWN: Final = "Nobody wrote down what changed: rows were changed in the database."


def last_change(association_id: int) -> str:
    """Return one sentence about the last act on record: what, by whom, when."""
    acts = Entry.objects.filter(association_id=association_id, action__in=ACTS)
    entry = acts.order_by("-id").first()
    if entry is None:
        return UNKNOWN
    return (
        f"On {entry.at:%Y-%m-%d at %H:%M} UTC {ACTS[entry.action]},"
        f" by {name_of(entry.actor)}."
    )
