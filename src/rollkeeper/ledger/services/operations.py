"""Operations: each call is made durable before it leaves, and settled by evidence.

planned -> sending -> accepted -> confirmed | refused | failed
                   -> unknown  -> superseded, after somebody looked
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from attrs import asdict, field, frozen
from django.db import connection as database
from django.db import transaction
from django.db.models.functions import Now
from psycopg.types.json import Jsonb

from rollkeeper.core.values import JobId, Mailbox
from rollkeeper.ledger.models import Operation, OperationSubject, Run
from rollkeeper.ledger.states import OPEN_STATES, OperationState

_COLUMNS = (
    "operation_id",
    "position",
    "mailbox",
    "before",
    "provider_id",
    "audiences",
    "person",
    "carried_by",
    "cause",
)


@frozen(kw_only=True)
class Subject:
    """What an operation shall make true for one mailbox."""

    mailbox: Mailbox
    before: Mailbox | None = None
    provider_id: str | None = None
    audiences: tuple[int, ...] = ()
    person: dict[str, str] | None = None
    carried_by: int | None = None
    cause: str


@frozen(kw_only=True)
class Counted:
    """What of a call counts against the limits of a day: all but what was approved."""

    removed: Mapping[int, int] = field(factory=dict)
    """Audience -> how many mailboxes leave it."""
    added: Mapping[int, int] = field(factory=dict)
    """Audience -> how many mailboxes join it."""
    ended: int = 0
    """How many mailboxes are ended."""
    people_removed: int = 0
    """How many mailboxes leave anything at all."""

    def share(self, part: int, whole: int) -> Counted:
        """Return what falls to *part* of *whole* rows, rounded up."""
        return Counted(
            removed={one: _share(n, part, whole) for one, n in self.removed.items()},
            added={one: _share(n, part, whole) for one, n in self.added.items()},
            ended=_share(self.ended, part, whole),
            people_removed=_share(self.people_removed, part, whole),
        )


def _share(count: int, part: int, whole: int) -> int:
    return -(-count * part // whole)


@frozen(kw_only=True)
class Intent:
    """A call that is about to be made."""

    kind: str
    lists: tuple[str, ...]
    payload_hash: str
    subjects: tuple[Subject, ...]
    counted: Counted = field(factory=Counted)


@frozen(kw_only=True)
class OpenOperation:
    """A call that is not settled yet, as it was when it was read."""

    id: int
    association_id: int
    connection_id: int
    kind: str
    state: OperationState
    lists: tuple[str, ...]
    rows: int
    payload_hash: str
    counted: Counted
    job_id: JobId | None
    sent_at: datetime | None


class Suppressed(Exception):
    """Subjects were suppressed since the plan was made; the operation was dropped."""


def plan(*, run_id: int, intents: Sequence[Intent]) -> list[OpenOperation]:
    """Make the intents durable, in the caller's transaction, in their order."""
    owner = Run.objects.values("association_id", "connection_id").get(pk=run_id)
    operations = Operation.objects.bulk_create(
        Operation(
            **owner,
            run_id=run_id,
            op_id=uuid.uuid4(),
            kind=intent.kind,
            lists=list(intent.lists),
            rows=len(intent.subjects),
            payload_hash=intent.payload_hash,
            **asdict(intent.counted),
        )
        for intent in intents
    )
    _copy_subjects(zip(operations, intents, strict=True))
    return [_value_of(row) for row in operations]


def _copy_subjects(planned: Iterable[tuple[Operation, Intent]]) -> None:
    statement = f"COPY ledger_operationsubject ({', '.join(_COLUMNS)}) FROM STDIN"
    with database.cursor() as cursor, cursor.copy(statement) as copy:
        for operation, intent in planned:
            for position, subject in enumerate(intent.subjects):
                copy.write_row(
                    (
                        operation.pk,
                        position,
                        subject.mailbox,
                        subject.before,
                        subject.provider_id,
                        list(subject.audiences),
                        None if subject.person is None else Jsonb(subject.person),
                        subject.carried_by,
                        subject.cause,
                    )
                )


def mark_sending(operation: OpenOperation, *, makes_mailable: bool) -> None:
    """The last thing before the request leaves.

    Raises `Suppressed`, with the operation superseded, when it would bring a mailbox
    that has been suppressed since the plan was made.
    """
    with transaction.atomic():
        suppressed = makes_mailable and _has_suppressed(operation)
        if suppressed:
            _move(operation, OperationState.SUPERSEDED, settled=True)
        else:
            _move(operation, OperationState.SENDING)
            Operation.objects.filter(pk=operation.id).update(sent_at=Now())
    if suppressed:
        raise Suppressed


_STANDS = """
    fact.association_id = %(association)s AND fact.kind <> 'resubscribed'
    AND NOT EXISTS (
        SELECT FROM consent_suppression AS back
         WHERE back.association_id = fact.association_id
           AND back.kind = 'resubscribed' AND {same}
           AND back.list_id IS NOT DISTINCT FROM fact.list_id
           AND (back.provider = fact.provider
                AND back.happened_at > fact.happened_at
                OR (back.provider <> fact.provider OR fact.happened_at IS NULL)
                AND back.happened_here_at - fact.happened_here_at > '1 minute'))
"""

_SUPPRESSED = f"""
    SELECT EXISTS (
        SELECT FROM ledger_operationsubject AS subject
          JOIN consent_suppression AS fact
            ON fact.mailbox IN (subject.mailbox, subject.before)
         WHERE subject.operation_id = %(operation)s
           AND (fact.list_id IS NULL
                OR fact.mailbox = subject.mailbox AND fact.list_id IN (
                    SELECT audience.list_id FROM ledger_audience AS audience
                     WHERE audience.connection_id = %(connection)s
                       AND audience.provider_list_id = ANY(%(lists)s)))
           AND {_STANDS.format(same="back.mailbox = fact.mailbox")})
        OR EXISTS (
        SELECT FROM ledger_operationsubject AS subject
          JOIN directory_emailaddress AS address
            ON address.association_id = %(association)s AND address.primary
           AND address.mailbox = subject.mailbox
          JOIN directory_contact AS contact ON contact.id = address.contact_id
         WHERE subject.operation_id = %(operation)s
           AND (contact.do_not_contact
                OR EXISTS (
                    SELECT FROM consent_suppression AS fact
                     WHERE fact.contact_id = contact.id
                       AND fact.list_id IS NULL AND fact.kind <> 'bounced'
                       AND {_STANDS.format(same="back.contact_id = fact.contact_id")})))
"""
"""The mailbox refused all mail, or a list that is named; or a person who has it refused
all mail, or must not be contacted.

Asked of the facts themselves, and not as the planner asks: a mistake there is to be
found here.
"""


def _has_suppressed(operation: OpenOperation) -> bool:
    with database.cursor() as cursor:
        cursor.execute(
            _SUPPRESSED,
            {
                "association": operation.association_id,
                "connection": operation.connection_id,
                "operation": operation.id,
                "lists": list(operation.lists),
            },
        )
        return bool(cursor.fetchone()[0])


def accept(
    operation: OpenOperation, *, job_id: JobId, provider_time: datetime | None
) -> None:
    """The provider queued it; not yet done."""
    Operation.objects.filter(pk=operation.id).update(
        state=OperationState.ACCEPTED, job_id=job_id, provider_time=provider_time
    )


def lose(operation: OpenOperation, message: str) -> None:
    """It left, and nobody knows what became of it."""
    _move(operation, OperationState.UNKNOWN, message=message)


def take_back(operation: OpenOperation) -> None:
    """It was about to leave and certainly did not: planned again, as before."""
    Operation.objects.filter(pk=operation.id).update(sent_at=None)
    _move(operation, OperationState.PLANNED)


def close(operation: OpenOperation, state: OperationState, message: str = "") -> None:
    """Settle it, in the caller's transaction; its subjects are no longer needed."""
    _move(operation, state, settled=True, message=message)
    OperationSubject.objects.filter(operation_id=operation.id).delete()


def open_operations(connection_id: int) -> list[OpenOperation]:
    """Return what is not settled yet, oldest first."""
    rows = Operation.objects.filter(
        connection_id=connection_id, state__in=OPEN_STATES
    ).order_by("id")
    return [_value_of(row) for row in rows]


def subjects(operation: OpenOperation) -> list[Subject]:
    """Return the operation's subjects in the order of its rows, none left out."""
    rows = OperationSubject.objects.filter(operation_id=operation.id)
    return [
        Subject(
            mailbox=Mailbox(row.mailbox),
            before=Mailbox(row.before) if row.before else None,
            provider_id=row.provider_id,
            audiences=tuple(row.audiences),
            person=row.person,
            carried_by=row.carried_by,
            cause=row.cause,
        )
        for row in rows.order_by("position")
    ]


def intent_of(operation: OpenOperation, some: Sequence[Subject]) -> Intent:
    """Return an intent like the operation's, for some of its subjects."""
    return Intent(
        kind=operation.kind,
        lists=operation.lists,
        payload_hash=operation.payload_hash,
        counted=operation.counted.share(len(some), operation.rows),
        subjects=tuple(some),
    )


def _value_of(row: Operation) -> OpenOperation:
    return OpenOperation(
        id=row.pk,
        association_id=row.association_id,
        connection_id=row.connection_id,
        kind=row.kind,
        state=OperationState(row.state),
        lists=tuple(row.lists),
        rows=row.rows,
        payload_hash=row.payload_hash,
        counted=Counted(
            removed={int(one): count for one, count in row.removed.items()},
            added={int(one): count for one, count in row.added.items()},
            ended=row.ended,
            people_removed=row.people_removed,
        ),
        job_id=JobId(row.job_id) if row.job_id else None,
        sent_at=row.sent_at,
    )


def _move(
    operation: OpenOperation,
    state: OperationState,
    *,
    settled: bool = False,
    message: str = "",
) -> None:
    Operation.objects.filter(pk=operation.id).update(
        state=state, message=message, settled_at=Now() if settled else None
    )
