"""Runs, outcomes, consent and the connection's own facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve, frozen
from tests.memory_store.memory import Memory
from tests.memory_store.rows import Outcome, Run

from rollkeeper.core.values import Mailbox
from rollkeeper.engine.store import ConnectionFacts
from rollkeeper.ledger.services.outcomes import Unmade
from rollkeeper.ledger.states import OutcomeKind, RunKind, RunState


@frozen
class Connections:
    memory: Memory

    def get(self, connection_id: int) -> ConnectionFacts:
        assert connection_id == self.memory.connection.connection_id
        return self.memory.connection

    def note_pull(
        self,
        connection_id: int,
        *,
        pulled_at: datetime,
        pulled_through: datetime | None,
        compared_at: datetime | None = None,
    ) -> None:
        with self.memory.transaction("note pull"):
            self.memory.alter_connection(pulled_at=pulled_at)
            if pulled_through:
                self.memory.alter_connection(pulled_through=pulled_through)
            if compared_at:
                self.memory.alter_connection(compared_at=compared_at)

    def need_reconnect(self, connection_id: int, *, reason: str) -> None:
        with self.memory.transaction("need reconnect"):
            self.memory.alter_connection(connected=False, condition="reconnect needed")


@frozen
class Outcomes:
    memory: Memory

    def note(
        self,
        *,
        association_id: int,
        connection_id: int,
        run_id: int,
        unmade: Iterable[Unmade],
    ) -> None:
        with self.memory.transaction("note outcomes"):
            for one in unmade:
                self._note(one)

    def _note(self, unmade: Unmade) -> None:
        outcomes = self.memory.tables.outcomes
        known = outcomes.get(unmade.mailbox)
        said = (unmade.kind, unmade.asked, unmade.message)
        if known is None or (known.kind, known.asked, known.message) != said:
            outcomes[unmade.mailbox] = Outcome(
                kind=unmade.kind,
                cause=unmade.cause,
                message=unmade.message,
                asked=unmade.asked,
                at=self.memory.now(),
            )

    def refused(self, connection_id: int) -> Mapping[str, str]:
        return {
            mailbox: one.asked
            for mailbox, one in self.memory.tables.outcomes.items()
            if one.kind is OutcomeKind.REFUSED
        }

    def forget_departed(self, connection_id: int) -> None:
        held = {one.mailbox for one in self.memory.tables.contacts.values()}
        self._forget([one for one in self.memory.tables.outcomes if one not in held])

    def forget_held(self, connection_id: int) -> None:
        outcomes = self.memory.tables.outcomes
        self._forget([m for m, one in outcomes.items() if one.kind is OutcomeKind.HELD])

    def _forget(self, mailboxes: Iterable[Mailbox]) -> None:
        with self.memory.transaction("forget outcomes"):
            for mailbox in mailboxes:
                del self.memory.tables.outcomes[mailbox]

    def count(self, connection_id: int) -> int:
        return len(self.memory.tables.outcomes)


@frozen
class Runs:
    memory: Memory

    def begin(
        self, *, association_id: int, connection_id: int, kind: RunKind, by: str
    ) -> Run:
        now = self.memory.now()
        with self.memory.transaction("begin run"):
            for run in list(self.memory.tables.runs.values()):
                if run.state is RunState.RUNNING:
                    self._put(
                        evolve(run, state=RunState.WILL_TRY_AGAIN, finished_at=now)
                    )
            run = Run(
                pk=self.memory.new_id(),
                kind=kind,
                by=by,
                state=RunState.RUNNING,
                started_at=now,
            )
            self._put(run)
        return run

    def note_kind(self, run_id: int, kind: RunKind) -> None:
        self._change("note kind", run_id, kind=kind)

    def note_planned(
        self, run_id: int, *, counts: Mapping[str, int], changes: int
    ) -> None:
        run = self.memory.tables.runs[run_id]
        added = {kind: run.counts.get(kind, 0) + n for kind, n in counts.items()}
        self._change(
            "note planned",
            run_id,
            counts={**run.counts, **added},
            planned=run.planned + changes,
        )

    def note_done(self, run_id: int, changes: int) -> None:
        done = self.memory.tables.runs[run_id].done
        self._change("note done", run_id, done=done + changes)

    def note_count(self, run_id: int, kind: str, count: int) -> None:
        self.note_planned(run_id, counts={kind: count}, changes=0)

    def end(
        self,
        run_id: int,
        *,
        state: RunState,
        message: str = "",
        retry_at: datetime | None = None,
    ) -> Run:
        sent = [
            one
            for one in self.memory.tables.operations.values()
            if one.run_id == run_id and one.sent_at
        ]
        counts = self.memory.tables.runs[run_id].counts
        lists = counts.get("lists_created", 0) + counts.get("lists_deleted", 0)
        return self._change(
            "end run",
            run_id,
            state=state,
            message=message,
            retry_at=retry_at,
            finished_at=self.memory.now(),
            requests=self.memory.requests_of(run_id),
            writes=len(sent) + lists,
        )

    def patience(self, connection_id: int) -> timedelta:
        failures = 0
        ended = [one for one in self.memory.tables.runs.values() if one.finished_at]
        for run in reversed(ended[-6:]):
            if run.state not in (RunState.WILL_TRY_AGAIN, RunState.FAILED):
                break
            failures += 1
        return min(timedelta(seconds=15) * (1 << failures), timedelta(minutes=15))

    def _change(self, name: str, run_id: int, **fields: Any) -> Run:
        with self.memory.transaction(name):
            run = evolve(self.memory.tables.runs[run_id], **fields)
            self._put(run)
        return run

    def _put(self, run: Run) -> None:
        self.memory.tables.runs[run.pk] = run
