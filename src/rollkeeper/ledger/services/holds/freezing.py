"""Freezing what a plan must wait with, and matching what was frozen before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import field, frozen
from django.db import connection as database
from django.db import transaction

from rollkeeper.core.guards import Holding, Item
from rollkeeper.core.values import Mailbox
from rollkeeper.ledger.last_change import last_change
from rollkeeper.ledger.models import Hold
from rollkeeper.ledger.services.holds.items import PLANNED, Row, put_down, same, sum_up
from rollkeeper.ledger.services.holds.matching import (
    LOOKED_AT,
    OF_CONNECTION,
    lock,
    match,
)
from rollkeeper.ledger.states import HoldState


@frozen(kw_only=True)
class LookedAt:
    """Which mailboxes a plan was about: of them, it says all that is to be held."""

    mailboxes: Collection[Mailbox] | None = field(default=None, repr=False)
    """Only these; None for all there are."""
    after: Mailbox | None = None
    """Only those behind it, where a plan comes in windows,"""
    until: Mailbox | None = None
    """and none behind this one."""

    def as_values(self) -> Mapping[str, Any]:
        some = self.mailboxes
        return {
            "mailboxes": None if some is None else list(some),
            "after": self.after,
            "until": self.until,
        }


_MAKE_MISSING = """
    INSERT INTO ledger_hold (association_id, connection_id, guard, audience_id, state,
        fingerprint, count, "of", "limit", already, cause, decided_by)
    SELECT association_id, id, %(guard)s, %(about)s, 'open', '', 0, 0, 0, 0, '', ''
      FROM connections_connection WHERE id = %(connection)s
        ON CONFLICT (association_id, connection_id, guard, audience_id)
           WHERE state = 'open' DO NOTHING
"""

_SETTLE_DECIDED = f"""
    UPDATE ledger_helditem AS item SET moot = true
      FROM ledger_hold AS hold
     WHERE {OF_CONNECTION} AND hold.state IN ('approved', 'discarded')
       AND item.hold_id = hold.id AND NOT item.moot AND {LOOKED_AT}
       AND NOT EXISTS (
           SELECT FROM {PLANNED} AS planned WHERE {same("planned", "item")})
"""
"""An approved item is done, by calls in this transaction, unless it is held again. One
that was discarded ends when it is planned no more."""


_DROP_EMPTY = f"""
    DELETE FROM ledger_hold AS hold WHERE {OF_CONNECTION} AND hold.state = 'open'
       AND NOT EXISTS (SELECT FROM ledger_helditem WHERE hold_id = hold.id)
       AND hold.fingerprint = ''
"""
"""Made a moment ago, for what was decided since the plan was made."""


@transaction.atomic
def freeze(
    *,
    connection_id: int,
    run_id: int,
    held: Sequence[Holding],
    looked_at: LookedAt,
    declined: Collection[Item] = (),
) -> None:
    """Freeze what a plan must wait with; call it in the transaction of its intents.

    Of the mailboxes looked at, open holds come to have exactly the items in *held*; a
    hold left without any is over. Approved items that were planned are taken for done,
    and with them those that were not. *declined* are the items that were planned
    although they are discarded: they stay so. An unchanged hold is left as it is.
    """
    if not held and not declined and not _in_question(connection_id):
        return
    values = {"connection": connection_id, **looked_at.as_values()}
    with database.cursor() as cursor:
        lock(cursor, OF_CONNECTION, values)
        put_down(cursor, _rows(held, declined))
        for one in held:
            kind = {"guard": one.guard.value, "about": one.audience}
            cursor.execute(_MAKE_MISSING, {**values, **kind})
        changed = match(cursor, OF_CONNECTION, values, those=LOOKED_AT)
        cursor.execute(_SETTLE_DECIDED, values)
        cursor.execute(_DROP_EMPTY, values)
    _bring_up_to_date(changed, run_id, held)


def _in_question(connection_id: int) -> bool:
    """Is there a hold that a plan can still change? Most runs have none to look at."""
    return Hold.objects.filter(
        connection_id=connection_id,
        state__in=(HoldState.OPEN, HoldState.APPROVED, HoldState.DISCARDED),
    ).exists()


def _rows(held: Iterable[Holding], declined: Iterable[Item]) -> Iterator[Row]:
    for one in held:
        for item, cause in zip(one.items, one.causes, strict=True):
            yield Row(item=item, why=cause, guard=one.guard, about=one.audience)
    for item in declined:
        yield Row(item=item)


def _bring_up_to_date(
    changed: Collection[int], run_id: int, held: Sequence[Holding]
) -> None:
    """Let fingerprints and figures follow the items; an empty hold is over."""
    numbers = {(str(one.guard), one.audience or 0): one for one in held}
    for hold in Hold.objects.filter(pk__in=changed):
        sum_up(hold)
        if now := numbers.get((hold.guard, hold.audience_id or 0)):
            hold.of, hold.limit, hold.already = now.of, now.limit, now.already
            hold.run_id = run_id
            hold.cause = last_change(hold.association_id)
        elif not hold.count:
            hold.state = HoldState.OVER
        hold.save()
