"""What the engine asks of the ledger: what was seen, agreed, sent and held."""

from __future__ import annotations

from collections.abc import (
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from datetime import datetime
from typing import Protocol

from rollkeeper.core.changes import Agree
from rollkeeper.core.guards import Figures, Holding, Item, Limits
from rollkeeper.core.policy import Policy
from rollkeeper.core.values import (
    ContactId,
    JobId,
    Mailbox,
    ProviderContactId,
    ProviderListId,
)
from rollkeeper.core.views import Observed
from rollkeeper.ledger.services.audiences import ActiveAudience, EmptiedAudience
from rollkeeper.ledger.services.holds import LookedAt
from rollkeeper.ledger.services.operations import Intent, OpenOperation, Subject
from rollkeeper.ledger.services.outcomes import Unmade
from rollkeeper.ledger.states import OperationState


class Audiences(Protocol):
    """`ledger.services.audiences` says what each promises."""

    def follow_switches(
        self,
        *,
        association_id: int,
        connection_id: int,
        policy: Policy,
        of_automatic: Policy,
    ) -> None: ...

    def active(self, connection_id: int) -> Sequence[ActiveAudience]: ...

    def taken(self, connection_id: int) -> Collection[ProviderListId]: ...

    def emptied(self, connection_id: int) -> Sequence[EmptiedAudience]: ...

    def fill(
        self,
        audience_id: int,
        *,
        provider_list_id: ProviderListId,
        name: str,
        named_after: str,
    ) -> None: ...

    def note_name(self, audience_id: int, *, name: str, named_after: str) -> None: ...

    def note_renamed_there(self, audience_id: int, *, name: str) -> None: ...

    def lose_list(self, audience_id: int) -> None: ...

    def ask(self, connection_id: int, list_id: int | None) -> None: ...

    def answered(self, audience_ids: Collection[int]) -> None: ...

    def note_compared(self, audience_ids: Collection[int]) -> None: ...

    def note_namesake(
        self,
        audience_id: int,
        *,
        provider_list_id: ProviderListId | None,
        members: int | None,
    ) -> None: ...

    def note_filled(self, audience_ids: Collection[int]) -> None: ...

    def rule_decided(self, audience_ids: Collection[int]) -> None: ...


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

    def record_opt_ins(
        self, *, connection_id: int, mailboxes: Iterable[Mailbox]
    ) -> None: ...

    def carriers(
        self, connection_id: int, mailboxes: Collection[Mailbox]
    ) -> Mapping[Mailbox, ContactId]: ...

    def known(self, connection_id: int) -> int: ...

    def oldest_without_id(self, connection_id: int) -> datetime | None: ...

    def forget(self, connection_id: int, mailboxes: Iterable[Mailbox]) -> None: ...

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
    ) -> list[Mailbox]: ...

    def claim(self, operation: OpenOperation, *, positions: Sequence[int]) -> None: ...

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
        declined: Collection[Item] = (),
    ) -> None: ...

    def settle(self, connection_id: int) -> None: ...

    def is_held(self, connection_id: int) -> bool: ...
