"""Why somebody is left out, in the words of `explain`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen
from django.utils.translation import gettext as _

from rollkeeper.connections.models import Connection
from rollkeeper.core.eligibility import Reason
from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.directory.models import Contact, EmailAddress
from rollkeeper.engine.equation import Spot, Target
from rollkeeper.engine.exporting.formats import Shape
from rollkeeper.engine.facts import Facts
from rollkeeper.engine.telling import Subject, Teller
from rollkeeper.engine.words import REASONS, TERMS

TOO_LONG: Final = "address_too_long"
"""The one reason that synchronizing does not know: it brings such addresses singly."""


@frozen(kw_only=True)
class Case:
    """A contact who is not written, and what was looked at."""

    contact: ContactId
    reason: Reason | str
    mailbox: Mailbox | None = None
    spot: Spot | None = None


@frozen(kw_only=True)
class LeftOut:
    """A row of the second file."""

    contact: Contact
    address: str
    reason: str
    sentence: str
    next_step: str


@frozen(kw_only=True)
class Reasons:
    """Tells facts and dates where a provider was ever connected; else rules alone."""

    target: Target
    shape: Shape
    connection: Connection | None

    def of(self, cases: Sequence[Case]) -> Sequence[LeftOut]:
        """Put each case into words. The association must be in scope."""
        if not cases:
            return ()
        ids = [one.contact for one in cases]
        contacts = Contact.objects.in_bulk(ids)
        primary = EmailAddress.objects.filter(contact__in=ids, primary=True)
        typed = dict(primary.values_list("contact_id", "typed"))
        teller = self._teller(cases)
        return [
            self._left_out(
                case, contacts[case.contact], typed.get(case.contact, ""), teller
            )
            for case in cases
        ]

    def _left_out(
        self, case: Case, contact: Contact, typed: str, teller: Teller | None
    ) -> LeftOut:
        sentence, next_step = self._sentence(case, teller)
        return LeftOut(
            contact=contact,
            address=case.mailbox or typed,
            reason=str(case.reason),
            sentence=f"{contact} {sentence}",
            next_step=next_step,
        )

    def _teller(self, cases: Sequence[Case]) -> Teller | None:
        if self.connection is None:
            return None
        spots = [case.spot for case in cases if case.spot]
        holders = {holder.contact for spot in spots for holder in spot.holders}
        facts = Facts(
            connection=self.connection,
            contacts=[*holders, *(one.contact for one in cases)],
            mailboxes=[one.mailbox for one in cases if one.mailbox],
            lists=[self.target.list_id],
        )
        return Teller(facts=facts, time_zone=self.connection.association.time_zone)

    def _sentence(self, case: Case, teller: Teller | None) -> tuple[str, str]:
        if not isinstance(case.reason, Reason):
            return _too_long(case.mailbox or "", self.shape)
        if teller is None:
            return REASONS[case.reason]
        subject = Subject(
            contact=case.contact,
            mailbox=case.mailbox,
            target=self.target,
            spot=case.spot,
        )
        found = teller.tell(subject, case.reason, None)
        return found.sentence, found.next_step


def the_connection() -> Connection | None:
    """Return the connection of the association in scope, in whatever state."""
    connection: Connection | None = (
        Connection.objects.select_related("association").order_by("pk").first()
    )
    return connection


def term_of(reason: str) -> str:
    """Return a reason as a term of a sum: so many are …"""
    if reason == TOO_LONG:
        return _("with an address too long for a file")
    return TERMS[Reason(reason)]


def _too_long(mailbox: str, shape: Shape) -> tuple[str, str]:
    return (
        _(
            "has an address of %(mailbox)s characters, and %(title)s takes at most"
            " %(address_length)s from a file."
        )
        % {
            "mailbox": len(mailbox),
            "title": shape.title,
            "address_length": shape.address_length,
        },
        _(
            "Enter the person over there by hand, or synchronize the list: such"
            " addresses are brought one by one."
        ),
    )
