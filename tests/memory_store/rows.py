"""The rows that the engine's store keeps, as values: a change makes a new row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from attrs import define, evolve, field, frozen

from rollkeeper.consent.kinds import Kind
from rollkeeper.core.automatic import AutomaticKind, outside
from rollkeeper.core.guards import Guard, Item
from rollkeeper.core.policy import Namesake, Policy
from rollkeeper.core.values import (
    AudienceId,
    ContactId,
    JobId,
    ListId,
    Mailbox,
    Person,
    ProviderContactId,
    ProviderListId,
)
from rollkeeper.core.views import Permission
from rollkeeper.ledger.services.operations import Counted, Subject
from rollkeeper.ledger.states import (
    AudienceState,
    HoldState,
    OperationState,
    OutcomeKind,
    RunKind,
    RunState,
)


@frozen(kw_only=True)
class Contact:
    id: ContactId
    external_id: str
    person: Person
    do_not_contact: bool = False
    speaks_for_member: bool = False
    active: bool = True
    member: int | None = None
    mailbox: Mailbox | None = None
    """Of the primary address, where there is a valid one."""
    changed_at: datetime


@frozen(kw_only=True)
class ContactList:
    id: ListId
    name: str
    sync: bool
    kind: str = "list"
    of_type: int | None = None


@frozen(kw_only=True)
class Member:
    status: str
    of_type: int | None


@frozen(kw_only=True)
class Chosen:
    """Which sets of lists the newsletter settings have kept."""

    representatives: bool = False
    membership_types: bool = False
    lists: bool = True

    def keeps(self, one: ContactList) -> bool:
        match one.kind:
            case AutomaticKind.REPRESENTATIVES:
                return self.representatives
            case AutomaticKind.MEMBERSHIP_TYPE:
                return self.membership_types
            case _:
                return self.lists


@frozen(kw_only=True)
class Standing:
    disabled: bool = False
    no_mass_email: bool = False


@frozen(kw_only=True)
class Follower:
    pk: int
    association_id: int
    name: str


@frozen(kw_only=True)
class Mark:
    id: int
    mailbox: Mailbox | None = None
    contact_id: ContactId | None = None
    member: int | None = None
    list_id: ListId | None = None
    claim: UUID | None = None
    claimed_until: datetime | None = None


@frozen(kw_only=True)
class Audience:
    id: AudienceId
    list_id: ListId
    name: str
    state: AudienceState
    provider_list_id: ProviderListId | None = None
    policy: Policy
    filled_at: datetime | None = None
    rule_changed_at: datetime | None = None
    asked_at: datetime | None = None
    namesake_id: ProviderListId | None = None
    namesake_choice: Namesake | None = None
    named_after: str = ""
    renamed_there_at: datetime | None = None


@frozen(kw_only=True)
class RemoteContact:
    id: int
    mailbox: Mailbox
    provider_id: ProviderContactId | None
    permission: Permission
    elsewhere: bool
    person: Person
    seen_at: datetime
    agreed_person: Person | None = None
    carried_by: ContactId | None = None
    disabled_at: datetime | None = None
    renamed_from: Mailbox | None = None


@frozen(kw_only=True)
class RemoteMembership:
    there: bool
    ours: bool
    since: datetime


@frozen(kw_only=True)
class Run:
    pk: int
    kind: RunKind
    by: str
    state: RunState
    started_at: datetime
    finished_at: datetime | None = None
    counts: dict[str, int] = field(factory=dict)
    planned: int = 0
    done: int = 0
    requests: int = 0
    writes: int = 0
    message: str = ""
    retry_at: datetime | None = None


@frozen(kw_only=True)
class Operation:
    id: int
    run_id: int
    kind: str
    state: OperationState
    lists: tuple[str, ...]
    rows: int
    payload_hash: str
    counted: Counted
    planned_at: datetime
    job_id: JobId | None = None
    sent_at: datetime | None = None
    settled_at: datetime | None = None


@frozen(kw_only=True)
class Outcome:
    kind: OutcomeKind
    cause: str
    message: str
    asked: str
    at: datetime


@frozen(kw_only=True)
class Hold:
    id: int
    guard: Guard
    audience: AudienceId | None
    state: HoldState
    items: Mapping[Item, bool]
    """Is it moot: done, or not planned any more?"""
    decided_at: datetime | None = None
    expires_at: datetime | None = None


@frozen(kw_only=True)
class KeptFact:
    id: int
    mailbox: Mailbox
    contact_id: ContactId | None
    person: str | None
    kind: Kind
    list_id: ListId | None
    provider: str
    happened_at: datetime | None
    happened_here_at: datetime
    run_id: int | None

    @property
    def said(self) -> tuple[object, ...]:
        return self.mailbox, self.kind, self.list_id

    @property
    def key(self) -> tuple[object, ...]:
        return *self.said, self.contact_id, self.provider, self.happened_at

    def copied(self, number: int, contact_id: ContactId) -> KeptFact:
        return evolve(self, id=number, contact_id=contact_id, run_id=None)


@define
class Tables:
    """All rows. Copied when a transaction begins, and put back when it fails."""

    contacts: dict[ContactId, Contact] = field(factory=dict)
    lists: dict[ListId, ContactList] = field(factory=dict)
    standings: dict[tuple[ContactId, ListId], Standing] = field(factory=dict)
    followers: dict[str, Follower] = field(factory=dict)
    marks: dict[int, Mark] = field(factory=dict)
    facts: dict[int, KeptFact] = field(factory=dict)
    departed: dict[ContactId, str] = field(factory=dict)
    """Whom contacts that are gone had been, by their `external_id`."""
    audiences: dict[AudienceId, Audience] = field(factory=dict)
    remotes: dict[Mailbox, RemoteContact] = field(factory=dict)
    memberships: dict[tuple[int, AudienceId], RemoteMembership] = field(factory=dict)
    runs: dict[int, Run] = field(factory=dict)
    operations: dict[int, Operation] = field(factory=dict)
    subjects: dict[int, tuple[Subject, ...]] = field(factory=dict)
    outcomes: dict[Mailbox, Outcome] = field(factory=dict)
    holds: dict[int, Hold] = field(factory=dict)
    drift: set[tuple[int, Mailbox]] = field(factory=set)
    """By run, about whom it found something changed over there."""
    members: dict[int, Member] = field(factory=dict)
    chosen: Chosen = field(factory=Chosen)

    def places(self) -> Mapping[tuple[ContactId, ListId], Standing]:
        """Who is on which list, automatic ones as well."""
        automatic = [one for one in self.lists.values() if one.kind != "list"]
        if not automatic:
            return self.standings
        return self.standings | {
            (contact.id, one.id): Standing()
            for one in automatic
            for contact in self.contacts.values()
            if self._belongs(contact, one)
        }

    def _belongs(self, contact: Contact, automatic: ContactList) -> bool:
        member = self.members.get(contact.member or 0)
        reason = outside(
            active=contact.active,
            member_status=member.status if member else None,
            member_type=member.of_type if member else None,
            of_type=automatic.of_type,
        )
        return reason is None

    def copy(self) -> Tables:
        return Tables(
            self.contacts.copy(),
            self.lists.copy(),
            self.standings.copy(),
            self.followers.copy(),
            self.marks.copy(),
            self.facts.copy(),
            self.departed.copy(),
            self.audiences.copy(),
            self.remotes.copy(),
            self.memberships.copy(),
            self.runs.copy(),
            self.operations.copy(),
            self.subjects.copy(),
            self.outcomes.copy(),
            self.holds.copy(),
            self.drift.copy(),
            self.members.copy(),
            self.chosen,
        )
