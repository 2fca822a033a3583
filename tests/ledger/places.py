"""A connection with audiences, and plans that must wait."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import count

from attrs import asdict, frozen
from django.utils import timezone

from rollkeeper.connections.models import Connection
from rollkeeper.core.changes import Cause
from rollkeeper.core.guards import Deed, Guard, Holding, Item
from rollkeeper.core.policy import DEFAULT
from rollkeeper.core.values import AudienceId, Mailbox
from rollkeeper.directory.models import Association
from rollkeeper.ledger.models import (
    Audience,
    Hold,
    Operation,
    RemoteContact,
    RemoteMembership,
    Run,
)
from rollkeeper.ledger.services import holds
from rollkeeper.ledger.services.holds import LookedAt
from rollkeeper.ledger.services.operations import (
    Counted,
    Intent,
    OpenOperation,
    Subject,
    plan,
)
from rollkeeper.ledger.states import HoldState, OperationState

BY = "staff:somebody"

_numbers = count(1)


@frozen(kw_only=True)
class Place:
    association: Association
    connection: Connection
    run: Run

    def audience(self, list_id: int | None = None, **fields: object) -> AudienceId:
        number = next(_numbers)
        row = Audience.objects.create(
            association=self.association,
            connection=self.connection,
            list_id=list_id or 1_000_000 + number,
            **{
                "name": f"List {number}",
                **asdict(DEFAULT, value_serializer=lambda _, __, value: str(value)),
                **fields,
            },
        )
        return AudienceId(row.pk)

    def member(self, mailbox: str, audience: AudienceId, *, ours: bool = True) -> None:
        remote, _ = RemoteContact.objects.get_or_create(
            association=self.association,
            connection=self.connection,
            mailbox=mailbox,
            defaults={"permission": "mailable", "seen_at": timezone.now()},
        )
        RemoteMembership.objects.create(
            association=self.association,
            audience_id=audience,
            contact=remote,
            there=True,
            ours=ours,
        )

    def freeze(
        self,
        *held: Holding,
        among: Collection[str] | None = None,
        after: str | None = None,
        until: str | None = None,
        declined: Collection[Item] = (),
    ) -> None:
        some = None if among is None else [Mailbox(one) for one in among]
        holds.freeze(
            connection_id=self.connection.pk,
            run_id=self.run.pk,
            held=held,
            looked_at=LookedAt(
                mailboxes=some,
                after=Mailbox(after) if after else None,
                until=Mailbox(until) if until else None,
            ),
            declined=declined,
        )

    def hold(self, state: HoldState = HoldState.OPEN) -> Hold:
        found: Hold = Hold.objects.get(state=state)
        return found

    def operation(
        self,
        counted: Counted,
        *,
        state: OperationState = OperationState.CONFIRMED,
        hours_ago: float = 0,
        rows: int = 1,
    ) -> OpenOperation:
        subjects = tuple(
            Subject(mailbox=Mailbox(f"m{number}@x.example"), cause="joined")
            for number in range(rows)
        )
        intent = Intent(
            kind="leave",
            lists=(),
            payload_hash="",
            subjects=subjects,
            counted=counted,
        )
        (operation,) = plan(run_id=self.run.pk, intents=[intent])
        now = timezone.now()
        Operation.objects.filter(pk=operation.id).update(
            state=state, planned_at=now - timedelta(hours=hours_ago), settled_at=now
        )
        return operation


def removal(mailbox: str, audience: AudienceId) -> Item:
    return Item(deed=Deed.REMOVE, mailbox=Mailbox(mailbox), audience=audience)


def removals(
    audience: AudienceId, *mailboxes: str, of: int = 100, limit: int = 5
) -> Holding:
    """Return what the guard of removals from a list would hold."""
    return holding(
        [removal(one, audience) for one in mailboxes],
        audience=audience,
        of=of,
        limit=limit,
    )


def holding(
    items: Sequence[Item],
    *,
    guard: Guard = Guard.REMOVALS_OF_LIST,
    audience: AudienceId | None = None,
    of: int = 100,
    limit: int = 5,
) -> Holding:
    return Holding(
        guard=guard,
        audience=audience,
        items=tuple(items),
        causes=(Cause.NOT_WANTED,) * len(items),
        of=of,
        limit=limit,
        already=0,
    )


def mailboxes(items: Iterable[Item]) -> set[str]:
    return {str(item.mailbox) for item in items}


def numbered(count: int) -> Mapping[int, str]:
    return {number: f"m{number:06}@x.example" for number in range(count)}
