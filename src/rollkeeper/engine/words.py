"""One sentence for each cause and reason: the same in pages, command line and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop as _

from rollkeeper.core.automatic import Outside
from rollkeeper.core.changes import Cause
from rollkeeper.core.eligibility import Reason
from rollkeeper.core.guards import Guard
from rollkeeper.core.views import Permission
from rollkeeper.engine.spoken import Spoken

CAUSES: Final[Mapping[Cause, str]] = Spoken(
    {
        Cause.JOINED: _("is on the list here and not there yet"),
        Cause.BACK_AGAIN: _("is wanted again after we disabled it"),
        Cause.FIELDS_CHANGED: _("the name or company changed"),
        Cause.EDITED_OVER_THERE: _("the name was changed at the provider"),
        Cause.ADDRESS_CHANGED: _("the primary address changed"),
        Cause.NOT_WANTED: _("is no longer active on the list here"),
        Cause.DELETED_HERE: _("was deleted from the directory"),
        Cause.DO_NOT_CONTACT: _("is set to Do Not Contact"),
        Cause.NO_MASS_EMAILS: _("unsubscribed from all mail"),
        Cause.NO_LIST_LEFT: _("is on no synchronized list any more"),
        Cause.ALREADY_TRUE: _("both sides say the same"),
        Cause.LEFT_OVER_THERE: _("left the list at the provider"),
        Cause.DELETED_OVER_THERE: _("was deleted at the provider by its staff"),
        Cause.READDRESSED_OVER_THERE: _("was given another address at the provider"),
    }
)

REASONS: Final[Mapping[Reason, tuple[str, str]]] = Spoken(
    {
        Reason.NOT_ON_LIST: (
            _("is not on the list."),
            _("Put the contact on the list to have mail sent."),
        ),
        Reason.NO_PRIMARY_ADDRESS: (
            _("has no primary e-mail address."),
            _("Enter an address on the contact's page."),
        ),
        Reason.ADDRESS_INVALID: (
            _("has a primary address that mail cannot be sent to."),
            _("Correct the address on the contact's page."),
        ),
        Reason.DO_NOT_CONTACT: (
            _("is not sent because this mailbox is set to Do Not Contact."),
            _(
                "Clear Do Not Contact, on every contact that has this address, if it"
                " is wrong."
            ),
        ),
        Reason.NO_MASS_EMAILS: (
            _("has No Mass Emails."),
            _("Nobody here can undo it: only the person, by subscribing again."),
        ),
        Reason.DISABLED_IN_LIST: (
            _("is disabled in the list."),
            _("Set the contact to active on the list."),
        ),
        Reason.LEFT_LIST: (
            _("has No Mass Emails on this list."),
            _(
                "Nobody here can undo it: only the person, by joining it again over"
                " there."
            ),
        ),
        Reason.CARRIED_BY_ANOTHER: (
            _("shares its mailbox with another contact, whose name is sent."),
            _("Nothing to do: the mailbox gets the mail once."),
        ),
        Reason.REFUSED_BY_PROVIDER: (
            _("was refused by the provider."),
            _("Correct what the provider names; any change is tried again."),
        ),
        Reason.HELD: (
            _("is held until a person decides."),
            _("Look at it on the connection's page."),
        ),
        Reason.WAITING: (
            _("is on its way."),
            _("Wait for the next run, or press Sync."),
        ),
        Reason.OVER_LIMIT: (
            _("is on more lists than the provider allows a contact."),
            _("Take the contact off lists that it does not need."),
        ),
        Reason.LET_GO: (
            _("is left as it is, for a person decided so."),
            _("Nothing is done unless something about the contact changes."),
        ),
        Reason.KEPT_BY_POLICY: (
            _("is kept there by the list's policy."),
            _("Take the address off at the provider by hand, or change the policy."),
        ),
        Reason.SWITCHED_OFF: (
            _("is left as it is, for the list is switched off."),
            _("Switch the list on to keep it true."),
        ),
    }
)
"""What is the case, as the end of a sentence about a contact; and the next step."""

BOUNCED: Final = (
    _("has No Mass Emails at this address."),
    _("Ask for another address, and enter it on the contact's page."),
)
"""Likewise of No Mass Emails, where mail to the address came back."""

OUTSIDE: Final[Mapping[Outside, tuple[str, str]]] = Spoken(
    {
        Outside.NO_MEMBER: (
            _("is not on the list: the contact belongs to no member."),
            _("Enter the contact's member, if it represents one."),
        ),
        Outside.INACTIVE: (
            _("is not on the list: the contact is inactive."),
            _("Set the contact to active, if it still represents its member."),
        ),
        Outside.MEMBER_DROPPED: (
            _("is not on the list: the member is dropped."),
            _("Reinstate the member, if it is one again."),
        ),
        Outside.MEMBER_PROSPECT: (
            _("is not on the list: the member is a prospect."),
            _("Set the member to active or courtesy, if it has joined."),
        ),
        Outside.ANOTHER_TYPE: (
            _("is not on the list: the member has another membership type."),
            _("Correct the member's type, if it is wrong."),
        ),
    }
)
"""Likewise, why a contact is not on an automatic list."""

TERMS: Final[Mapping[Reason, str]] = Spoken(
    {
        Reason.NOT_ON_LIST: _("not on the list"),
        Reason.NO_PRIMARY_ADDRESS: _("without a primary address"),
        Reason.ADDRESS_INVALID: _("with an address that is not valid"),
        Reason.DO_NOT_CONTACT: _("set to Do Not Contact"),
        Reason.NO_MASS_EMAILS: _("unsubscribed, or set to No Mass Emails"),
        Reason.DISABLED_IN_LIST: _("disabled in the list"),
        Reason.LEFT_LIST: _("who left this list at the provider"),
        Reason.CARRIED_BY_ANOTHER: _("sharing the address of another on the list"),
        Reason.REFUSED_BY_PROVIDER: _("refused by the provider"),
        Reason.HELD: _("held until a person decides"),
        Reason.WAITING: _("on their way"),
        Reason.OVER_LIMIT: _("on more lists than the provider allows"),
        Reason.LET_GO: _("left as they are, for a person decided so"),
        Reason.KEPT_BY_POLICY: _("kept there by the list's policy"),
        Reason.SWITCHED_OFF: _("left as they are, for the list is switched off"),
    }
)
"""Each reason as a term of a sum: so many are …"""

GUARDS: Final[Mapping[Guard, str]] = Spoken(
    {
        Guard.REMOVALS_OF_LIST: _("so many would leave the list within a day"),
        Guard.REMOVALS_OF_ACCOUNT: _("so many would leave lists within a day"),
        Guard.ENDINGS: _("so many would be disabled at the provider within a day"),
        Guard.EMPTIED_LIST: _("the list would be left empty"),
        Guard.ADDS_OF_LIST: _("so many would join the list within a day"),
        Guard.EMPTIED_FIELDS: _("a field would be emptied for many at once"),
        Guard.RULE_CHANGED: _("the policy of the list was changed"),
        Guard.LIST_DELETED: _("the list was deleted here"),
        Guard.REFUSALS: _("the provider refused too many"),
        Guard.SOURCE_FELL: _("the imported file lacks so many"),
        Guard.SOURCE_EMPTY: _("the imported file is empty"),
        Guard.DELETED_OVER_THERE: _("its staff deleted the address at the provider"),
        Guard.LEFT_AT_ONCE: _("so many left the list at the provider at once"),
    }
)
"""Why a guard holds something, as the end of a sentence."""


PERMISSIONS: Final[Mapping[Permission, str]] = Spoken(
    {
        Permission.MAILABLE: _("mailable"),
        Permission.PENDING: _("pending"),
        Permission.ON_HOLD: _("on hold"),
        Permission.UNSUBSCRIBED: _("unsubscribed"),
        Permission.DELETED: _("deleted"),
    }
)
"""What the provider lets us do with a mailbox, behind "is known as"."""


def provider_name(provider: str) -> str:
    """Return how people write the provider's name."""
    return provider.replace("_", " ").title()
