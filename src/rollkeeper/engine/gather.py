"""The three views of each mailbox, as one sorted stream from the database.

Nothing here holds an association in memory: two server-side cursors are read in step.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from heapq import merge as in_rising_order
from itertools import groupby, tee
from operator import itemgetter
from typing import Any

from attrs import evolve, frozen
from django.db import connection as database
from django.db import transaction

from rollkeeper.core.decide import readdresses
from rollkeeper.core.eligibility import Holder, StandingOnList, desired, orphaned
from rollkeeper.core.plan import merge
from rollkeeper.core.values import (
    AudienceId,
    ContactId,
    ListId,
    Mailbox,
    Person,
    ProviderContactId,
)
from rollkeeper.core.views import (
    Desired,
    Gone,
    Move,
    Observed,
    Permission,
    Synced,
    Views,
)
from rollkeeper.engine.addresses import (
    MOVE_IN_SCOPE,
    MOVES,
    RENAMED,
    STAYS,
    known_as,
)
from rollkeeper.engine.scope import joining
from rollkeeper.engine.store import EVERYTHING, Held, Question, Scope

_ROWS_AT_A_TIME = 2000

_NOT_UNDER_WAY = """
    NOT EXISTS (SELECT FROM ledger_operationsubject AS subject
                  JOIN ledger_operation AS operation
                    ON operation.id = subject.operation_id
                 WHERE operation.connection_id = %(connection)s
                   AND (subject.mailbox = {mailbox} OR subject.before = {mailbox}))
"""

_HOLDERS = """
    SELECT address.mailbox, contact.id, contact.first_name, contact.last_name,
           contact.company, contact.speaks_for_member, contact.changed_at,
           contact.do_not_contact, contact.active,
           EXISTS (SELECT FROM consent_refusal AS refusal
                    WHERE refusal.association_id = %(association)s
                      AND refusal.contact_id = contact.id
                      AND refusal.list_id IS NULL) AS refused_by_person,
           EXISTS (SELECT FROM consent_refusal AS refusal
                    WHERE refusal.association_id = %(association)s
                      AND refusal.mailbox = address.mailbox
                      AND refusal.list_id IS NULL) AS refused_by_mailbox,
           (SELECT jsonb_agg(jsonb_build_array(
                       place.list_id, place.status = 'disabled',
                       place.no_mass_email,
                       EXISTS (SELECT FROM consent_refusal AS refusal
                                WHERE refusal.association_id = %(association)s
                                  AND refusal.list_id = place.list_id
                                  AND (refusal.mailbox = address.mailbox
                                       OR refusal.contact_id = contact.id))))
              FROM directory_standing AS place
             WHERE place.contact_id = contact.id
               AND place.list_id = ANY(%(lists)s)) AS standings
      FROM directory_emailaddress AS address
      JOIN directory_contact AS contact ON contact.id = address.contact_id
      {join}
     WHERE address.association_id = %(association)s AND address.primary
       AND address.mailbox IS NOT NULL
       AND (%(after)s::text IS NULL OR address.mailbox COLLATE "C" > %(after)s)
       AND (%(only)s::text[] IS NULL OR address.mailbox = ANY(%(only)s))
       AND {not_under_way}
     ORDER BY address.mailbox COLLATE "C", contact.id
"""

_REMOTE = """
    SELECT remote.mailbox, remote.provider_id, remote.permission,
           remote.elsewhere OR EXISTS (
               SELECT FROM ledger_remotemembership AS membership
                WHERE membership.contact_id = remote.id AND membership.there
                  AND NOT membership.audience_id = ANY(%(audiences)s)) AS elsewhere,
           remote.person, remote.agreed_person, remote.carried_by,
           remote.disabled_at IS NOT NULL AS disabled,
           ARRAY(SELECT audience_id FROM ledger_remotemembership AS membership
                  WHERE membership.contact_id = remote.id AND membership.there
                    AND membership.audience_id = ANY(%(audiences)s)) AS there,
           ARRAY(SELECT audience_id FROM ledger_remotemembership AS membership
                  WHERE membership.contact_id = remote.id AND membership.ours
                    AND membership.audience_id = ANY(%(audiences)s)) AS ours,
           EXISTS (SELECT FROM directory_emailaddress AS held
                    WHERE held.association_id = %(association)s AND held.primary
                      AND held.mailbox = remote.mailbox) AS held,
           CASE WHEN remote.carried_by IS NULL THEN NULL
                WHEN carrier.id IS NULL THEN 'deleted'
                WHEN {renamed} THEN NULL
                WHEN EXISTS (SELECT FROM directory_emailaddress AS now
                              WHERE now.contact_id = carrier.id AND now.primary
                                AND now.mailbox IS NOT NULL) THEN 'moved'
                END AS gone,
           coalesce(carrier.do_not_contact, false) AS do_not_contact,
           EXISTS (SELECT FROM consent_refusal AS refusal
                    WHERE refusal.association_id = %(association)s
                      AND refusal.list_id IS NULL
                      AND (refusal.mailbox = remote.mailbox
                           OR refusal.contact_id = remote.carried_by)) AS refused,
           {stays} AS stays
      FROM ledger_remotecontact AS remote
      LEFT JOIN directory_contact AS carrier
        ON carrier.association_id = %(association)s AND carrier.id = remote.carried_by
      {join}
     WHERE remote.connection_id = %(connection)s
       AND (%(after)s::text IS NULL OR remote.mailbox COLLATE "C" > %(after)s)
       AND (%(only)s::text[] IS NULL OR remote.mailbox = ANY(%(only)s))
       AND {not_under_way}
     ORDER BY remote.mailbox COLLATE "C"
"""


def _values(question: Question) -> dict[str, Any]:
    return {
        "association": question.association_id,
        "connection": question.connection_id,
        "lists": list(question.lists),
        "audiences": list(question.policies),
        "after": None,
        "only": None,
    }


@contextmanager
def views(
    question: Question,
    *,
    scope: Scope,
    after: Mailbox | None = None,
) -> Iterator[Iterator[Views]]:
    """Open the stream of views, sorted by mailbox, as of one moment.

    Mailboxes with an operation under way are left out: they come again when it is
    settled. Close it before anything is sent.
    """
    values = {**_values(question), "after": after}
    outermost = not database.in_atomic_block
    with transaction.atomic():
        if outermost:
            _as_of_one_moment()
        moves = _moves(question, scope)
        yield _merged(_desired(question, scope, values), _remote(scope, values), moves)


def _as_of_one_moment() -> None:
    with database.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


@frozen(kw_only=True)
class _Moves:
    by_old: Mapping[Mailbox, Mailbox]
    by_new: Mapping[Mailbox, Move]
    known_as: Mapping[Mailbox, Mailbox]

    def __contains__(self, mailbox: Mailbox) -> bool:
        return any(mailbox in one for one in (self.by_old, self.by_new, self.known_as))


def _merged(
    wanted: Iterator[tuple[Mailbox, Desired]],
    remote: Iterator[_Remote],
    moves: _Moves,
) -> Iterator[Views]:
    for_sight, for_agreement, for_orphans = tee(remote, 3)  # merge reads all in step
    orphans = ((one.mailbox, one.orphan) for one in for_orphans if one.orphan)
    merged = merge(
        in_rising_order(wanted, orphans, key=itemgetter(0)),
        ((one.mailbox, one.observed) for one in for_sight),
        ((one.mailbox, one.synced) for one in for_agreement if one.synced),
    )
    for one in merged:
        if one.mailbox in moves:
            yield evolve(
                one,
                moved_from=moves.by_new.get(one.mailbox),
                moved_to=moves.by_old.get(one.mailbox),
                known_as=moves.known_as.get(one.mailbox),
            )
        else:
            yield one


def holders(question: Question, only: Sequence[Mailbox]) -> Iterator[Held]:
    """Yield who holds each of these mailboxes, under way or not."""
    values = {**_values(question), "only": list(only)}
    with transaction.atomic():
        yield from _held(
            question, _HOLDERS.format(join="", not_under_way="true"), values
        )


def _desired(
    question: Question, scope: Scope, values: dict[str, Any]
) -> Iterator[tuple[Mailbox, Desired]]:
    statement = _narrowed(_HOLDERS, scope, "address.mailbox")
    for held in _held(question, statement, values):
        yield (
            held.mailbox,
            desired(
                holders=held.holders,
                audiences=question.lists,
                refused=held.refused,
            ),
        )


def _held(question: Question, statement: str, values: dict[str, Any]) -> Iterator[Held]:
    rows = _stream(statement, values)
    for mailbox, group in groupby(rows, key=itemgetter(0)):
        held = list(group)
        yield Held(
            mailbox=Mailbox(mailbox),
            holders=tuple(_holder(row, question.field_length) for row in held),
            refused=bool(held[0][10]),
        )


def _holder(row: Sequence[Any], field_length: int | None) -> Holder:
    standings = {
        ListId(list_id): StandingOnList(
            disabled=disabled, no_mass_email=no_mass_email, left=left
        )
        for list_id, disabled, no_mass_email, left in json.loads(row[11] or "[]")
    }
    return Holder(
        contact=ContactId(row[1]),
        person=_person(
            {"first_name": row[2], "last_name": row[3], "company": row[4]}, field_length
        ),
        speaks_for_member=row[5],
        changed_at=row[6],
        do_not_contact=row[7],
        active=row[8],
        suppressed=row[9],
        standings=standings,
    )


def _person(fields: Mapping[str, str], field_length: int | None = None) -> Person:
    """Cut to the provider's length, so that what is compared is what can be sent."""
    person = Person(**fields)
    if field_length is None:
        return person
    return Person(
        first_name=person.first_name[:field_length],
        last_name=person.last_name[:field_length],
        company=person.company[:field_length],
    )


@frozen(kw_only=True)
class _Remote:
    mailbox: Mailbox
    observed: Observed
    synced: Synced | None
    orphan: Desired | None
    """What is wanted for it when no contact has the mailbox any more."""


def _remote(scope: Scope, values: dict[str, Any]) -> Iterator[_Remote]:
    for row in _stream(_narrowed(_REMOTE, scope, "remote.mailbox"), values):
        yield _remote_of(row)


def _remote_of(row: Sequence[Any]) -> _Remote:
    mailbox, provider_id, permission, elsewhere, person, agreed, carried = row[:7]
    disabled, there, ours, *fate = row[7:]
    observed = Observed(
        provider_id=provider_id and ProviderContactId(provider_id),
        permission=Permission(permission),
        audiences=frozenset(map(AudienceId, there)),
        elsewhere=elsewhere,
        person=_person(json.loads(person)),
    )
    synced = agreed and Synced(
        audiences=frozenset(map(AudienceId, ours)),
        person=_person(json.loads(agreed)),
        carried_by=carried and ContactId(carried),
        disabled=disabled,
    )
    return _Remote(
        mailbox=Mailbox(mailbox),
        observed=observed,
        synced=synced or None,
        orphan=_orphan(*fate),
    )


def _orphan(
    held: bool,
    gone: str | None,
    do_not_contact: bool,
    refused: bool,
    stays: Sequence[int],
) -> Desired | None:
    if held:
        return None
    orphan = orphaned(
        gone=Gone(gone) if gone else None,
        do_not_contact=do_not_contact,
        refused=refused,
    )
    return evolve(orphan, stays=frozenset(map(AudienceId, stays)))


def _moves(question: Question, scope: Scope) -> _Moves:
    """Contacts whose new mailbox is wanted while only the old one is known there."""
    statement = MOVES.format(in_scope="" if scope.everything else MOVE_IN_SCOPE)
    with database.cursor() as cursor:
        cursor.execute(statement, _values(question))
        pairs = [(Mailbox(old), Mailbox(new)) for old, new in cursor.fetchall()]
    known = known_as(question.connection_id)
    if not pairs:
        return _Moves(by_old={}, by_new={}, known_as=known)
    return evolve(_wanted_moves(question, pairs), known_as=known)


def _wanted_moves(
    question: Question, pairs: Sequence[tuple[Mailbox, Mailbox]]
) -> _Moves:
    olds, news = [old for old, _ in pairs], [new for _, new in pairs]
    wanted = dict(_desired(question, EVERYTHING, {**_values(question), "only": news}))
    known = {
        one.mailbox: Move(mailbox=one.mailbox, observed=one.observed, synced=one.synced)
        for one in _remote(EVERYTHING, {**_values(question), "only": olds})
        if one.synced
    }
    by_new = {new: known[old] for old, new in pairs if old in known and new in wanted}
    followed = {
        move.mailbox: new
        for new, move in by_new.items()
        if _follows(question, new, wanted, move)
    }
    return _Moves(by_old=followed, by_new=by_new, known_as={})


def _follows(
    question: Question, new: Mailbox, wanted: Mapping[Mailbox, Desired], move: Move
) -> bool:
    views_of_new = Views(mailbox=new, desired=wanted[new], moved_from=move)
    return readdresses(views_of_new, question.policies)


def _narrowed(statement: str, scope: Scope, mailbox: str) -> str:
    return statement.format(
        join=joining(scope, mailbox),
        renamed=RENAMED,
        stays=STAYS,
        not_under_way=_NOT_UNDER_WAY.format(mailbox=mailbox),
    )


def _stream(statement: str, values: dict[str, Any]) -> Iterator[Sequence[Any]]:
    with database.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(_ROWS_AT_A_TIME):
            yield from rows
