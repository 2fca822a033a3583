"""What the engine remembers, as one port: PostgreSQL in earnest, memory in tests.

The engine decides and sends; all that must outlive a run, it asks of a `Store`. What is
written inside `transaction` is written together or not at all, and what a step promises
to make durable is so when its transaction ends. Moments that are compared with one
another are taken by the store's own clock.
"""

from __future__ import annotations

from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

from attrs import frozen

from rollkeeper.consent.services import Fact
from rollkeeper.core.changes import Agree
from rollkeeper.core.eligibility import Holder
from rollkeeper.core.guards import Figures, Holding, Item, Limits
from rollkeeper.core.policy import Policies, Policy
from rollkeeper.core.values import (
    AssociationId,
    AudienceId,
    ContactId,
    JobId,
    ListId,
    Mailbox,
    ProviderContactId,
    ProviderListId,
)
from rollkeeper.core.views import Observed, Views
from rollkeeper.directory.marks import ClaimedMarks, Following
from rollkeeper.ledger.services.audiences import ActiveAudience, EmptiedAudience
from rollkeeper.ledger.services.holds import LookedAt
from rollkeeper.ledger.services.operations import Intent, OpenOperation, Subject
from rollkeeper.ledger.services.outcomes import Unmade
from rollkeeper.ledger.states import OperationState, RunKind, RunState


@frozen(kw_only=True)
class ConnectionFacts:
    """A connection, as far as a run goes by it."""

    connection_id: int
    association_id: int
    provider: str
    connected: bool
    condition: str
    """How it stands, in words."""
    pulled_at: datetime | None
    """Start of the last opt-out pull that read to the end."""
    compared_at: datetime | None
    """Start of the last full read of the account that ended well."""


class Connections(Protocol):
    def get(self, connection_id: int) -> ConnectionFacts:
        """Return the connection as it is now, whichever association is in scope."""
        ...

    def note_pull(
        self,
        connection_id: int,
        *,
        pulled_at: datetime,
        compared_at: datetime | None = None,
    ) -> None: ...

    def need_reconnect(self, connection_id: int, *, reason: str) -> None:
        """A person must sign in again; until then the connection's work waits."""
        ...


class Directory(Protocol):
    """What the engine asks of the directory beside the views."""

    def follow(self, *, association_id: AssociationId, name: str) -> Following:
        """From now on every change leaves marks for who has this name."""
        ...

    def follower(self, name: str) -> Following | None: ...

    def list_names(self) -> Mapping[ListId, str]: ...

    def holders_by_mailbox(
        self, mailboxes: Collection[Mailbox]
    ) -> Mapping[Mailbox, Sequence[ContactId]]:
        """Return the contacts of each mailbox that has any."""
        ...

    def mailboxes_of(self, contacts: Collection[ContactId]) -> Collection[Mailbox]:
        """Return the mailboxes that these contacts have now."""
        ...


class Marks(Protocol):
    """`directory.marks` says what each promises."""

    def claim(
        self, *, follower: Following, lease: timedelta, limit: int
    ) -> ClaimedMarks: ...

    def settle(self, claimed: ClaimedMarks) -> None: ...

    def release(self, claimed: ClaimedMarks) -> None: ...

    def mark_mailboxes(
        self, *, follower: Following, mailboxes: Collection[Mailbox]
    ) -> None: ...

    def mark_list(self, *, follower: Following, list_id: ListId) -> None: ...

    def let_go(self, follower: Following) -> None: ...

    def mark_everything(self, *, follower: Following) -> None: ...


@frozen(kw_only=True)
class Scope:
    """Which mailboxes a pass looks at: all, or those that the store was last told."""

    everything: bool


EVERYTHING = Scope(everything=True)


@frozen(kw_only=True)
class Question:
    """Whose views are asked for."""

    association_id: int
    connection_id: int
    lists: Mapping[ListId, AudienceId]
    policies: Policies
    field_length: int | None
    """Longest value of a field that the provider takes; longer ones are cut. None
    where nothing is to be sent."""


@frozen(kw_only=True)
class Held:
    """A mailbox and everybody whose primary address it is."""

    mailbox: Mailbox
    holders: tuple[Holder, ...]
    refused: bool
    """Did the mailbox itself refuse all mail?"""


class Sights(Protocol):
    """The three views of each mailbox."""

    def narrow(
        self,
        *,
        connection_id: int,
        mailboxes: Collection[Mailbox],
        lists: Collection[ListId],
        contacts: Collection[ContactId] = (),
    ) -> Scope:
        """Make these mailboxes, and all that are or should be on these lists, the
        scope, until the next call.

        With a mailbox go the others that its contact has, or had, over there; so do
        those of *contacts*.
        """
        ...

    def views(
        self, question: Question, *, scope: Scope, after: Mailbox | None = None
    ) -> AbstractContextManager[Iterator[Views]]:
        """Open the stream of views, sorted by mailbox, as of one moment.

        Mailboxes with an operation under way are left out: they come again when it is
        settled. Close it before anything is sent.
        """
        ...

    def holders(
        self, question: Question, only: Sequence[Mailbox]
    ) -> Iterator[Held]: ...


class Audiences(Protocol):
    """`ledger.services.audiences` says what each promises."""

    def follow_switches(
        self, *, association_id: int, connection_id: int, policy: Policy
    ) -> None: ...

    def active(self, connection_id: int) -> Sequence[ActiveAudience]: ...

    def taken(self, connection_id: int) -> Collection[ProviderListId]: ...

    def emptied(self, connection_id: int) -> Sequence[EmptiedAudience]: ...

    def fill(
        self, audience_id: int, *, provider_list_id: ProviderListId, name: str
    ) -> None: ...

    def lose_list(self, audience_id: int) -> None: ...

    def note_filled(self, audience_ids: Collection[int]) -> None: ...

    def rule_decided(self, audience_ids: Collection[int]) -> None: ...


class Consent(Protocol):
    def suppress(self, *, association_id: int, facts: Iterable[Fact]) -> int:
        """Write the facts down for good; return how many were new."""
        ...


class Sightings(Protocol):
    """`ledger.services.sightings` says what each promises."""

    def begin(self) -> None: ...

    def note(self, sightings: Iterable[tuple[Mailbox, Observed]]) -> int: ...

    def conclude(
        self,
        *,
        association_id: int,
        connection_id: int,
        seen_at: datetime,
        complete: bool,
        drift_of: int | None = None,
    ) -> Mapping[str, int]: ...

    def learn_ids(
        self, connection_id: int, known: Iterable[tuple[Mailbox, ProviderContactId]]
    ) -> int: ...

    def record_opt_outs(
        self, *, association_id: int, connection_id: int, mailboxes: Iterable[Mailbox]
    ) -> None: ...

    def carriers(
        self, connection_id: int, mailboxes: Collection[Mailbox]
    ) -> Mapping[Mailbox, ContactId]: ...

    def known(self, connection_id: int) -> int: ...

    def oldest_without_id(self, connection_id: int) -> datetime | None: ...

    def forget(self, connection_id: int, mailboxes: Iterable[Mailbox]) -> None: ...

    def members_ever_ours(self, audience_id: int) -> int: ...

    def give_up(self, audience_id: int, mailboxes: Iterable[Mailbox]) -> None: ...


class Operations(Protocol):
    """`ledger.services.operations` says what each promises."""

    def plan(
        self, *, run_id: int, intents: Sequence[Intent]
    ) -> list[OpenOperation]: ...

    def mark_sending(
        self, operation: OpenOperation, *, makes_mailable: bool
    ) -> None: ...

    def accept(
        self,
        operation: OpenOperation,
        *,
        job_id: JobId,
        provider_time: datetime | None,
    ) -> None: ...

    def lose(self, operation: OpenOperation, message: str) -> None: ...

    def take_back(self, operation: OpenOperation) -> None: ...

    def close(
        self, operation: OpenOperation, state: OperationState, message: str = ""
    ) -> None: ...

    def open_operations(self, connection_id: int) -> list[OpenOperation]: ...

    def subjects(self, operation: OpenOperation) -> list[Subject]: ...


class Effects(Protocol):
    """`ledger.services.effects` says what each promises."""

    def confirm(
        self, operation: OpenOperation, *, positions: Sequence[int] | None = None
    ) -> None: ...

    def claim(
        self, operation: OpenOperation, *, positions: Sequence[int]
    ) -> None: ...

    def agree(self, connection_id: int, agreements: Iterable[Agree]) -> None: ...


class Outcomes(Protocol):
    """`ledger.services.outcomes` says what each promises."""

    def note(
        self,
        *,
        association_id: int,
        connection_id: int,
        run_id: int,
        unmade: Iterable[Unmade],
    ) -> None: ...

    def refused(self, connection_id: int) -> Mapping[str, str]: ...

    def forget_departed(self, connection_id: int) -> None: ...

    def forget_held(self, connection_id: int) -> None: ...

    def count(self, connection_id: int) -> int: ...


class Holds(Protocol):
    """`ledger.services.holds` and `ledger.figures` say what each promises."""

    def figures(self, connection_id: int) -> Figures: ...

    def limits(self, association_id: int) -> Limits: ...

    def approved_items(self, connection_id: int) -> Collection[Item]: ...

    def discarded_items(self, connection_id: int) -> Collection[Item]: ...

    def freeze(
        self,
        *,
        connection_id: int,
        run_id: int,
        held: Sequence[Holding],
        looked_at: LookedAt,
        declined: Iterable[Item] = (),
    ) -> None: ...

    def settle(self, connection_id: int) -> None: ...

    def is_held(self, connection_id: int) -> bool: ...


class Capture(Protocol):
    """`postgres.capture` says what it promises."""

    def missed(
        self,
        *,
        connection_id: int,
        run_id: int,
        follower: Following,
        changed: Iterable[tuple[Mailbox, frozenset[AudienceId]]],
    ) -> frozenset[Mailbox]: ...


class Run(Protocol):
    """One attempt to make a connection true, and what came of it."""

    @property
    def pk(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def finished_at(self) -> datetime | None: ...
    @property
    def counts(self) -> Any:
        """Changes made, by kind."""
        ...

    @property
    def planned(self) -> int: ...
    @property
    def done(self) -> int: ...
    @property
    def requests(self) -> int: ...
    @property
    def writes(self) -> int:
        """Those of the requests that asked for a change."""
        ...

    @property
    def message(self) -> str: ...
    @property
    def retry_at(self) -> datetime | None:
        """Not to be tried again before this; None when nothing stands in the way."""
        ...


class Runs(Protocol):
    """`ledger.services.runs` says what each promises."""

    def begin(
        self, *, association_id: int, connection_id: int, kind: RunKind, by: str
    ) -> Run: ...

    def note_kind(self, run_id: int, kind: RunKind) -> None: ...

    def note_planned(
        self, run_id: int, *, counts: Mapping[str, int], changes: int
    ) -> None: ...

    def note_done(self, run_id: int, changes: int) -> None: ...

    def note_count(self, run_id: int, kind: str, count: int) -> None: ...

    def end(
        self,
        run_id: int,
        *,
        state: RunState,
        message: str = "",
        retry_at: datetime | None = None,
    ) -> Run: ...

    def patience(self, connection_id: int) -> timedelta: ...


@frozen(kw_only=True)
class Store:
    """Everything the engine remembers. Its parts share transactions and a clock."""

    transaction: Callable[[], AbstractContextManager[None]]
    in_association: Callable[[int], AbstractContextManager[None]]
    """Nothing of another association is seen meanwhile."""
    sole_coordinator: Callable[[int], AbstractContextManager[int]]
    """Hold the connection's lock and give its fence's number, or raise `Busy`."""
    hold_fence: Callable[[int, int], None]
    """Keep the connection's fence at the number until the transaction ends, or raise
    `FenceLost`."""
    directory: Directory
    marks: Marks
    sights: Sights
    consent: Consent
    connections: Connections
    audiences: Audiences
    sightings: Sightings
    operations: Operations
    effects: Effects
    outcomes: Outcomes
    holds: Holds
    runs: Runs
    capture: Capture
