"""Each mailbox on each list, here or there, with all that says what it counts as.

For sums, spots that are alike in everything but the mailbox come as one row with their
number, so that a list of a hundred thousand is some dozen rows here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from attrs import frozen
from django.db import connection as database

from rollkeeper.core.eligibility import Holder, Reason, StandingOnList, orphaned
from rollkeeper.core.guards import Deed
from rollkeeper.core.values import ContactId, ListId, Mailbox, Person
from rollkeeper.core.views import Desired, Gone
from rollkeeper.engine.addresses import RENAMED
from rollkeeper.engine.equation import Spot, Target
from rollkeeper.ledger.states import OutcomeKind

_ABOUT = """
    place AS (
        SELECT * FROM unnest(%(lists)s::bigint[], %(audiences)s::bigint[])
                   AS place (list_id, audience_id)),
    standing AS MATERIALIZED (
        SELECT list_id, contact_id, status, no_mass_email FROM directory_standing
         WHERE association_id = %(association)s AND list_id = ANY(%(lists)s) {among}),
    about AS (
        SELECT place.list_id, place.audience_id, address.mailbox
          FROM place
          JOIN standing AS membership ON membership.list_id = place.list_id
          JOIN directory_emailaddress AS address
            ON address.contact_id = membership.contact_id
           AND address.primary AND address.mailbox IS NOT NULL
         WHERE %(only)s::text[] IS NULL OR address.mailbox = ANY(%(only)s)
         UNION
        SELECT place.list_id, place.audience_id, remote.mailbox
          FROM place
          JOIN ledger_remotemembership AS membership
            ON membership.audience_id = place.audience_id AND membership.there
          JOIN ledger_remotecontact AS remote ON remote.id = membership.contact_id
         WHERE %(only)s::text[] IS NULL OR remote.mailbox = ANY(%(only)s))
"""

_HOLDING = """
    holding AS (
        SELECT about.list_id, about.mailbox, jsonb_agg(jsonb_build_array(
                   {contact}, person.do_not_contact,
                   EXISTS (SELECT FROM consent_refusal AS refusal
                            WHERE refusal.association_id = %(association)s
                              AND refusal.contact_id = person.id
                              AND refusal.list_id IS NULL),
                   CASE WHEN membership.list_id IS NOT NULL THEN jsonb_build_array(
                       membership.status = 'disabled', membership.no_mass_email,
                       EXISTS (SELECT FROM consent_refusal AS refusal
                                WHERE refusal.association_id = %(association)s
                                  AND refusal.list_id = about.list_id
                                  AND (refusal.mailbox = about.mailbox
                                       OR refusal.contact_id = person.id))) END)
               ORDER BY NOT person.speaks_for_member, person.changed_at DESC,
                        person.id) AS holders
          FROM about
          JOIN directory_emailaddress AS address
            ON address.association_id = %(association)s AND address.primary
           AND address.mailbox = about.mailbox
          JOIN directory_contact AS person ON person.id = address.contact_id
          LEFT JOIN standing AS membership
            ON membership.list_id = about.list_id
           AND membership.contact_id = person.id
         GROUP BY about.list_id, about.mailbox)
"""

_ON_THE_WAY = """
    under_way AS (
        SELECT subject.mailbox, subject.before
          FROM ledger_operation AS operation
          JOIN ledger_operationsubject AS subject
            ON subject.operation_id = operation.id
         WHERE operation.connection_id = %(connection)s
           AND operation.state IN ('planned', 'sending', 'accepted', 'unknown')),
    moving AS (
        SELECT mailbox FROM under_way
         UNION SELECT before FROM under_way WHERE before IS NOT NULL),
    held AS (
        SELECT item.mailbox, item.audience_id,
               array_agg(DISTINCT hold.state || ' ' || item.deed) AS deeds
          FROM ledger_hold AS hold
          JOIN ledger_helditem AS item ON item.hold_id = hold.id AND NOT item.moot
         WHERE hold.connection_id = %(connection)s
           AND hold.state IN ('open', 'discarded')
         GROUP BY item.mailbox, item.audience_id)
"""

_SPOTS = f"""
    WITH {_ABOUT}, {_HOLDING}, {_ON_THE_WAY}
    SELECT about.list_id, {{mailbox}} AS mailbox, holding.holders,
           EXISTS (SELECT FROM consent_refusal AS refusal
                    WHERE refusal.association_id = %(association)s
                      AND refusal.mailbox = about.mailbox
                      AND refusal.list_id IS NULL) AS refused,
           CASE WHEN holding.holders IS NULL THEN jsonb_build_array(
               CASE WHEN remote.carried_by IS NULL THEN NULL
                    WHEN carrier.id IS NULL THEN 'deleted'
                    WHEN {RENAMED} THEN NULL
                    WHEN EXISTS (SELECT FROM directory_emailaddress AS now
                                  WHERE now.contact_id = carrier.id AND now.primary
                                    AND now.mailbox IS NOT NULL) THEN 'moved' END,
               coalesce(carrier.do_not_contact, false),
               EXISTS (SELECT FROM consent_refusal AS refusal
                        WHERE refusal.association_id = %(association)s
                          AND refusal.list_id IS NULL
                          AND (refusal.mailbox = about.mailbox
                               OR refusal.contact_id = remote.carried_by)),
               {RENAMED} AND EXISTS (
                   SELECT FROM directory_standing AS place
                    WHERE place.contact_id = remote.carried_by
                      AND place.list_id = about.list_id AND place.status = 'active'
                      AND NOT place.no_mass_email)) END AS orphan,
           coalesce(membership.there, false) AS there,
           coalesce(membership.ours, false) AS ours,
           moving.mailbox IS NOT NULL AS under_way,
           coalesce(on_list.deeds, '{{{{}}}}') || coalesce(at_all.deeds, '{{{{}}}}')
               AS deeds,
           outcome.kind, outcome.cause, {{first}}, count(*) AS times
      FROM about
      LEFT JOIN holding
        ON holding.list_id = about.list_id AND holding.mailbox = about.mailbox
      LEFT JOIN ledger_remotecontact AS remote
        ON remote.connection_id = %(connection)s AND remote.mailbox = about.mailbox
      LEFT JOIN ledger_remotemembership AS membership
        ON membership.contact_id = remote.id
       AND membership.audience_id = about.audience_id
      LEFT JOIN directory_contact AS carrier
        ON carrier.association_id = %(association)s AND carrier.id = remote.carried_by
      LEFT JOIN moving ON moving.mailbox = about.mailbox
      LEFT JOIN held AS on_list
        ON on_list.mailbox = about.mailbox
       AND on_list.audience_id = about.audience_id
      LEFT JOIN held AS at_all
        ON at_all.mailbox = about.mailbox AND at_all.audience_id IS NULL
      LEFT JOIN ledger_outcome AS outcome
        ON outcome.connection_id = %(connection)s AND outcome.mailbox = about.mailbox
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
"""

_AMONG = """
    AND contact_id = ANY(ARRAY(
        SELECT contact_id FROM directory_emailaddress
         WHERE association_id = %(association)s AND "primary"
           AND mailbox = ANY(%(only)s)))
"""

_FIRST = """
    (array_agg(about.mailbox ORDER BY about.mailbox COLLATE "C") FILTER (
         WHERE about.mailbox COLLATE "C" > %(after)s
           AND (%(words)s::text IS NULL OR about.mailbox ILIKE %(words)s
                OR about.mailbox IN (
                    SELECT address.mailbox FROM directory_contact AS person
                      JOIN directory_emailaddress AS address
                        ON address.contact_id = person.id AND address.primary
                     WHERE person.association_id = %(association)s
                       AND concat_ws(' ', person.first_name, person.last_name,
                                     person.company) ILIKE %(words)s))))
        [1:%(limit)s]
"""
"""Of spots that are alike, the first mailboxes behind one, that have these words."""

_NO_FIRST = "NULL"
_ALIKE = _SPOTS.format(mailbox="NULL::text", contact="NULL", among="", first=_NO_FIRST)
_BEHIND = _SPOTS.format(mailbox="NULL::text", contact="NULL", among="", first=_FIRST)
_EACH = _SPOTS.format(
    mailbox="about.mailbox", contact="person.id", among=_AMONG, first=_NO_FIRST
)

_UNREACHABLE = """
    SELECT membership.list_id, address.id IS NOT NULL AS invalid, count(*)
      FROM directory_standing AS membership
      LEFT JOIN directory_emailaddress AS address
        ON address.contact_id = membership.contact_id AND address.primary
     WHERE membership.association_id = %(association)s
       AND membership.list_id = ANY(%(lists)s) AND address.mailbox IS NULL
     GROUP BY 1, 2
"""

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


@frozen(kw_only=True)
class Around:
    """Whose spots are asked for."""

    association_id: int
    connection_id: int

    def values(
        self, targets: Sequence[Target], only: Collection[str] | None = None
    ) -> dict[str, Any]:
        return {
            "association": self.association_id,
            "connection": self.connection_id,
            "lists": [one.list_id for one in targets],
            "audiences": [one.audience_id for one in targets],
            "only": None if only is None else list(only),
        }


@frozen(kw_only=True)
class Portion:
    """Which mailboxes of many are asked for, in the order of the alphabet."""

    after: str = ""
    words: str = ""
    """In the address, or in the name or company of somebody who has it."""
    limit: int

    def values(self) -> dict[str, Any]:
        words = re.sub(r"([\\%_])", r"\\\1", self.words.strip())
        return {
            "after": self.after,
            "words": f"%{words}%" if words else None,
            "limit": self.limit,
        }


def alike(
    around: Around, targets: Sequence[Target]
) -> Iterator[tuple[ListId, Spot, int]]:
    """Yield the spots of whole lists, those that are alike once, with their number."""
    for row in _rows(_ALIKE, around.values(targets)):
        yield ListId(row[0]), _spot(row), row[-1]


def each(
    around: Around, targets: Sequence[Target], mailboxes: Collection[str]
) -> Iterator[tuple[ListId, Mailbox, Spot]]:
    """Yield the spots of these mailboxes, on whichever list, here or there."""
    for row in _rows(_EACH, around.values(targets, mailboxes)):
        yield ListId(row[0]), Mailbox(row[1]), _spot(row)


def behind(
    around: Around, target: Target, portion: Portion
) -> Iterator[tuple[Spot, Sequence[Mailbox], int]]:
    """Yield the spots of a whole list, those that are alike once, each with the first
    of its mailboxes that are asked for, and the number of all of them."""
    values = around.values([target]) | portion.values()
    for row in _rows(_BEHIND, values):
        yield _spot(row), [Mailbox(one) for one in row[-2] or ()], row[-1]


def unreachable(
    around: Around, targets: Sequence[Target]
) -> Iterator[tuple[ListId, Reason, int]]:
    """Yield how many on each list have no mailbox, and why."""
    for list_id, invalid, times in _rows(_UNREACHABLE, around.values(targets)):
        reason = Reason.ADDRESS_INVALID if invalid else Reason.NO_PRIMARY_ADDRESS
        yield ListId(list_id), reason, times


def _rows(statement: str, values: dict[str, Any]) -> Iterator[Sequence[Any]]:
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        yield from cursor.fetchall()


def _spot(row: Sequence[Any]) -> Spot:
    list_id, _, holders, refused, orphan, there, ours, under_way, deeds, *outcome = row
    waiting = [one.split() for one in deeds]
    *fate, renamed = json.loads(orphan) if orphan else (None,) * 4
    return Spot(
        holders=tuple(
            _holder(ListId(list_id), rank, *columns)
            for rank, columns in enumerate(json.loads(holders or "[]"))
        ),
        refused=refused,
        orphan=_orphan(*fate) if orphan else None,
        renamed=bool(renamed),
        there=there,
        ours=ours,
        under_way=under_way,
        held=frozenset(Deed(deed) for state, deed in waiting if state == "open"),
        declined=frozenset(
            Deed(deed) for state, deed in waiting if state == "discarded"
        ),
        obstacle=_obstacle(outcome[0], outcome[1]),
    )


def _holder(
    list_id: ListId,
    rank: int,
    contact: int | None,
    do_not_contact: bool,
    suppressed: bool,
    standing: Sequence[bool] | None,
) -> Holder:
    """The database ranked them; here the rank is told as who changed last."""
    standings = {}
    if standing is not None:
        disabled, muted, left = standing
        standings[list_id] = StandingOnList(
            disabled=disabled, no_mass_email=muted, left=left
        )
    return Holder(
        contact=ContactId(rank if contact is None else contact),
        person=_NOBODY,
        speaks_for_member=False,
        changed_at=_EPOCH - timedelta(seconds=rank),
        do_not_contact=do_not_contact,
        active=True,
        suppressed=suppressed,
        standings=standings,
    )


_NOBODY: Final = Person()


def _orphan(gone: str | None, do_not_contact: bool, refused: bool) -> Desired:
    return orphaned(
        gone=Gone(gone) if gone else None,
        do_not_contact=do_not_contact,
        refused=refused,
    )


def _obstacle(kind: str | None, cause: str | None) -> Reason | None:
    if kind is None:
        return None
    if cause == Reason.OVER_LIMIT:
        return Reason.OVER_LIMIT
    held = kind == OutcomeKind.HELD
    return Reason.HELD if held else Reason.REFUSED_BY_PROVIDER
