"""One pass: plan a window, make it durable, send it; then the next window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

from rollkeeper.consent.kinds import Kind
from rollkeeper.consent.services import Fact
from rollkeeper.core.changes import (
    Agree,
    Cause,
    Change,
    Disable,
    Left,
    Remove,
    Update,
)
from rollkeeper.core.guards import Holding
from rollkeeper.core.packing import updates_worth_a_read
from rollkeeper.core.values import AudienceId, ContactId, Mailbox, ProviderContactId
from rollkeeper.directory.marks import ClaimedMarks
from rollkeeper.engine import inbound, outbound
from rollkeeper.engine.audiences import Audiences
from rollkeeper.engine.capture import count_missed
from rollkeeper.engine.intents import intent
from rollkeeper.engine.outbound import Planned
from rollkeeper.engine.planning import Prepared, prepare
from rollkeeper.engine.session import Session
from rollkeeper.engine.store import Scope
from rollkeeper.ledger.services.outcomes import Unmade
from rollkeeper.ledger.states import OutcomeKind


def make_true(
    session: Session,
    audiences: Audiences,
    scope: Scope,
    claimed: ClaimedMarks | None,
) -> frozenset[Holding]:
    """Plan and send, window by window, and return what waits for a person.

    The marks go with the last window's intents.
    """
    after: Mailbox | None = None
    held: frozenset[Holding] = frozenset()
    while True:
        prepared = _prepare(session, audiences, scope, after)
        held |= frozenset(prepared.held)
        after = prepared.plan.next_after
        stages = _make_durable(
            session, audiences, prepared, claimed if after is None else None
        )
        for stage in stages:
            outbound.send_stage(session, audiences, stage)
        if after is None:
            return held


def _prepare(
    session: Session, audiences: Audiences, scope: Scope, after: Mailbox | None
) -> Prepared:
    """Plan; when that shows that we should look first, look and plan again."""
    refreshed = _just_looked(session)
    prepared = _plan(session, audiences, scope, after, refreshed=refreshed)
    to_look_at = _to_look_at(prepared, refreshed=refreshed)
    whole = not refreshed and _reading_all_is_cheaper(
        session, audiences, prepared, to_look_at
    )
    if whole:
        inbound.observe(session, audiences)
    elif to_look_at:
        _look_at(session, audiences, to_look_at)
    else:
        return prepared
    return _plan(session, audiences, scope, after, refreshed=refreshed or whole)


def _plan(
    session: Session,
    audiences: Audiences,
    scope: Scope,
    after: Mailbox | None,
    *,
    refreshed: bool,
) -> Prepared:
    return prepare(
        session.store,
        association_id=session.association_id,
        connection_id=session.connection_id,
        capabilities=session.provider.capabilities,
        audiences=audiences,
        scope=scope,
        after=after,
        refreshed=refreshed,
    )


def _just_looked(session: Session) -> bool:
    """Has this run read the whole account already?"""
    compared_at = session.store.connections.get(session.connection_id).compared_at
    return compared_at is not None and compared_at >= session.begun


def _reading_all_is_cheaper(
    session: Session,
    audiences: Audiences,
    prepared: Prepared,
    to_look_at: Mapping[Mailbox, object],
) -> bool:
    limits = session.provider.capabilities
    known = session.store.sightings.known(session.connection_id)
    pages = max(1, ceil(known / limits.page_size))
    updates = [one for one in prepared.allowed if isinstance(one, Update)]
    return len(to_look_at) > pages or updates_worth_a_read(
        updates, pages=pages, lists=audiences.provider_lists, limits=limits
    )


def _to_look_at(
    prepared: Prepared, *, refreshed: bool
) -> dict[Mailbox, ProviderContactId | None]:
    """Who must be seen before the plan is carried out: those whose id we lack, and
    those about to be ended for want of a list, who may have been put on one since."""
    lacking = dict.fromkeys(prepared.packing.unknown_ids)
    if refreshed:
        return lacking
    ended = {
        one.mailbox: one.provider_id
        for one in prepared.allowed
        if isinstance(one, Disable) and one.cause is Cause.NO_LIST_LEFT
    }
    return lacking | ended


def _look_at(
    session: Session,
    audiences: Audiences,
    wanted: Mapping[Mailbox, ProviderContactId | None],
) -> None:
    begun = session.now()
    found, missing = [], []
    for mailbox, provider_id in wanted.items():
        if provider_id:
            seen = session.provider.look(provider_id)
        else:
            seen = session.provider.find(mailbox)
        if seen is None:
            missing.append(mailbox)
        else:
            found.append(seen)
    inbound.observe_some(session, audiences, found, begun=begun)
    session.store.sightings.forget(session.connection_id, missing)


def _make_durable(
    session: Session,
    audiences: Audiences,
    prepared: Prepared,
    claimed: ClaimedMarks | None,
) -> list[list[Planned]]:
    """In one transaction: what is agreed, what is held, every intent; and the marks
    that asked for it are gone."""
    with session.store.transaction():
        if prepared.looked_at.mailboxes is None:
            count_missed(session, audiences, _sendable(prepared))
        session.store.effects.agree(
            session.connection_id,
            [one for one in prepared.allowed if isinstance(one, Agree)],
        )
        _note_departures(session, audiences, prepared.allowed)
        _note_unmade(session, _unsendable(prepared))
        session.store.holds.freeze(
            connection_id=session.connection_id,
            run_id=session.run_id,
            held=prepared.held,
            looked_at=prepared.looked_at,
            declined=prepared.declined,
        )
        stages = [
            [
                Planned(operation=operation, call=packed.call)
                for operation, packed in zip(
                    session.store.operations.plan(
                        run_id=session.run_id,
                        intents=[
                            intent(
                                packed, audiences.by_provider_list, prepared.approved
                            )
                            for packed in stage
                        ],
                    ),
                    stage,
                    strict=True,
                )
            ]
            for stage in prepared.packing.stages
        ]
        session.store.runs.note_planned(
            session.run_id,
            counts=prepared.counts,
            changes=sum(one.operation.rows for stage in stages for one in stage),
        )
        if claimed is not None:
            session.store.marks.settle(claimed)
        session.mark(_with_more_to_come(prepared.allowed))
    return stages


def _with_more_to_come(changes: Sequence[Change]) -> list[Mailbox]:
    """Return who must be looked at again, once these changes are made.

    Who left over there need not be said: the fact that consent has of it marks them.
    """
    return [
        one.mailbox for one in changes if isinstance(one, Remove) and one.more_to_come
    ]


def _sendable(prepared: Prepared) -> list[Change]:
    unmade = {one.mailbox for one in _unsendable(prepared)}
    return [one for one in prepared.allowed if one.mailbox not in unmade]


def _unsendable(prepared: Prepared) -> list[Unmade]:
    too_long = [
        Unmade(
            mailbox=mailbox,
            kind=OutcomeKind.REFUSED,
            cause="too_long",
            message="The address is longer than the provider takes.",
        )
        for mailbox in prepared.packing.too_long
    ]
    over_limit = [
        Unmade(
            mailbox=mailbox,
            kind=OutcomeKind.HELD,
            cause="over_limit",
            message=f"On {len(surplus)} more lists than the provider allows a contact.",
        )
        for mailbox, surplus in prepared.packing.over_limit
    ]
    return too_long + over_limit


def _note_unmade(session: Session, unmade: Sequence[Unmade]) -> None:
    session.store.outcomes.note(
        association_id=session.association_id,
        connection_id=session.connection_id,
        run_id=session.run_id,
        unmade=unmade,
    )


def _note_departures(
    session: Session, audiences: Audiences, changes: Sequence[Change]
) -> None:
    """Who left a list over there is never put back. Many at once were held before."""
    left: dict[AudienceId, list[Mailbox]] = {}
    for one in changes:
        if isinstance(one, Left):
            for audience in one.audiences:
                left.setdefault(audience, []).append(one.mailbox)
    for audience, mailboxes in left.items():
        _suppress_on_list(session, audiences, audience, mailboxes)


def _suppress_on_list(
    session: Session,
    audiences: Audiences,
    audience: AudienceId,
    mailboxes: Sequence[Mailbox],
) -> None:
    list_id = next(
        list_id for list_id, one in audiences.by_list.items() if one == audience
    )
    holders: Mapping[Mailbox, Sequence[ContactId | None]] = (
        session.store.directory.holders_by_mailbox(mailboxes)
    )
    session.store.consent.suppress(
        association_id=session.association_id,
        facts=[
            Fact(
                mailbox=mailbox,
                contact_id=contact_id,
                kind=Kind.LEFT_LIST,
                list_id=list_id,
                provider=session.provider_name,
                happened_at=None,
                source="full read",
                evidence={"audience": audience},
                actor="rule:left over there",
                run_id=session.run_id,
            )
            for mailbox in mailboxes
            for contact_id in holders.get(mailbox) or [None]
        ],
    )
    session.store.sightings.give_up(audience, mailboxes)
