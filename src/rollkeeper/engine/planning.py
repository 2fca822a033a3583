"""From views to a plan, and from a plan to calls: everything short of sending."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from attrs import asdict, evolve, field, frozen

from rollkeeper.core import timing
from rollkeeper.core.changes import Add, Change, Readdress, Update
from rollkeeper.core.guards import Holding, Item, guard, items_of
from rollkeeper.core.packing import Packing, pack
from rollkeeper.core.plan import Plan, build_plan, kind_of
from rollkeeper.core.values import AudienceId, Mailbox, ProviderListId
from rollkeeper.core.views import Views
from rollkeeper.engine.audiences import Audiences
from rollkeeper.engine.intents import asked_for
from rollkeeper.engine.store import Question, Scope, Store
from rollkeeper.ledger.services.holds import LookedAt
from rollkeeper.providers.port import Capabilities

CHANGES_AT_A_TIME: Final = 100_000
"""How many changes are planned, packed and sent before the next are looked for."""


@frozen(kw_only=True)
class Prepared:
    """A plan, what of it waits for a person, and the calls that do the rest."""

    plan: Plan
    """Everything that would make the mailboxes true, on the audiences that are due."""
    allowed: tuple[Change, ...]
    """What of the plan may be done now."""
    held: tuple[Holding, ...]
    declined: frozenset[Item]
    """What is planned although somebody decided against it."""
    approved: Collection[Item] = field(repr=False)
    looked_at: LookedAt
    packing: Packing

    @property
    def counts(self) -> Mapping[str, int]:
        """What may be done now, by kind, and how many mailboxes wait."""
        counts = Counter(kind_of(change) for change in self.allowed)
        waiting = {item.mailbox for one in self.held for item in one.items}
        if waiting:
            counts["held"] = len(waiting)
        return counts


def prepare(
    store: Store,
    *,
    association_id: int,
    connection_id: int,
    capabilities: Capabilities,
    audiences: Audiences,
    scope: Scope,
    after: Mailbox | None = None,
    refreshed: bool = False,
) -> Prepared:
    """Plan the mailboxes of the scope behind *after*, ask the guards, and pack what is
    to be sent.

    Only what is due of *audiences* is changed. *refreshed* promises that the
    memberships over there were read just now. A change that the provider refused before
    is planned only when something in it is new.
    """
    question = Question(
        association_id=association_id,
        connection_id=connection_id,
        lists=audiences.by_list,
        policies=audiences.policies,
        field_length=capabilities.field_length,
    )
    plan, looked_at = _planned(store, question, scope, after)
    approved = store.holds.approved_items(connection_id)
    due = timing.only_due(
        plan.changes,
        due=audiences.due,
        audiences=len(audiences.policies),
        approved=approved,
    )
    changes = tuple(_not_refused(due, store.outcomes.refused(connection_id)))
    discarded = store.holds.discarded_items(connection_id)
    guarded = guard(
        changes,
        figures=store.holds.figures(connection_id),
        limits=store.holds.limits(association_id),
        policies=audiences.policies,
        approved=approved,
        discarded=discarded,
    )
    return Prepared(
        plan=evolve(plan, changes=changes),
        allowed=guarded.allowed,
        held=guarded.held,
        declined=frozenset(_among(discarded, changes)),
        approved=approved,
        looked_at=looked_at,
        packing=pack(
            guarded.allowed,
            lists=_lists(audiences),
            limits=capabilities,
            refreshed=refreshed,
        ),
    )


def _planned(
    store: Store, question: Question, scope: Scope, after: Mailbox | None
) -> tuple[Plan, LookedAt]:
    """Return everything that would make the mailboxes true, and which they are."""
    mailboxes: list[Mailbox] = []
    with store.sights.views(question, scope=scope, after=after) as stream:
        if not scope.everything:
            stream = _noted(stream, mailboxes)
        plan = build_plan(stream, question.policies, limit=CHANGES_AT_A_TIME)
    looked_at = LookedAt(
        mailboxes=None if scope.everything else mailboxes,
        after=after,
        until=plan.next_after,
    )
    return plan, looked_at


def _noted(stream: Iterable[Views], mailboxes: list[Mailbox]) -> Iterator[Views]:
    for views in stream:
        mailboxes.append(views.mailbox)
        yield views


def _among(items: Collection[Item], changes: Iterable[Change]) -> Iterator[Item]:
    if items:
        yield from (
            item for change in changes for item in items_of(change) if item in items
        )


def _not_refused(
    changes: Iterable[Change], refused: Mapping[str, str]
) -> Iterator[Change]:
    for change in changes:
        if not isinstance(change, Add | Update | Readdress):
            yield change
            continue
        before = change.before if isinstance(change, Readdress) else None
        asked = asked_for(
            change.mailbox,
            asdict(change.person),
            before,
            cause=change.cause,
            known=change.provider_id is not None,
        )
        if refused.get(change.mailbox) != asked:
            yield change


def _lists(audiences: Audiences) -> dict[AudienceId, ProviderListId]:
    """A list that is not made yet has a name of its own, so that a preview can count
    with it."""
    return {
        audience: audiences.provider_lists.get(
            audience, ProviderListId(f"not made yet: {audience}")
        )
        for audience in audiences.policies
    }
