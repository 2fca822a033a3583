"""What goes wrong, and where. An *effect point* is before and after each commit, and
before and after each request's effect over there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from random import Random
from typing import Final, TypeAlias

from attrs import define, evolve, field
from django.db import OperationalError
from tests.memory_store import ProcessEnded
from tests.prove.histories.acts import People
from tests.prove.histories.chamber import Chamber
from tests.prove.level import Cell

from rollkeeper.core.calls import Import
from rollkeeper.providers.errors import (
    AnswerLost,
    QueueFull,
    QuotaSpent,
    ReconnectNeeded,
    TryLater,
)
from rollkeeper.providers.memory.account import Queued
from rollkeeper.providers.memory.work import finish
from rollkeeper.providers.port import JobState


class Fault(StrEnum):
    KILLED = "killed"
    DEADLOCK = "database error"
    CUT_OFF = "database lost after commit"
    UNAVAILABLE = "unavailable"
    THROTTLED = "throttled"
    QUOTA = "quota spent"
    REVOKED = "access revoked"
    QUEUE_FULL = "queue full"
    TIMED_OUT = "timed out"
    ANSWER_LOST = "answer lost"
    JOB_FAILED = "job failed"
    WRONG_COUNT = "job with wrong count"
    TRUNCATED = "job truncated"
    STUCK = "job stuck"
    REPEATED = "call repeated"
    PAGE_REPEATED = "page repeated"
    EDIT_HERE = "edit here"
    ACT_THERE = "act over there"


BULK: Final = frozenset({"import", "join", "leave", "delete"})
SINGLE: Final = frozenset({"create", "rewrite"})
PAGED: Final = frozenset({"contacts", "opted_out"})

Faults: TypeAlias = tuple[Fault, ...]

BEFORE_COMMIT: Final[Faults] = (Fault.KILLED, Fault.DEADLOCK)
AFTER_COMMIT: Final[Faults] = (Fault.KILLED, Fault.CUT_OFF)
BEFORE_ANY: Final[Faults] = (
    Fault.KILLED,
    Fault.UNAVAILABLE,
    Fault.THROTTLED,
    Fault.QUOTA,
    Fault.REVOKED,
    Fault.EDIT_HERE,
    Fault.ACT_THERE,
)
BEFORE_BULK: Final[Faults] = (*BEFORE_ANY, Fault.TIMED_OUT, Fault.QUEUE_FULL)
BEFORE_SINGLE: Final[Faults] = (*BEFORE_ANY, Fault.TIMED_OUT)
AFTER_ANY: Final[Faults] = (Fault.KILLED, Fault.EDIT_HERE, Fault.ACT_THERE)
AFTER_READ: Final[Faults] = (*AFTER_ANY, Fault.UNAVAILABLE)
AFTER_PAGE: Final[Faults] = (*AFTER_READ, Fault.PAGE_REPEATED)
AFTER_SINGLE: Final[Faults] = (*AFTER_ANY, Fault.ANSWER_LOST)
AFTER_BULK: Final[Faults] = (
    *AFTER_SINGLE,
    Fault.JOB_FAILED,
    Fault.WRONG_COUNT,
    Fault.TRUNCATED,
    Fault.STUCK,
    Fault.REPEATED,
)


@define
class Injector:
    """Strikes once at the point it is armed for, by the seed."""

    chamber: Chamber
    people: People
    rng: Random
    armed_for: int | None = None
    """At how many points from now."""
    calls_only: bool = False
    """Counting only those of calls that change something over there."""
    racing: bool = False
    """Did somebody act while the run under way was working?"""
    struck: list[str] = field(factory=list)
    cells: set[Cell] = field(factory=set)
    state_of: Callable[[], str] = lambda: "-"
    """How the account has the mailbox that the call under way is about."""
    repeat_page: bool = False

    def arm(self, points: int | None, *, calls_only: bool = False) -> None:
        self.armed_for, self.calls_only, self.racing = points, calls_only, False

    def at_commit(self, point: str) -> None:
        before = point.startswith("commit ")
        if not self.calls_only and self._is_here():
            name = point.partition(" ")[2] or "several"
            self._strike(name, BEFORE_COMMIT if before else AFTER_COMMIT, "commit")

    def at_request(self, operation: str) -> None:
        if self._counts(operation) and self._is_here():
            faults = BEFORE_ANY
            if operation in BULK:
                faults = BEFORE_BULK
            elif operation in SINGLE:
                faults = BEFORE_SINGLE
            self._strike(operation, faults, self.state_of())

    def at_answer(self, operation: str) -> None:
        if self._counts(operation) and self._is_here():
            faults = AFTER_READ
            if operation in BULK:
                faults = AFTER_BULK
            elif operation in {*SINGLE, "create_list", "delete_list"}:
                faults = AFTER_SINGLE
            elif operation in PAGED:
                faults = AFTER_PAGE
            self._strike(operation, faults, self.state_of())

    def _counts(self, operation: str) -> bool:
        return not self.calls_only or operation in BULK or operation in SINGLE

    def _is_here(self) -> bool:
        if self.armed_for is None:
            return False
        self.armed_for -= 1
        if self.armed_for > 0:
            return False
        self.armed_for = None
        return True

    def _strike(self, where: str, faults: Faults, state: str) -> None:
        fault = self.rng.choice(faults)
        self.struck.append(f"{fault} at {where}")
        self.cells.add((where, fault, state))
        match fault:
            case Fault.KILLED:
                self.chamber.memory.end_process()
                raise ProcessEnded
            case Fault.DEADLOCK | Fault.CUT_OFF:
                raise OperationalError(fault)
            case Fault.EDIT_HERE:
                self.racing = True
                self.people.act_here()
            case Fault.ACT_THERE:
                self.racing = True
                self.people.act_there()
            case Fault.PAGE_REPEATED:
                self.repeat_page = True
            case Fault.JOB_FAILED | Fault.WRONG_COUNT | Fault.TRUNCATED:
                self._spoil(fault, self._last_job())
            case Fault.STUCK:
                self._last_job().polls = -60
            case Fault.REPEATED:
                job = self._last_job()
                self.chamber.account.enqueue(job.call, job.shown.kind)
            case _:
                raise ERRORS[fault]()

    def _last_job(self) -> Queued:
        return next(reversed(self.chamber.account.queue.values()))

    def _spoil(self, fault: Fault, job: Queued) -> None:
        account = self.chamber.account
        if fault is Fault.JOB_FAILED:
            account.fail_job(job.shown.job_id)
        elif fault is Fault.WRONG_COUNT:
            finish(account, job)
            job.shown = evolve(job.shown, rows=(job.shown.rows or 0) + 1)
        else:
            name = "rows" if isinstance(job.call, Import) else "targets"
            parts = getattr(job.call, name)
            whole, job.call = job.call, evolve(job.call, **{name: parts[1:]})
            finish(account, job)
            job.call = whole


ERRORS: Final[Mapping[Fault, Callable[[], Exception]]] = {
    Fault.UNAVAILABLE: lambda: TryLater("HTTP 503"),
    Fault.THROTTLED: lambda: TryLater("HTTP 429", retry_after=timedelta(seconds=2)),
    Fault.QUOTA: lambda: QuotaSpent("quota", retry_after=timedelta(hours=3)),
    Fault.REVOKED: lambda: ReconnectNeeded("Sign in again."),
    Fault.QUEUE_FULL: lambda: QueueFull("queue", retry_after=timedelta(minutes=1)),
    Fault.TIMED_OUT: lambda: AnswerLost("timed out"),
    Fault.ANSWER_LOST: lambda: AnswerLost("the line went dead"),
}


def is_running(job: Queued) -> bool:
    return job.shown.state is JobState.RUNNING


def cells() -> frozenset[Cell]:
    """Return what a full run has to reach."""
    reached: set[Cell] = set()
    for operation, states in STATES.items():
        bulk = operation in BULK
        faults = (
            (*BEFORE_BULK, *AFTER_BULK) if bulk else (*BEFORE_SINGLE, *AFTER_SINGLE)
        )
        reached |= {(operation, fault, one) for one in states for fault in faults}
    for operation in READS:
        after = AFTER_PAGE if operation in PAGED else AFTER_READ
        reached |= {(operation, fault, "-") for fault in (*BEFORE_ANY, *after)}
    reached |= {("create_list", fault, "-") for fault in (*BEFORE_ANY, *AFTER_SINGLE)}
    for commit in COMMITS:
        reached |= {
            (commit, fault, "commit") for fault in (*BEFORE_COMMIT, *AFTER_COMMIT)
        }
    return frozenset(reached)


STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "import": ("unknown there", "active there", "deleted there"),
    "join": ("active there",),
    "leave": ("active there",),
    "delete": ("active there",),
    "create": ("unknown there",),
    "rewrite": ("active there", "unknown there"),
}
"""What each call finds, of the first mailbox it is about."""

READS: Final = ("lists", "contacts", "opted_out", "look", "find", "jobs")

COMMITS: Final = (
    "follow",
    "mark",
    "begin run",
    "follow switches",
    "let go",
    "claim",
    "note kind",
    "note planned",
    "conclude read",
    "note pull",
    "learn ids",
    "rule decided",
    "note filled",
    "settle holds",
    "forget outcomes",
    "several",
)
"""Transactions by what they write; *several* are those of more than one thing."""
