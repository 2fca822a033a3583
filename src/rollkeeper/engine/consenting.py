"""What people did about mail over there: who refused it, and who came back.

Either is a fact, written for good, and whoever follows the directory is told of it. A
refusal ends by the person's own act alone, seen where they did it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from attrs import frozen

from rollkeeper.consent.kinds import Kind
from rollkeeper.consent.selectors import InEffect
from rollkeeper.consent.services import Fact
from rollkeeper.core.values import ContactId, ListId, Mailbox, ProviderListId
from rollkeeper.core.views import Permission
from rollkeeper.engine.session import Session
from rollkeeper.providers.port import Page, Seen

_OPT_OUT = "opt-out pull"
_OPT_IN = "full read"

_NOBODY: tuple[ContactId | None, ...] = (None,)


def record_opt_outs(session: Session, page: Page) -> int:
    """Write a fact for each mailbox that opted out, for everybody who holds it and for
    whom it was sent for, who may have another by now. Return how many were new."""
    out = {
        seen.mailbox: seen
        for seen in page.contacts
        if seen.mailbox and seen.permission is Permission.UNSUBSCRIBED
    }
    if not out:
        return 0
    people = _people(session, out)
    with session.store.transaction():
        new = session.store.consent.suppress(
            association_id=session.association_id,
            facts=[
                _opt_out(session, seen, page, contact_id)
                for mailbox, seen in out.items()
                for contact_id in people[mailbox] or _NOBODY
            ],
        )
        session.store.sightings.record_opt_outs(
            association_id=session.association_id,
            connection_id=session.connection_id,
            mailboxes=out,
        )
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


def _opt_out(
    session: Session, seen: Seen, page: Page, contact_id: ContactId | None
) -> Fact:
    assert seen.mailbox is not None
    return Fact(
        mailbox=seen.mailbox,
        contact_id=contact_id,
        kind=Kind.UNSUBSCRIBED,
        provider=session.provider_name,
        happened_at=seen.opted_out_at,
        told_at=page.served_at,
        source=_OPT_OUT,
        evidence={
            "provider_id": seen.provider_id,
            "by_person": seen.opted_out_by_person,
            "reason": seen.opt_out_reason,
        },
        actor=f"rule:{_OPT_OUT}",
        run_id=session.run_id,
    )


def record_opt_ins(
    session: Session, page: Page, lists: Mapping[ProviderListId, ListId]
) -> int:
    """Write down whose refusal ended by their own act; return how many facts it took.

    What staff over there did, or an import, ends nothing; nor does what the provider
    shows without telling its time.
    """
    back = {
        seen.mailbox: seen
        for seen in page.contacts
        if seen.mailbox
        and seen.permission is Permission.MAILABLE
        and seen.opted_in_by_person
        and seen.opted_in_at
    }
    if not back or page.served_at is None:
        return 0
    refused = _Refused.of(session, back)
    if not refused.in_effect:
        return 0
    facts = [
        _opt_in(session, seen, page, contact_id, list_id)
        for mailbox, seen in back.items()
        for list_id in _scopes(seen, lists)
        for contact_id in refused.who_came_back(mailbox, list_id)
    ]
    with session.store.transaction():
        new = session.store.consent.lift(
            association_id=session.association_id, facts=facts
        )
        if new:
            session.store.sightings.record_opt_ins(
                connection_id=session.connection_id,
                mailboxes=back.keys() - _Refused.of(session, back).mailboxes,
            )
    return new


def _scopes(
    seen: Seen, lists: Mapping[ProviderListId, ListId]
) -> Iterator[ListId | None]:
    """All mail, and each list that the person is on since."""
    yield None
    yield from sorted(lists[one] for one in seen.lists if one in lists)


@frozen
class _Refused:
    """What is in effect against some mailboxes, and against who has them."""

    in_effect: Sequence[InEffect]
    holders: Mapping[Mailbox, Sequence[ContactId]]

    @staticmethod
    def of(session: Session, mailboxes: Collection[Mailbox]) -> _Refused:
        holders = session.store.directory.holders_by_mailbox(mailboxes)
        people = {one for some in holders.values() for one in some}
        return _Refused(
            session.store.consent.refusals_about(
                session.association_id, mailboxes, people
            ),
            holders,
        )

    @property
    def mailboxes(self) -> frozenset[Mailbox | None]:
        """Those that refuse all mail themselves."""
        return frozenset(one.mailbox for one in self.in_effect if one.list_id is None)

    def who_came_back(
        self, mailbox: Mailbox, list_id: ListId | None
    ) -> Collection[ContactId | None]:
        """Return whose act it was; nobody's we know of when it may be several people's.

        Who shares the mailbox may have refused at another address, of which this act
        says nothing. Where nobody has it now, it was the one who had refused there.
        """
        about = [
            one
            for one in self.in_effect
            if one.list_id == list_id and self._concerns(one, mailbox)
        ]
        if not about:
            return ()
        holders = self.holders.get(mailbox, ())
        if not holders:
            made_by = {one.made_by for one in about}
            return made_by if len(made_by) == 1 else _NOBODY
        if len(holders) == 1:
            return holders
        elsewhere = {one.contact_id for one in about if one.made_at != mailbox}
        return [one for one in holders if one not in elsewhere] or _NOBODY

    def _concerns(self, one: InEffect, mailbox: Mailbox) -> bool:
        if one.mailbox is not None:
            return one.mailbox == mailbox
        return one.contact_id in self.holders.get(mailbox, ())


def _opt_in(
    session: Session,
    seen: Seen,
    page: Page,
    contact_id: ContactId | None,
    list_id: ListId | None,
) -> Fact:
    assert seen.mailbox is not None
    return Fact(
        mailbox=seen.mailbox,
        contact_id=contact_id,
        kind=Kind.RESUBSCRIBED,
        list_id=list_id,
        provider=session.provider_name,
        happened_at=seen.opted_in_at,
        told_at=page.served_at,
        source=_OPT_IN,
        evidence={"provider_id": seen.provider_id, "by_person": True},
        actor=f"rule:{_OPT_IN}",
        run_id=session.run_id,
    )


def record(
    session: Session, page: Page, lists: Mapping[ProviderListId, ListId]
) -> Iterator[tuple[str, int]]:
    """Write down both; yield how many were new, under the names that runs count by."""
    yield "opt_outs", record_opt_outs(session, page)
    yield "opt_ins", record_opt_ins(session, page, lists)
