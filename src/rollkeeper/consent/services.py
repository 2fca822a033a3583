"""Writing down who must be left in peace."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from attrs import Factory, frozen
from django.db import connection, transaction

from rollkeeper.consent.kinds import Kind
from rollkeeper.core.values import ContactId, ListId, Mailbox

AT_ONCE = 5_000

_INSERT = """
    INSERT INTO consent_suppression (association_id, mailbox, contact_id, kind, list_id,
        provider, happened_at, source, evidence, actor, run_id)
    SELECT %s, * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::bigint[],
        %s::text[], %s::timestamptz[], %s::text[], %s::jsonb[], %s::text[],
        %s::bigint[])
    ON CONFLICT DO NOTHING
"""


@frozen(kw_only=True)
class Fact:
    """A refusal, of a mailbox and of one contact that has it."""

    mailbox: Mailbox
    contact_id: ContactId | None = None
    """None when nobody holds the mailbox."""
    kind: Kind = Kind.UNSUBSCRIBED
    list_id: ListId | None = None
    """The list it is about, for `LEFT_LIST` alone."""
    provider: str
    happened_at: datetime | None = None
    """In the provider's time, if it said so."""
    source: str
    """How we learnt it, such as "opt-out pull"."""
    evidence: Mapping[str, Any] = Factory(dict)
    actor: str
    run_id: int | None = None


@transaction.atomic
def suppress(*, association_id: int, facts: Iterable[Fact]) -> int:
    """Write the facts down for good; return how many were new.

    A fact that is known stays as it was first written. All or none are written.
    """
    written = 0
    with connection.cursor() as cursor:
        for some in _portions(iter(facts)):
            columns = zip(*(_row(fact) for fact in some), strict=True)
            cursor.execute(_INSERT, [association_id, *(list(one) for one in columns)])
            written += cursor.rowcount
    return written


def _portions(facts: Iterator[Fact]) -> Iterator[list[Fact]]:
    while some := list(islice(facts, AT_ONCE)):
        yield some


def _row(fact: Fact) -> tuple[object, ...]:
    return (
        fact.mailbox,
        fact.contact_id,
        fact.kind.value,
        fact.list_id,
        fact.provider,
        fact.happened_at,
        fact.source,
        json.dumps(dict(fact.evidence)),
        fact.actor,
        fact.run_id,
    )
