"""What each action of the record is called where people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

ACTIONS: Final[Mapping[str, str]] = {
    "account_connected": _("Connected an account"),
    "account_replaced": _("Connected another account in place of one"),
    "disconnected": _("Disconnected an account"),
    "key_changed": _("Sealed the sign-in with another key"),
    "reconnect_needed": _("Found that an account no longer lets us in"),
    "hold_approved": _("Approved what was held"),
    "hold_discarded": _("Discarded what was held"),
    "hold_list_exported": _("Downloaded the list of what was held"),
    "contacts_exported": _("Exported contacts"),
    "audit_exported": _("Exported this record"),
    "communications_exported": _("Exported the communication history"),
    "policy_changed": _("Changed a list's policy"),
    "limit_changed": _("Changed a limit"),
    "newsletter_settings_changed": _("Changed the newsletter settings"),
    "namesake_chosen": _("Chose what to do about a list of the same name"),
    "subscription_changed": _("Changed what somebody is told"),
    "silent_hours_changed": _("Changed after how many hours silence is told"),
    "refusals_retried": _("Asked again for what the provider refused"),
    "refusal_noted": _("Noted that somebody refuses mail"),
    "resubscribe_asked": _("Asked somebody to subscribe again"),
    "do_not_contact_set": _("Set Do Not Contact"),
    "do_not_contact_cleared": _("Cleared Do Not Contact"),
    "contact_added": _("Added a contact"),
    "contact_changed": _("Changed a contact"),
    "contact_deleted": _("Deleted a contact"),
    "contacts_departed": _("Let contacts leave that a file lacked"),
    "primary_address_changed": _("Changed a primary address"),
    "other_address_added": _("Added another address of a contact"),
    "other_address_removed": _("Removed another address of a contact"),
    "member_added": _("Added a member"),
    "member_changed": _("Changed a member"),
    "member_deleted": _("Deleted a member"),
    "list_added": _("Added a list"),
    "list_changed": _("Changed a list"),
    "list_deleted": _("Deleted a list"),
    "sync_switched_on": _("Switched a list on"),
    "sync_switched_off": _("Switched a list off"),
    "put_on_list": _("Put a contact on a list"),
    "taken_off_list": _("Took a contact off a list"),
    "many_put_on_list": _("Put several contacts on a list"),
    "many_taken_off_list": _("Took several contacts off a list"),
    "put_back_on_list": _("Put contacts back on a list"),
    "many_do_not_contact_set": _("Set Do Not Contact for several contacts"),
    "many_do_not_contact_cleared": _("Cleared Do Not Contact for several contacts"),
    "many_set_active": _("Set several contacts to active"),
    "many_set_inactive": _("Set several contacts to inactive"),
    "many_member_set": _("Set the member of several contacts"),
    "standing_changed": _("Changed how a contact stands on a list"),
    "directory_imported": _("Imported files"),
    "import_discarded": _("Discarded an import"),
    "association_created": _("Made the association"),
    "staff_added": _("Let somebody sign in"),
    "staff_invited": _("Invited somebody to the staff"),
    "invitation_withdrawn": _("Took an invitation back"),
    "invitation_accepted": _("Accepted an invitation"),
    "staff_removed": _("Took somebody off the staff"),
    "role_changed": _("Gave somebody another role"),
    "password_link_made": _("Made a link for a new password"),
    "two_steps_dropped": _("Turned off somebody's two-step sign-in"),
    "two_steps_required": _("Required two-step sign-in of administrators"),
    "two_steps_not_required": _("No longer required two-step sign-in"),
    "language_chosen": _("Chose a language"),
}


def in_words(action: str) -> str:
    """Return what an action is called; one of another version by its own name."""
    if action in ACTIONS:
        return gettext(ACTIONS[action])
    return action.replace("_", " ").capitalize()
