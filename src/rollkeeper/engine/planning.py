"""From views to a plan, and from a plan to calls: everything short of sending."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import asdict, evolve, frozen

from rollkeeper.core.changes import Add, Change, Readdress, Update
from rollkeeper.core.packing import Packing, pack
from rollkeeper.core.plan import Plan, build_plan
from rollkeeper.core.values import AudienceId, Mailbox, ProviderListId
from rollkeeper.engine.audiences import Audiences
from rollkeeper.engine.intents import asked_for
from rollkeeper.engine.store import Question, Scope, Store
from rollkeeper.providers.port import Capabilities

CHANGES_AT_A_TIME: Final = 100_000
"""How many changes are planned, packed and sent before the next are looked for."""


@frozen(kw_only=True)
class Prepared:
    """A plan, and the calls that would carry it out."""

    plan: Plan
    packing: Packing


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
    """Plan the mailboxes of the scope behind *after*, and pack what is to be sent.

    *refreshed* promises that the memberships over there were read just now. A change
    that the provider refused before is planned only when something in it is new.
    """
    question = Question(
        association_id=association_id,
        connection_id=connection_id,
        lists=audiences.by_list,
        policies=audiences.policies,
        field_length=capabilities.field_length,
    )
    with store.sights.views(question, scope=scope, after=after) as stream:
        plan = build_plan(stream, audiences.policies, limit=CHANGES_AT_A_TIME)
    changes = tuple(_not_refused(plan.changes, store.outcomes.refused(connection_id)))
    packing = pack(
        changes,
        lists=_lists(audiences),
        limits=capabilities,
        refreshed=refreshed,
    )
    return Prepared(plan=evolve(plan, changes=changes), packing=packing)


def _not_refused(
    changes: Iterable[Change], refused: Mapping[str, str]
) -> Iterator[Change]:
    for change in changes:
        if not isinstance(change, Add | Update | Readdress):
            yield change
            continue
        before = change.before if isinstance(change, Readdress) else None
        asked = asked_for(change.mailbox, asdict(change.person), before)
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
