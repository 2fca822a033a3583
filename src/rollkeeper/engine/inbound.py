"""What the provider knows and we do not: who is there, who opted out, who came back.

Opt-outs become suppressions, account-wide; only the person's own act ends one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from attrs import define

from rollkeeper.core.values import (
    AudienceId,
    ListId,
    ProviderListId,
)
from rollkeeper.core.views import Observed
from rollkeeper.engine import consenting
from rollkeeper.engine.audiences import Audiences
from rollkeeper.engine.session import Session
from rollkeeper.providers.errors import TryLater
from rollkeeper.providers.port import Page, Seen

OVERLAP = timedelta(minutes=10 + 2 * 15)
"""How far each pull reaches back before the last one began: ten minutes, and twice what
clocks may be off."""

STALE = timedelta(minutes=15)
"""Nothing is added on opt-outs pulled longer ago than this."""


def observe(session: Session, audiences: Audiences) -> int:
    """Read the whole account; return how many contacts it has.

    It is a complete opt-out pull as well. When it raises, nothing is concluded about
    who is missing, but the opt-outs it saw are kept.
    """
    read = _Read(session, begun=session.now())
    count = _take_down(
        session,
        audiences,
        read.through(session.provider.contacts()),
        begun=read.begun,
        complete=True,
    )
    session.store.connections.note_pull(
        session.connection_id,
        pulled_at=read.begun,
        pulled_through=read.begun_there,
        compared_at=read.begun,
    )
    return count


@define
class _Read:
    """A read of many pages: did it show everybody, and when did it begin over there?"""

    session: Session
    begun: datetime
    begun_there: datetime | None = None
    """By the provider's clock; None as long as it told no time."""

    def through(self, pages: Iterator[Page]) -> Iterator[Page]:
        """Yield the pages. Raises `TryLater` when they end before everybody was shown
        who there was as they began."""
        there: int | None = None
        hashes = array("q")  # eight bytes for each contact of a million
        for number, page in enumerate(pages):
            if number == 0:
                there, self.begun_there = page.total, self._begun_there(page)
            hashes.extend(hash(seen.provider_id) for seen in page.contacts)
            yield page
        shown = len(set(hashes))
        if there is not None and shown < there:
            raise TryLater(
                f"The provider counts {there} contacts and showed {shown} of them."
                " What was read proves nothing about the others, and is read again."
            )

    def _begun_there(self, page: Page) -> datetime | None:
        """When the first answer was given, less what asking for it took."""
        took = max(self.session.now() - self.begun, timedelta(0))
        return page.served_at and page.served_at - took


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
    ours, lists = audiences.by_provider_list, _lists(audiences)
    count = 0
    session.store.sightings.begin()
    for page in pages:
        for kind, new in consenting.record(session, page, lists):
            if new:
                session.store.runs.note_count(session.run_id, kind, new)
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


def _lists(audiences: Audiences) -> Mapping[ProviderListId, ListId]:
    """Return which list of the directory each provider list of ours is."""
    made = audiences.provider_lists
    return {
        made[audience]: list_id
        for list_id, audience in audiences.by_list.items()
        if audience in made
    }


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
    read = _Read(session, begun=session.now())
    last = session.store.connections.get(session.connection_id).pulled_through
    pages = session.provider.opted_out(after=last and last - OVERLAP)
    new = sum(consenting.record_opt_outs(session, page) for page in read.through(pages))
    session.store.connections.note_pull(
        session.connection_id,
        pulled_at=read.begun,
        pulled_through=read.begun_there,
    )
    session.store.runs.note_count(session.run_id, "opt_outs", new)
    return new


def is_stale(session: Session) -> bool:
    """Is the last complete pull too old to add anybody on the strength of it?

    One that our clock has still to come to is of another clock, or of this one before
    it was put right.
    """
    last = session.store.connections.get(session.connection_id).pulled_at
    return last is None or not timedelta(0) <= session.now() - last <= STALE


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
