"""What the provider knows and we do not: who is there, and who opted out.

Opt-outs become suppressions, account-wide, and are never undone here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain

from rollkeeper.consent.kinds import Kind
from rollkeeper.consent.services import Fact
from rollkeeper.core.values import AudienceId, ContactId, Mailbox, ProviderListId
from rollkeeper.core.views import Observed, Permission
from rollkeeper.engine.audiences import Audiences
from rollkeeper.engine.session import Session
from rollkeeper.providers.port import Page, Seen

OVERLAP = timedelta(minutes=10 + 2 * 15)
"""How far each pull reaches back before the last one began: ten minutes, and twice what
our clock and the provider's may be off."""

STALE = timedelta(minutes=15)
"""Nothing is added on opt-outs pulled longer ago than this."""

_OURS = "rule:opt-out pull"

_NOBODY: tuple[ContactId | None, ...] = (None,)


def observe(session: Session, audiences: Audiences) -> int:
    """Read the whole account; return how many contacts it has.

    It is a complete opt-out pull as well. When it raises, nothing is concluded about
    who is missing, but the opt-outs it saw are kept.
    """
    begun = session.now()
    count = _take_down(
        session, audiences, session.provider.contacts(), begun=begun, complete=True
    )
    session.store.connections.note_pull(
        session.connection_id, pulled_at=begun, compared_at=begun
    )
    return count


def observe_some(
    session: Session, audiences: Audiences, seen: Iterable[Seen], *, begun: datetime
) -> None:
    """Record single contacts that were just looked at."""
    page = Page(contacts=tuple(seen))
    _take_down(session, audiences, [page], begun=begun, complete=False)


def _take_down(
    session: Session,
    audiences: Audiences,
    pages: Iterable[Page],
    *,
    begun: datetime,
    complete: bool,
) -> int:
    """Note page by page, opt-outs at once, and conclude when the read has ended.

    No transaction is open while the provider is asked for the next page.
    """
    ours = audiences.by_provider_list
    count = 0
    session.store.sightings.begin()
    for page in pages:
        if new := _record_opt_outs(session, page.contacts):
            session.store.runs.note_count(session.run_id, "opt_outs", new)
        count += session.store.sightings.note(
            (seen.mailbox, _observed(seen, ours))
            for seen in page.contacts
            if seen.mailbox
        )
    found = session.store.sightings.conclude(
        association_id=session.association_id,
        connection_id=session.connection_id,
        seen_at=begun,
        complete=complete,
        drift_of=session.run_id if complete and _compared_before(session) else None,
    )
    for kind, changed in found.items():
        session.store.runs.note_count(session.run_id, kind, changed)
    return count


def _compared_before(session: Session) -> bool:
    """Can what is over there have changed, or is it merely new to us?"""
    return session.store.connections.get(session.connection_id).compared_at is not None


def _observed(seen: Seen, ours: Mapping[ProviderListId, AudienceId]) -> Observed:
    return Observed(
        provider_id=seen.provider_id,
        permission=seen.permission,
        audiences=frozenset(ours[there] for there in seen.lists if there in ours),
        elsewhere=any(there not in ours for there in seen.lists),
        person=seen.person,
    )


def pull(session: Session) -> int:
    """Fetch the opt-outs since the last pull; return how many were new to us."""
    begun = session.now()
    last = session.store.connections.get(session.connection_id).pulled_at
    new = 0
    for page in session.provider.opted_out(after=last and last - OVERLAP):
        new += _record_opt_outs(session, page.contacts)
    session.store.connections.note_pull(session.connection_id, pulled_at=begun)
    session.store.runs.note_count(session.run_id, "opt_outs", new)
    return new


def is_stale(session: Session) -> bool:
    """Is the last complete pull too old to add anybody on the strength of it?"""
    last = session.store.connections.get(session.connection_id).pulled_at
    return last is None or session.now() - last > STALE


def learn_ids(session: Session) -> int:
    """Find out the ids of contacts that imports made; return how many were learnt."""
    since = session.store.sightings.oldest_without_id(session.connection_id)
    if since is None:
        return 0
    return sum(
        session.store.sightings.learn_ids(
            session.connection_id,
            [(one.mailbox, one.provider_id) for one in page.contacts if one.mailbox],
        )
        for page in session.provider.contacts(created_after=since - OVERLAP)
    )


def _record_opt_outs(session: Session, contacts: Iterable[Seen]) -> int:
    """Write a fact for each mailbox that opted out, for everybody who holds it and for
    whom it was sent for, who may have another by now."""
    out = {
        seen.mailbox: seen
        for seen in contacts
        if seen.mailbox and seen.permission is Permission.UNSUBSCRIBED
    }
    if not out:
        return 0
    people = _people(session, out)
    with session.store.transaction():
        new = session.store.consent.suppress(
            association_id=session.association_id,
            facts=[
                _fact(session, seen, contact_id)
                for mailbox, seen in out.items()
                for contact_id in people[mailbox] or _NOBODY
            ],
        )
        session.store.sightings.record_opt_outs(
            association_id=session.association_id,
            connection_id=session.connection_id,
            mailboxes=out,
        )
        if new:
            everybody = frozenset(chain.from_iterable(people.values()))
            session.mark({*out, *session.store.directory.mailboxes_of(everybody)})
    return new


def _people(
    session: Session, mailboxes: Collection[Mailbox]
) -> Mapping[Mailbox, Sequence[ContactId]]:
    """Return who has each of these mailboxes, and for whom it was sent last."""
    holders = session.store.directory.holders_by_mailbox(mailboxes)
    carriers = session.store.sightings.carriers(session.connection_id, mailboxes)
    return {
        mailbox: sorted(
            {
                *holders.get(mailbox, ()),
                *((carriers[mailbox],) if mailbox in carriers else ()),
            }
        )
        for mailbox in mailboxes
    }


def _fact(session: Session, seen: Seen, contact_id: ContactId | None) -> Fact:
    assert seen.mailbox is not None
    return Fact(
        mailbox=seen.mailbox,
        contact_id=contact_id,
        kind=Kind.UNSUBSCRIBED,
        list_id=None,
        provider=session.provider_name,
        happened_at=seen.opted_out_at,
        source="opt-out pull",
        evidence={
            "provider_id": seen.provider_id,
            "by_person": seen.opted_out_by_person,
            "reason": seen.opt_out_reason,
        },
        actor=_OURS,
        run_id=session.run_id,
    )
