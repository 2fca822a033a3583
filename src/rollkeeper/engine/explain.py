"""Why a person is, or is not, on a list at the provider: one sentence each.

The rules are those that plan (`core.eligibility`); what happened on the way comes from
the ledger. A sentence names the fact, its date, and the next step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import frozen

from rollkeeper.connections.models import Connection
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.core.eligibility import Reason, why
from rollkeeper.core.values import ContactId, ListId, Mailbox
from rollkeeper.directory.models import Contact, EmailAddress, ListMembership
from rollkeeper.engine import audiences as audiences_of
from rollkeeper.engine.audiences import Audiences
from rollkeeper.engine.postgres import STORE
from rollkeeper.engine.store import Held, Question
from rollkeeper.engine.words import REASONS
from rollkeeper.ledger.models import Outcome, OutcomeKind, RemoteMembership


@frozen(kw_only=True)
class Explanation:
    """One contact and one list."""

    contact_id: int
    contact: str
    mailbox: str
    list_id: int
    list_name: str
    there: bool
    """Is the mailbox on the provider's list, as far as we know?"""
    reason: Reason | None
    """None when it is there, or is on its way for no reason but time."""
    sentence: str
    next_step: str
    since: datetime | None
    """When the fact that decides it came about, where that is known."""


def contacts_with(text: str) -> list[Contact]:
    """Return the contacts that have this address, as primary or as another one."""
    wanted = text.strip().lower()
    return list(
        Contact.objects.filter(addresses__mailbox=wanted).distinct().order_by("id")
        or Contact.objects.filter(addresses__typed__iexact=wanted).distinct()
    )


def explain(
    *, connection: Connection, contacts: Sequence[Contact]
) -> Iterator[Explanation]:
    """Say for each contact and each synchronized list it is on why it is there or not.

    The association must be in scope.
    """
    audiences = audiences_of.current(
        STORE,
        association_id=connection.association_id,
        connection_id=connection.pk,
    )
    for contact in contacts:
        yield from _explain_one(connection, audiences, contact)


def _explain_one(
    connection: Connection, audiences: Audiences, contact: Contact
) -> Iterator[Explanation]:
    address = EmailAddress.objects.filter(contact=contact, primary=True).first()
    held = _held(connection, audiences, address)
    memberships = ListMembership.objects.filter(
        contact=contact, list_id__in=list(audiences.by_list)
    ).select_related("list")
    for membership in memberships.order_by("list__name"):
        list_id = ListId(membership.list_id)
        found = _find(connection, audiences, contact, list_id, address, held)
        yield Explanation(
            contact_id=contact.pk,
            contact=str(contact),
            mailbox=(address and (address.mailbox or address.typed)) or "",
            list_id=list_id,
            list_name=membership.list.name,
            there=found.there,
            reason=found.reason,
            sentence=f"{contact} {found.sentence}",
            next_step=found.next_step,
            since=found.since,
        )


@frozen(kw_only=True)
class _Found:
    there: bool = False
    reason: Reason | None
    sentence: str
    next_step: str
    since: datetime | None = None


def _held(
    connection: Connection, audiences: Audiences, address: EmailAddress | None
) -> Held | None:
    if address is None or address.mailbox is None:
        return None
    question = Question(
        association_id=connection.association_id,
        connection_id=connection.pk,
        lists=audiences.by_list,
        policies=audiences.policies,
        field_length=None,
    )
    return next(STORE.sights.holders(question, [Mailbox(address.mailbox)]), None)


def _find(
    connection: Connection,
    audiences: Audiences,
    contact: Contact,
    list_id: ListId,
    address: EmailAddress | None,
    held: Held | None,
) -> _Found:
    if address is None:
        return _because(Reason.NO_PRIMARY_ADDRESS)
    if held is None:
        return _because(Reason.ADDRESS_INVALID)
    reason = why(
        contact=ContactId(contact.pk),
        holders=held.holders,
        list_id=list_id,
        refused=held.refused,
    )
    if reason in (Reason.NO_MASS_EMAILS, Reason.LEFT_LIST):
        return _suppressed(reason, held, contact, list_id)
    if reason is not None:
        return _because(reason)
    return _on_the_way(connection, audiences, held, list_id)


def _because(reason: Reason) -> _Found:
    sentence, next_step = REASONS[reason]
    return _Found(reason=reason, sentence=sentence, next_step=next_step)


def _suppressed(
    reason: Reason, held: Held, contact: Contact, list_id: ListId
) -> _Found:
    """Name the fact behind it: who said so, where and when."""
    kind = Kind.LEFT_LIST if reason is Reason.LEFT_LIST else Kind.UNSUBSCRIBED
    facts = Suppression.objects.filter(kind=kind)
    if kind is Kind.LEFT_LIST:
        facts = facts.filter(list_id=list_id)
    fact = (
        facts.filter(mailbox=held.mailbox).first()
        or facts.filter(contact_id__in=[one.contact for one in held.holders]).first()
    )
    sentence, next_step = REASONS[reason]
    if fact is None:
        return _Found(
            reason=reason,
            sentence="has No Mass Emails on this list.",
            next_step="Clear No Mass Emails on the contact's page if it is wrong.",
        )
    when = fact.happened_at or fact.recorded_at
    return _Found(
        reason=reason,
        sentence=f"{sentence.rstrip('.')}: {fact.get_kind_display().lower()} at"
        f" {provider_name(fact.provider)} on {when:%Y-%m-%d}.",
        next_step=next_step,
        since=when,
    )


def _on_the_way(
    connection: Connection, audiences: Audiences, held: Held, list_id: ListId
) -> _Found:
    membership = RemoteMembership.objects.filter(
        audience_id=audiences.by_list[list_id],
        contact__mailbox=held.mailbox,
        there=True,
    ).first()
    if membership:
        return _Found(
            there=True,
            reason=None,
            sentence=f"is on the list at {provider_name(connection.provider)}.",
            next_step="Nothing to do.",
            since=membership.since,
        )
    outcome = Outcome.objects.filter(
        connection=connection, mailbox=held.mailbox
    ).first()
    return _because(Reason.WAITING) if outcome is None else _unmade(outcome)


def _unmade(outcome: Outcome) -> _Found:
    if outcome.cause == Reason.OVER_LIMIT:
        return _because(Reason.OVER_LIMIT)
    held = outcome.kind == OutcomeKind.HELD
    reason = Reason.HELD if held else Reason.REFUSED_BY_PROVIDER
    sentence, next_step = REASONS[reason]
    return _Found(
        reason=reason,
        sentence=f"{sentence.rstrip('.')}: {outcome.message}",
        next_step=next_step,
        since=outcome.at,
    )


def provider_name(provider: str) -> str:
    """Return how people write the provider's name."""
    return provider.replace("_", " ").title()
