"""One run: make a connection's lists true, as far as marks ask for it.

What is left to do is never stored. A run that is killed loses nothing: marks go only in
the transaction that made their work durable, and the next run takes up what was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve, frozen

from rollkeeper.connections.services import ConnectingFailed
from rollkeeper.core.guards import Guard, Holding
from rollkeeper.core.values import AssociationId, AudienceId, ConnectionId, ListId
from rollkeeper.directory.marks import ClaimedMarks
from rollkeeper.engine import audiences as audiences_of
from rollkeeper.engine import closing, inbound, naming, outbound, passes, resubscribing
from rollkeeper.engine.audiences import Audiences
from rollkeeper.engine.fencing import fenced
from rollkeeper.engine.session import Session, utc_now
from rollkeeper.engine.store import EVERYTHING, ConnectionFacts, Run, Scope, Store
from rollkeeper.ledger.states import RunKind, RunState
from rollkeeper.providers.errors import (
    ProviderError,
    QuotaSpent,
    ReconnectNeeded,
    TryLater,
)
from rollkeeper.providers.port import Asking, Capabilities, Provider

LEASE: Final = timedelta(minutes=15)
MARKS_AT_A_TIME: Final = 50_000
MOST_PASSES: Final = 5
"""Changes that keep coming are taken up by the next run, not by an endless one."""


class NotConnected(Exception):
    """The connection is not in a state to be synchronized; the message says why."""


@frozen(kw_only=True)
class Surroundings:
    """What a run takes from outside, so that a test can bring its own."""

    store: Store
    open_provider: Callable[[int, int], Provider]
    """(connection id, run id) -> the provider, ready to be asked."""
    capabilities: Callable[[str], Capabilities]
    """Provider name -> its limits, known without asking it."""
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None]


def request(
    store: Store,
    *,
    connection_id: int,
    list_id: ListId | None = None,
    by_hand: bool = False,
) -> None:
    """Have everything, or one list, compared by the next run of the connection.

    *by_hand* is for what a person asks for: it is made true whatever the policies say
    about when. The first request begins to follow the directory: from then on every
    change leaves marks. Raises `NotConnected`.
    """
    connection = connected(store, connection_id)
    with store.in_association(connection.association_id):
        if by_hand:
            store.audiences.ask(connection_id, list_id)
        follower = store.directory.follow(
            association_id=AssociationId(connection.association_id),
            name=follower_name(connection_id),
        )
        if list_id is None:
            store.marks.mark_everything(follower=follower)
        else:
            store.marks.mark_list(follower=follower, list_id=list_id)


def follower_name(connection_id: int) -> str:
    return f"connection:{connection_id}"


def connection_of(follower_named: str) -> ConnectionId:
    """Return the connection that follows under this name."""
    return ConnectionId(int(follower_named.removeprefix("connection:")))


def sync(*, connection_id: int, by: str, surroundings: Surroundings) -> Run:
    """Do what marks ask for and return the finished run, with how it ended.

    Raises `Busy` when another process works on the connection, or has taken it over,
    `NotConnected` when there is nothing to work with. What the provider does wrong
    raises nothing.
    """
    return _run(
        connection_id=connection_id,
        by=by,
        kind=RunKind.CHANGES,
        work=_synchronize,
        surroundings=surroundings,
    )


def pull(*, connection_id: int, by: str, surroundings: Surroundings) -> Run:
    """Fetch opt-outs only, and return the finished run. Raises as `sync` does."""
    return _run(
        connection_id=connection_id,
        by=by,
        kind=RunKind.PULL,
        work=_pull,
        surroundings=surroundings,
    )


def ask_to_resubscribe(
    *,
    connection_id: int,
    by: str,
    surroundings: Surroundings,
    open_asking: Callable[[int, int], Asking],
) -> Run:
    """Have the mails sent that ask people to come back, and return the finished run.

    *open_asking* gives for a connection and a run what can ask. Raises as `sync` does.
    """
    return _run(
        connection_id=connection_id,
        by=by,
        kind=RunKind.ASKING,
        work=lambda session: resubscribing.send_waiting(
            session, open_asking(session.connection_id, session.run_id)
        ),
        surroundings=surroundings,
    )


def _run(
    *,
    connection_id: int,
    by: str,
    kind: RunKind,
    work: Callable[[Session], RunState],
    surroundings: Surroundings,
) -> Run:
    connection = connected(surroundings.store, connection_id)
    with (
        surroundings.store.sole_coordinator(connection_id) as fence,
        surroundings.store.in_association(connection.association_id),
    ):
        store = fenced(surroundings.store, connection_id, fence)
        run = store.runs.begin(
            association_id=connection.association_id,
            connection_id=connection_id,
            kind=kind,
            by=by,
        )
        state, message = RunState.FAILED, "An error of ours; the log has it."
        retry_at: datetime | None = None
        try:
            session = _session(connection, run.pk, store, surroundings)
            state, message = work(session), ""
        except ReconnectNeeded as error:
            state, message = RunState.RECONNECT_NEEDED, str(error)
            store.connections.need_reconnect(connection_id, reason=message)
        except (ProviderError, ConnectingFailed) as error:
            state, message = RunState.WILL_TRY_AGAIN, str(error)
            retry_at = surroundings.now() + _pause(store, connection_id, error)
        except Exception as error:
            retry_at = surroundings.now() + _pause(store, connection_id, error)
            raise
        finally:
            with store.transaction():
                ended = store.runs.end(
                    run.pk, state=state, message=message, retry_at=retry_at
                )
        return ended


def connected(store: Store, connection_id: int) -> ConnectionFacts:
    """Return the connection, or raise `NotConnected` with what to do about it."""
    connection = store.connections.get(connection_id)
    if not connection.connected:
        raise NotConnected(
            f"The connection to {connection.provider} is not usable:"
            f" {connection.condition}."
            f" Connect it with 'rollkeeper connect {connection.provider}'"
            " or on its page under Settings."
        )
    return connection


def _session(
    connection: ConnectionFacts, run_id: int, store: Store, surroundings: Surroundings
) -> Session:
    connection_id = connection.connection_id
    return Session(
        association_id=connection.association_id,
        connection_id=connection_id,
        run_id=run_id,
        provider_name=connection.provider,
        store=store,
        follower=store.directory.follower(follower_name(connection_id)),
        provider=surroundings.open_provider(connection_id, run_id),
        begun=surroundings.now(),
        now=surroundings.now,
        sleep=surroundings.sleep,
    )


def _pause(store: Store, connection_id: int, error: Exception) -> timedelta:
    if isinstance(error, TryLater) and error.retry_after is not None:
        return error.retry_after
    return store.runs.patience(connection_id)


def look(*, connection_id: int, by: str, surroundings: Surroundings) -> Run:
    """Read what is over there and change nothing there. Raises as `sync` does."""
    return _run(
        connection_id=connection_id,
        by=by,
        kind=RunKind.LOOK,
        work=_look,
        surroundings=surroundings,
    )


def _look(session: Session) -> RunState:
    audiences = audiences_of.of(session)
    matched = audiences_of.match_lists(session, audiences)
    inbound.observe(session, matched.audiences)
    return RunState.DONE


def _pull(session: Session) -> RunState:
    inbound.pull(session)
    return RunState.DONE


def _synchronize(session: Session) -> RunState:
    audiences = audiences_of.of(session)
    outbound.recover(session, audiences)
    if session.follower is None:
        return RunState.DONE
    marks = session.store.marks
    marks.let_go(session.follower)  # nobody but us may work, so who claimed is dead
    looked, filled = False, set[AudienceId]()
    for _ in range(MOST_PASSES):
        claimed = marks.claim(
            follower=session.follower, lease=LEASE, limit=MARKS_AT_A_TIME
        )
        if not claimed:
            session.store.audiences.note_filled(filled)
            break
        filled |= _claimed_pass(session, claimed)
        looked = looked or claimed.everything or bool(claimed.lists)
    closing.delete_emptied_lists(session, looked=looked)
    naming.rename_lists(session)
    inbound.learn_ids(session)
    return _concluded(session)


def _concluded(session: Session) -> RunState:
    store, connection_id = session.store, session.connection_id
    store.holds.settle(connection_id)
    store.outcomes.forget_departed(connection_id)
    waits = store.holds.is_held(connection_id) or audiences_of.of(session).undecided
    if waits or store.outcomes.count(connection_id):
        return RunState.DONE_WITH_EXCEPTIONS
    return RunState.DONE


def _claimed_pass(session: Session, claimed: ClaimedMarks) -> frozenset[AudienceId]:
    """Work through the marks and return the audiences that were made true.

    The marks are given back if it ends early.
    """
    settled = False
    try:
        session.store.runs.note_kind(session.run_id, _kind(claimed))
        if claimed.everything:
            session.store.outcomes.forget_held(session.connection_id)
        try:
            audiences = _look_around(session, claimed)
        except QuotaSpent:
            _do_what_needs_no_look(session, claimed)
            raise
        audiences = audiences.timed(comparing_everything=claimed.everything)
        held = passes.make_true(session, audiences, _scope(session, claimed), claimed)
        settled = True
        _note_compared(session, audiences, claimed, held)
        return audiences.due
    finally:
        if not settled:
            session.store.marks.release(claimed)


def _do_what_needs_no_look(session: Session, claimed: ClaimedMarks) -> None:
    """The day has no requests left to compare everything with, but what is kept of it
    is for those who must not be contacted any more: they may be among the mailboxes
    that changed. The marks stay, and all of it is computed again another day."""
    if claimed.everything and claimed.mailboxes and not _never_compared(session):
        only = evolve(claimed, everything=False, lists=frozenset())
        audiences = audiences_of.of(session).only_made()
        audiences = audiences.timed(comparing_everything=False)
        passes.make_true(session, audiences, _scope(session, only), None)


def _note_compared(
    session: Session,
    audiences: Audiences,
    claimed: ClaimedMarks,
    held: Collection[Holding],
) -> None:
    """What somebody asked for is done; and a changed policy that removes nobody needs
    no decision any more."""
    waiting = {one.audience for one in held if one.guard is Guard.RULE_CHANGED}
    compared = {
        audience
        for list_id, audience in audiences.by_list.items()
        if audience in audiences.due
        and (claimed.everything or list_id in claimed.lists)
    }
    session.store.audiences.note_compared(compared)
    session.store.audiences.answered(compared & audiences.asked)
    session.store.audiences.rule_decided(compared - waiting)


def _kind(claimed: ClaimedMarks) -> RunKind:
    if claimed.everything:
        return RunKind.EVERYTHING
    return RunKind.AUDIENCE if claimed.lists else RunKind.CHANGES


def _look_around(session: Session, claimed: ClaimedMarks) -> Audiences:
    """See what is over there, as far as this pass needs it, before planning.

    The lists, when some are missing or everything is asked for; the people, when they
    were never seen, lists were found that may hold strangers, or somebody asked for a
    list by hand, who wants to see it as it is here; else the opt-outs.
    """
    before = audiences = audiences_of.of(session)
    adopted = False
    lacking = audiences_of.lacking(session, audiences)
    if claimed.everything or claimed.lists or lacking:
        matched = audiences_of.match_lists(session, audiences)
        audiences, adopted = matched.audiences, matched.adopted
    asked = any(audiences.by_list.get(one) in audiences.asked for one in claimed.lists)
    if claimed.everything or asked or adopted or _never_compared(session):
        inbound.observe(session, audiences)
    elif inbound.is_stale(session):
        inbound.pull(session)
    return audiences_of.make_lists(session, audiences).since(before)


def _never_compared(session: Session) -> bool:
    return session.store.connections.get(session.connection_id).compared_at is None


def _scope(session: Session, claimed: ClaimedMarks) -> Scope:
    if claimed.everything:
        return EVERYTHING
    return session.store.sights.narrow(
        connection_id=session.connection_id,
        mailboxes=claimed.mailboxes,
        lists=claimed.lists,
        contacts=claimed.contacts,
    )
