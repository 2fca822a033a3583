"""Operations: durable before they leave, settled by evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from attrs import evolve, frozen
from tests.memory_store.memory import Memory
from tests.memory_store.refusals import Refusals
from tests.memory_store.rows import Operation
from tests.memory_store.suppressed import suppressed_among

from rollkeeper.core.values import JobId
from rollkeeper.ledger.services.operations import (
    Intent,
    OpenOperation,
    Subject,
    Suppressed,
)
from rollkeeper.ledger.states import OPEN_STATES, OperationState


@frozen
class Operations:
    memory: Memory

    def plan(self, *, run_id: int, intents: Sequence[Intent]) -> list[OpenOperation]:
        with self.memory.transaction("plan"):
            return [self._plan(run_id, intent) for intent in intents]

    def _plan(self, run_id: int, intent: Intent) -> OpenOperation:
        operation = Operation(
            id=self.memory.new_id(),
            run_id=run_id,
            kind=intent.kind,
            state=OperationState.PLANNED,
            lists=intent.lists,
            rows=len(intent.subjects),
            payload_hash=intent.payload_hash,
            counted=intent.counted,
            planned_at=self.memory.now(),
        )
        self.memory.tables.operations[operation.id] = operation
        self.memory.tables.subjects[operation.id] = intent.subjects
        return self._value_of(operation)

    def mark_sending(self, operation: OpenOperation, *, makes_mailable: bool) -> None:
        suppressed = makes_mailable and self._has_suppressed(operation)
        with self.memory.transaction("mark sending"):
            if suppressed:
                self._move(operation, OperationState.SUPERSEDED)
            else:
                self._move(operation, OperationState.SENDING, sent_at=self.memory.now())
        if suppressed:
            raise Suppressed

    def _has_suppressed(self, operation: OpenOperation) -> bool:
        subjects = self.memory.tables.subjects[operation.id]
        before = {one.before for one in subjects}
        mailboxes = {one.mailbox for one in subjects}
        refused = Refusals.among(self.memory.tables.facts.values())
        lists = {
            one.list_id
            for one in self.memory.tables.audiences.values()
            if one.provider_list_id in operation.lists
        }
        return bool(
            suppressed_among(self.memory, mailboxes)
            or refused.mailboxes() & before
            or any(refused.mailboxes(one) & mailboxes for one in lists)
        )

    def accept(
        self,
        operation: OpenOperation,
        *,
        job_id: JobId,
        provider_time: datetime | None,
    ) -> None:
        with self.memory.transaction("accept"):
            self._move(operation, OperationState.ACCEPTED, job_id=job_id)

    def lose(self, operation: OpenOperation, message: str) -> None:
        with self.memory.transaction("lose"):
            self._move(operation, OperationState.UNKNOWN)

    def take_back(self, operation: OpenOperation) -> None:
        with self.memory.transaction("take back"):
            self._move(operation, OperationState.PLANNED, sent_at=None)

    def close(
        self, operation: OpenOperation, state: OperationState, message: str = ""
    ) -> None:
        with self.memory.transaction("close"):
            self._move(operation, state)
            del self.memory.tables.subjects[operation.id]

    def open_operations(self, connection_id: int) -> list[OpenOperation]:
        return [
            self._value_of(one)
            for one in self.memory.tables.operations.values()
            if one.state in OPEN_STATES
        ]

    def subjects(self, operation: OpenOperation) -> list[Subject]:
        return list(self.memory.tables.subjects[operation.id])

    def _move(
        self, operation: OpenOperation, state: OperationState, **fields: Any
    ) -> None:
        operations = self.memory.tables.operations
        operations[operation.id] = evolve(
            operations[operation.id],
            state=state,
            settled_at=None if state in OPEN_STATES else self.memory.now(),
            **fields,
        )

    def _value_of(self, row: Operation) -> OpenOperation:
        return OpenOperation(
            id=row.id,
            association_id=self.memory.connection.association_id,
            connection_id=self.memory.connection.connection_id,
            kind=row.kind,
            state=row.state,
            lists=row.lists,
            rows=row.rows,
            payload_hash=row.payload_hash,
            counted=row.counted,
            job_id=row.job_id,
            sent_at=row.sent_at,
        )
