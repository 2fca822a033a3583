"""How an operation ends: by evidence, never by hope.

A bulk job proves itself by its counts. When they do not add up, or the answer was lost,
we look at the contacts themselves and confirm what is true; the rest is marked, so that
the next pass computes it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rollkeeper.core.values import Mailbox, ProviderContactId
from rollkeeper.core.views import Permission
from rollkeeper.engine import inbound
from rollkeeper.engine.audiences import Audiences
from rollkeeper.engine.intents import MAKES_MAILABLE, asked_for
from rollkeeper.engine.session import Session
from rollkeeper.ledger.services.operations import (
    OpenOperation,
    Subject,
    intent_of,
)
from rollkeeper.ledger.services.outcomes import Unmade
from rollkeeper.ledger.states import OperationState, OutcomeKind
from rollkeeper.providers.port import Job, JobState, Seen

ONE_BY_ONE: Final = 10
"""Up to so many contacts are looked at one by one; for more the account is read."""

UNEXPLAINED = "The provider did not take this address and did not say why."


def confirm(session: Session, operation: OpenOperation) -> None:
    """The whole operation is true."""
    with session.store.transaction():
        _confirm(session, operation)
        _follow_up(session, operation)
        session.store.operations.close(operation, OperationState.CONFIRMED)
        session.store.runs.note_done(session.run_id, operation.rows)


def _confirm(
    session: Session,
    operation: OpenOperation,
    *,
    positions: Sequence[int] | None = None,
) -> None:
    """What was refused of the same mailboxes before is asked for again, if wanted."""
    session.mark(session.store.effects.confirm(operation, positions=positions))


def _follow_up(session: Session, operation: OpenOperation) -> None:
    """After a change of address, the lists of the new mailbox are computed again."""
    subjects = session.store.operations.subjects(operation)
    session.mark([one.mailbox for one in subjects if one.before])


def drop(session: Session, operation: OpenOperation, message: str = "") -> None:
    """It did not happen: its mailboxes are computed again, later."""
    with session.store.transaction():
        _mark(session, session.store.operations.subjects(operation))
        session.store.operations.close(operation, OperationState.SUPERSEDED, message)


def fail(session: Session, operation: OpenOperation, message: str) -> None:
    """The provider gave it up: its mailboxes are computed again, later."""
    with session.store.transaction():
        _mark(session, session.store.operations.subjects(operation))
        session.store.operations.close(operation, OperationState.FAILED, message)


def refuse(session: Session, operation: OpenOperation, message: str) -> None:
    """The provider said no to this change: it is not asked for again as it is."""
    with session.store.transaction():
        _note_refused(session, session.store.operations.subjects(operation), message)
        session.store.operations.close(operation, OperationState.REFUSED, message)


def split(session: Session, operation: OpenOperation) -> list[OpenOperation]:
    """Replace an operation by two, each with half of its subjects in their order."""
    subjects = session.store.operations.subjects(operation)
    middle = len(subjects) // 2
    with session.store.transaction():
        session.store.operations.close(
            operation, OperationState.SUPERSEDED, "Split in two."
        )
        return session.store.operations.plan(
            run_id=session.run_id,
            intents=[
                intent_of(operation, half)
                for half in (subjects[:middle], subjects[middle:])
            ],
        )


def settle_job(
    session: Session, audiences: Audiences, operation: OpenOperation, job: Job
) -> None:
    """Settle an accepted operation by its finished job."""
    if job.state is JobState.FAILED:
        fail(session, operation, "The provider ended the job without doing it.")
        return
    if job.not_added:
        inbound.pull(session)
    adds_up = job.rows in (None, operation.rows)
    if adds_up and not job.refused and not job.not_added:
        confirm(session, operation)
        return
    if job.refused and job.refused == len(_located(job)) and not job.not_added:
        _confirm_all_but(session, operation, _located(job))
        return
    look(session, audiences, operation, job=job)


def _located(job: Job) -> dict[int, str]:
    return {row: words for row, words in job.complaints if row is not None}


def _confirm_all_but(
    session: Session, operation: OpenOperation, refused: Mapping[int, str]
) -> None:
    subjects = session.store.operations.subjects(operation)
    with session.store.transaction():
        _confirm(
            session,
            operation,
            positions=[row for row in range(len(subjects)) if row not in refused],
        )
        for row, one in enumerate(subjects):
            if row in refused:
                _note_refused(session, [one], refused[row])
        session.store.operations.close(operation, OperationState.CONFIRMED)
        session.store.runs.note_done(session.run_id, operation.rows)


def look(
    session: Session,
    audiences: Audiences,
    operation: OpenOperation,
    *,
    job: Job | None = None,
) -> None:
    """Look at the contacts: confirm what is true and mark the rest.

    What an import did not make was refused, when its finished *job* counts refusals, or
    did not make anybody; else it is tried again, fewer at a time. Suppressed ones are
    neither: they are simply not added.
    """
    subjects = session.store.operations.subjects(operation)
    seen = _see(session, audiences, subjects)
    true = [row for row, one in enumerate(subjects) if _is_true(operation, one, seen)]
    untrue = sorted(set(range(len(subjects))) - set(true))
    rest = [subjects[row] for row in untrue]
    out = {mailbox for mailbox, one in seen.items() if _is_out(one)}
    hopeless = job is not None and (job.refused or not true)
    refused = [one for one in rest if hopeless and one.mailbox not in out]
    with session.store.transaction():
        _confirm(session, operation, positions=true)
        if operation.kind in MAKES_MAILABLE:
            session.store.effects.claim(operation, positions=untrue)
        if operation.kind == "import":
            _note_refused(session, refused, UNEXPLAINED)
        _mark(session, [*rest, *(one for one in subjects if one.before)])
        session.store.operations.close(operation, _ending(true, refused))
        session.store.runs.note_done(session.run_id, operation.rows)


def _ending(true: Sequence[int], refused: Sequence[Subject]) -> OperationState:
    """What did nothing counts against no limit: it will be tried again."""
    if true:
        return OperationState.CONFIRMED
    return OperationState.REFUSED if refused else OperationState.FAILED


def is_there(
    session: Session,
    audiences: Audiences,
    operation: OpenOperation,
    provider_id: ProviderContactId,
) -> bool:
    """Look at a contact: has it a mailbox that the operation was to bring?"""
    begun = session.now()
    seen = session.provider.look(provider_id)
    if seen is None:
        return False
    inbound.observe_some(session, audiences, [seen], begun=begun)
    subjects = session.store.operations.subjects(operation)
    return seen.mailbox in {one.mailbox for one in subjects}


def is_lost(session: Session, audiences: Audiences, operation: OpenOperation) -> bool:
    """Look at the one contact of the operation: is it gone, or unsubscribed, so that we
    cannot write to it? One that is deleted can be put on lists: that revives it."""
    begun = session.now()
    (subject,) = session.store.operations.subjects(operation)
    seen = _look_at(session, subject)
    if seen is None:
        known_by = subject.before or subject.mailbox
        session.store.sightings.forget(session.connection_id, [Mailbox(known_by)])
        return True
    inbound.observe_some(session, audiences, [seen], begun=begun)
    deleted = seen.permission is Permission.DELETED
    return _is_out(seen) or (deleted and not operation.lists)


def _see(
    session: Session, audiences: Audiences, subjects: Sequence[Subject]
) -> dict[str, Seen]:
    """Look at each contact, or read the whole account when that costs less."""
    begun = session.now()
    if len(subjects) <= ONE_BY_ONE:
        seen = [
            one
            for subject in subjects
            if (one := _look_at(session, subject)) is not None
        ]
    else:
        wanted = {one.mailbox for one in subjects} | {one.before for one in subjects}
        seen = [
            one
            for page in session.provider.contacts()
            for one in page.contacts
            if one.mailbox in wanted
        ]
    inbound.observe_some(session, audiences, seen, begun=begun)
    return {one.mailbox: one for one in seen if one.mailbox}


def _look_at(session: Session, subject: Subject) -> Seen | None:
    if subject.provider_id:
        return session.provider.look(ProviderContactId(subject.provider_id))
    return session.provider.find(subject.mailbox)


def _is_true(
    operation: OpenOperation, subject: Subject, seen: Mapping[str, Seen]
) -> bool:
    there = seen.get(subject.mailbox)
    gone = there is None or there.permission is Permission.DELETED
    match operation.kind:
        case "delete":
            return gone
        case "leave":
            return there is None or there.lists.isdisjoint(operation.lists)
        case _:
            return (
                there is not None
                and not _is_out(there)
                and not gone
                and there.lists.issuperset(operation.lists)
                and _says(there, subject, operation.kind)
            )


def _says(there: Seen, subject: Subject, kind: str) -> bool:
    """Is it the person we told? Imports leave what is empty, joins leave it all.

    A new address, written together with the name, shows that both arrived: whoever is
    called otherwise by now was renamed since.
    """
    if kind == "join" or subject.person is None or subject.before:
        return True
    return all(
        getattr(there.person, name) == value or (not value and kind != "rewrite")
        for name, value in subject.person.items()
    )


def _is_out(seen: Seen) -> bool:
    return seen.permission is Permission.UNSUBSCRIBED


def _mark(session: Session, subjects: Iterable[Subject]) -> None:
    again = {one.mailbox for one in subjects} | {
        one.before for one in subjects if one.before
    }
    session.mark(again)


def _note_refused(session: Session, subjects: Sequence[Subject], message: str) -> None:
    session.store.outcomes.note(
        association_id=session.association_id,
        connection_id=session.connection_id,
        run_id=session.run_id,
        unmade=[
            Unmade(
                mailbox=one.mailbox,
                kind=OutcomeKind.REFUSED,
                cause=one.cause,
                message=message,
                asked=asked_for(
                    one.mailbox,
                    one.person,
                    one.before,
                    cause=one.cause,
                    known=one.provider_id is not None,
                ),
            )
            for one in subjects
        ],
    )
