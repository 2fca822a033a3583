"""Send planned operations, a stage at a time, and wait for their jobs.

Calls of one stage touch no key in common, so they may all be under way at once. The
next stage begins when the jobs of this one have ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve, frozen

from rollkeeper.core.calls import BulkCall, Call, Create, Rewrite
from rollkeeper.core.values import JobId, ProviderContactId
from rollkeeper.engine import inbound, settling
from rollkeeper.engine.audiences import Audiences
from rollkeeper.engine.intents import MAKES_MAILABLE, PURPOSES
from rollkeeper.engine.session import Session
from rollkeeper.ledger.services.operations import OpenOperation, Suppressed
from rollkeeper.ledger.states import OperationState
from rollkeeper.providers.errors import (
    AnswerLost,
    ChangeRefused,
    ForbiddenCall,
    ProviderError,
    TryLater,
)
from rollkeeper.providers.port import Accepted, Answer, Job, JobState

PATIENCE: Final = timedelta(minutes=15)
"""How long a run waits for the provider's jobs; a later run takes up the rest."""

JOB_PATIENCE: Final = timedelta(hours=6)
"""A job not heard of as ended for so long is unknown: somebody has to look."""

_LONGEST_PAUSE = 30.0
_CLOCKS_MAY_DIFFER = timedelta(minutes=20)


@frozen(kw_only=True)
class Planned:
    """A durable operation, with the call that carries it out."""

    operation: OpenOperation
    call: Call


def send_stage(
    session: Session, audiences: Audiences, stage: Sequence[Planned]
) -> None:
    """Send every call, then see each to its end.

    Raises the `ProviderError` that stops the run. What had not left by then is still
    *planned*, what had is *accepted* or *unknown*: `recover` takes up both.
    """
    for planned in stage:
        if planned.operation.kind in MAKES_MAILABLE and inbound.is_stale(session):
            inbound.pull(session)
        _send(session, audiences, planned)
    wait(session, audiences)


def _send(session: Session, audiences: Audiences, planned: Planned) -> None:
    operation = planned.operation
    try:
        _mark_sending(session, operation)
        answer = _carry_out(session, planned.call)
    except (Suppressed, ForbiddenCall) as error:
        settling.drop(session, operation, str(error) or "Suppressed meanwhile.")
    except ChangeRefused as error:
        _refused(session, audiences, planned, error)
    except AnswerLost as error:
        _lose(session, operation, str(error))
    except ProviderError:
        with session.store.transaction():
            session.store.operations.take_back(operation)
        raise
    else:
        if isinstance(answer, Accepted):
            _accept(session, operation, answer)
        else:
            inbound.observe_some(session, audiences, [answer.seen], begun=session.now())
            settling.confirm(session, operation)


def _mark_sending(session: Session, operation: OpenOperation) -> None:
    """The last thing before it leaves: whoever is not the coordinator any more, and
    whatever has been suppressed since, stops here."""
    with session.store.transaction():
        session.store.operations.mark_sending(
            operation, makes_mailable=operation.kind in MAKES_MAILABLE
        )


def _accept(session: Session, operation: OpenOperation, answer: Accepted) -> None:
    with session.store.transaction():
        session.store.operations.accept(
            operation, job_id=answer.job_id, provider_time=answer.provider_time
        )


def _lose(session: Session, operation: OpenOperation, message: str) -> None:
    with session.store.transaction():
        session.store.operations.lose(operation, message)


def _carry_out(session: Session, call: Call) -> Answer:
    if isinstance(call, Create | Rewrite):
        return session.provider.make(call)
    return session.provider.start(call)


def _refused(
    session: Session, audiences: Audiences, planned: Planned, error: ChangeRefused
) -> None:
    """Find the bad one by halves: one refused mailbox must not stop the others.

    An address that somebody over there turns out to have is no bad one, nor is one
    whose contact has changed over there so that it cannot be written any more.
    """
    if _is_explained(session, audiences, planned, error):
        settling.drop(session, planned.operation, str(error))
        return
    halves = list(_halves(planned.call))
    if not halves:
        settling.refuse(session, planned.operation, str(error))
        return
    for operation, call in zip(
        settling.split(session, planned.operation), halves, strict=True
    ):
        _send(session, audiences, Planned(operation=operation, call=call))


def _is_explained(
    session: Session, audiences: Audiences, planned: Planned, error: ChangeRefused
) -> bool:
    """Look at who is there: does it show why the provider refused?"""
    if error.conflicting_id:
        conflicting = ProviderContactId(error.conflicting_id)
        return settling.is_there(session, audiences, planned.operation, conflicting)
    if isinstance(planned.call, Rewrite):
        return settling.is_lost(session, audiences, planned.operation)
    return False


def _halves(call: Call) -> Iterator[BulkCall]:
    if isinstance(call, Create | Rewrite):
        return
    name = "rows" if hasattr(call, "rows") else "targets"
    parts = getattr(call, name)
    if len(parts) > 1:
        middle = len(parts) // 2
        yield evolve(call, **{name: parts[:middle]})
        yield evolve(call, **{name: parts[middle:]})


def wait(session: Session, audiences: Audiences) -> None:
    """See every operation that the provider has accepted, or may have, to its end.

    Raises `TryLater` when jobs still run after `PATIENCE`.
    """
    pause, deadline = 1.0, session.now() + PATIENCE
    while under_way := _under_way(session):
        session.sleep(pause)
        pause = min(pause * 1.6, _LONGEST_PAUSE)
        jobs = _jobs(session, under_way)
        for operation in under_way:
            _settle_if_ended(session, audiences, operation, jobs)
        if session.now() > deadline and _under_way(session):
            raise TryLater(
                "The provider is still working on what it was sent.",
                retry_after=timedelta(minutes=1),
            )


def _settle_if_ended(
    session: Session,
    audiences: Audiences,
    operation: OpenOperation,
    jobs: dict[JobId, Job],
) -> None:
    too_old = session.now() - JOB_PATIENCE
    if operation.state == OperationState.ACCEPTED:
        job = jobs.get(JobId(operation.job_id or ""))
        if job and job.state is not JobState.RUNNING:
            settling.settle_job(session, audiences, operation, job)
        elif operation.sent_at and operation.sent_at < too_old:
            _lose(session, operation, "The provider never said that it ended.")
    elif not any(_may_still_act(job, too_old) for job in jobs.values()):
        settling.look(session, audiences, operation)


def _may_still_act(job: Job, too_old: datetime) -> bool:
    return job.state is JobState.RUNNING and job.created_at >= too_old


def _under_way(session: Session) -> list[OpenOperation]:
    return [
        operation
        for operation in session.store.operations.open_operations(session.connection_id)
        if operation.state != OperationState.PLANNED
    ]


def _oldest(under_way: Sequence[OpenOperation]) -> datetime:
    """From when on to ask for jobs: before the first was sent, by either clock."""
    sent = [one.sent_at for one in under_way if one.sent_at]
    return min(sent) - _CLOCKS_MAY_DIFFER


def _jobs(session: Session, under_way: Sequence[OpenOperation]) -> dict[JobId, Job]:
    """Ask for jobs, as urgently as the most urgent of what is under way."""
    told = session.provider.jobs(
        created_after=_oldest(under_way),
        purpose=min(PURPOSES[operation.kind] for operation in under_way),
    )
    return {job.job_id: job for job in told}


def recover(session: Session, audiences: Audiences) -> None:
    """Take up what an earlier run left: nothing it began is lost or done twice.

    What had not left is computed again; what had is seen to its end. A call that may
    or may not have arrived is judged when all jobs since then have ended.
    """
    for operation in session.store.operations.open_operations(session.connection_id):
        if operation.state == OperationState.PLANNED:
            settling.drop(session, operation)
        elif operation.state == OperationState.SENDING:
            _lose(session, operation, "The process ended while this was being sent.")
    wait(session, audiences)
