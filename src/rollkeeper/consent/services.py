"""Writing down who must be left in peace, and who came back by their own act."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from attrs import Factory, frozen
from django.db import connection, transaction

from rollkeeper.consent.kinds import Kind
from rollkeeper.core.values import ContactId, ListId, Mailbox

AT_ONCE = 5_000

_LOCK = """
    SELECT pg_advisory_xact_lock(hashtextextended('rollkeeper.consent', %s))
"""
"""Two pulls that hear of one refusal at the same moment write it once."""

_CAME_AFTER = """
    CASE WHEN told.provider = fact.provider AND fact.happened_at IS NOT NULL
         THEN told.happened_at > fact.happened_at
         ELSE told.happened_here_at > fact.happened_here_at + interval '1 minute' END
"""

_KNOWN = """
    EXISTS (
        SELECT FROM consent_suppression AS fact
         WHERE fact.association_id = %(association)s AND fact.mailbox = told.mailbox
           AND fact.kind = told.kind AND fact.list_id IS NOT DISTINCT FROM told.list_id
           AND CASE WHEN told.kind = 'staff'
                    THEN fact.contact_id IS NOT DISTINCT FROM told.contact_id
                     AND fact.happened_here_at + interval '1 minute'
                         > told.happened_here_at
                    ELSE fact.contact_id IS NOT DISTINCT FROM told.contact_id
                      OR fact.contact_id IS NOT NULL END
           AND CASE WHEN told.happened_at IS NOT NULL
                    THEN fact.provider = told.provider
                     AND fact.happened_at = told.happened_at
                    ELSE EXISTS (SELECT FROM consent_refusal AS refusal
                                  WHERE refusal.association_id = %(association)s
                                    AND refusal.mailbox = told.mailbox
                                    AND refusal.fact_id = fact.id) END)
"""
"""The same act was told before. One without a time is, as long as it is in effect.

It is not told anew of whoever has the mailbox by now: it was not their act. Only an act
that was nobody's we knew is taken for that of the first holder. What staff were told
later is another act: the person may have come back in between, unheard.
"""

_LIFTS = f"""
    EXISTS (
        SELECT FROM consent_refusal AS refusal
          JOIN consent_suppression AS fact ON fact.id = refusal.fact_id
         WHERE refusal.association_id = %(association)s
           AND refusal.mailbox = told.mailbox
           AND refusal.list_id IS NOT DISTINCT FROM told.list_id AND {_CAME_AFTER})
    OR EXISTS (
        SELECT FROM consent_refusal AS refusal
          JOIN consent_suppression AS fact ON fact.id = refusal.fact_id
         WHERE refusal.association_id = %(association)s
           AND refusal.contact_id = told.contact_id
           AND refusal.list_id IS NOT DISTINCT FROM told.list_id AND {_CAME_AFTER})
"""

_INSERT = """
    WITH told AS (
        SELECT DISTINCT ON (mailbox, who.contact_id, kind, list_id, provider,
                            happened_at)
               mailbox, who.contact_id, who.person, kind, list_id, provider,
               happened_at, source, evidence, actor, run_id, number,
               least(statement_timestamp(), happened_at + coalesce(
                   statement_timestamp() - told_at, interval '0')) AS happened_here_at
          FROM unnest(%(mailbox)s::text[], %(contact_id)s::bigint[], %(kind)s::text[],
                      %(list_id)s::bigint[], %(provider)s::text[],
                      %(happened_at)s::timestamptz[], %(told_at)s::timestamptz[],
                      %(source)s::text[], %(evidence)s::jsonb[], %(actor)s::text[],
                      %(run_id)s::bigint[]) WITH ORDINALITY
            AS told (mailbox, contact_id, kind, list_id, provider, happened_at, told_at,
                     source, evidence, actor, run_id, number)
          LEFT JOIN directory_contact AS contact
            ON contact.association_id = %(association)s
           AND contact.id = told.contact_id
          LEFT JOIN consent_departed AS departed
            ON departed.association_id = %(association)s
           AND departed.contact_id = told.contact_id
          LEFT JOIN directory_contact AS again
            ON again.association_id = %(association)s
           AND again.external_id = departed.person
         CROSS JOIN LATERAL (
               SELECT coalesce(contact.id, again.id, told.contact_id),
                      coalesce(contact.external_id, departed.person))
            AS who (contact_id, person)
         ORDER BY mailbox, who.contact_id, kind, list_id, provider, happened_at, number)
    INSERT INTO consent_suppression
           (association_id, mailbox, contact_id, person, kind, list_id, provider,
            happened_at, happened_here_at, recorded_at, source, evidence, actor, run_id)
    SELECT %(association)s, told.mailbox, told.contact_id, told.person, told.kind,
           told.list_id, told.provider, told.happened_at, told.happened_here_at,
           statement_timestamp(), told.source, told.evidence, told.actor, told.run_id
      FROM told
     WHERE {worth_telling}
     ORDER BY told.number
        ON CONFLICT DO NOTHING
"""
"""Of a contact that is gone a fact is that of the same person, who is back already."""


@frozen(kw_only=True)
class Fact:
    """A refusal, or its end, of a mailbox and of one contact that has it."""

    mailbox: Mailbox
    contact_id: ContactId | None = None
    """None when nobody holds the mailbox."""
    kind: Kind = Kind.UNSUBSCRIBED
    list_id: ListId | None = None
    """The list it is about; None for all mail."""
    provider: str
    happened_at: datetime | None = None
    """In the provider's time, if it said so."""
    told_at: datetime | None = None
    """When the provider said so, by its own clock: that tells how far ours is off."""
    source: str
    """How we learnt it, such as "opt-out pull"."""
    evidence: Mapping[str, Any] = Factory(dict)
    actor: str
    run_id: int | None = None


@transaction.atomic
def suppress(*, association_id: int, facts: Iterable[Fact]) -> int:
    """Write the refusals down for good; return how many were new.

    A fact that is known stays as it was first written. All or none are written, and
    whoever follows the association's directory is told of them.
    """
    return _write(association_id, facts, f"NOT {_KNOWN}")


@transaction.atomic
def lift(*, association_id: int, facts: Iterable[Fact]) -> int:
    """Write down that these people subscribed again; return how many it concerned.

    Only by their own act at a provider: there is no other end of a refusal. What came
    before the refusal lifts nothing, and is not written.
    """
    return _write(association_id, facts, _LIFTS)


def _write(association_id: int, facts: Iterable[Fact], worth_telling: str) -> int:
    statement = _INSERT.format(worth_telling=worth_telling)
    written = 0
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [association_id])
        for some in _portions(facts):
            cursor.execute(statement, {"association": association_id, **_columns(some)})
            written += cursor.rowcount
    return written


def _portions(facts: Iterable[Fact]) -> Iterator[list[Fact]]:
    """All facts of a mailbox are told at once: of two holders, both."""
    portion: list[Fact] = []
    for _, of_one in groupby(facts, key=attrgetter("mailbox")):
        portion.extend(of_one)
        if len(portion) >= AT_ONCE:
            yield portion
            portion = []
    if portion:
        yield portion


def _columns(facts: list[Fact]) -> dict[str, list[object]]:
    return {
        "mailbox": [one.mailbox for one in facts],
        "contact_id": [one.contact_id for one in facts],
        "kind": [one.kind.value for one in facts],
        "list_id": [one.list_id for one in facts],
        "provider": [one.provider for one in facts],
        "happened_at": [one.happened_at for one in facts],
        "told_at": [one.told_at for one in facts],
        "source": [one.source for one in facts],
        "evidence": [json.dumps(dict(one.evidence)) for one in facts],
        "actor": [one.actor for one in facts],
        "run_id": [one.run_id for one in facts],
    }
