"""Mailboxes that could not be made true: refused by the provider, or held."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen
from django.db import connection as database

from rollkeeper.core.values import Mailbox
from rollkeeper.ledger.models import Outcome
from rollkeeper.ledger.states import OutcomeKind


@frozen(kw_only=True)
class Unmade:
    """A mailbox that is not as the directory wants it, and why."""

    mailbox: Mailbox
    kind: OutcomeKind
    cause: str
    message: str
    asked: str = ""
    """Fingerprint of the change that was refused."""


def note(
    *,
    association_id: int,
    connection_id: int,
    run_id: int,
    unmade: Iterable[Unmade],
) -> None:
    """Remember each; what was known of the same mailbox before is replaced."""
    rows = [
        (
            association_id,
            connection_id,
            run_id,
            one.mailbox,
            one.kind.value,
            one.cause,
            one.message,
            one.asked,
        )
        for one in unmade
    ]
    with database.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO ledger_outcome (association_id, connection_id, run_id, mailbox,
                                        kind, cause, message, asked)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
                ON CONFLICT (connection_id, mailbox) DO UPDATE
               SET run_id = excluded.run_id, kind = excluded.kind,
                   cause = excluded.cause, message = excluded.message,
                   asked = excluded.asked, at = clock_timestamp()
             WHERE (ledger_outcome.kind, ledger_outcome.asked, ledger_outcome.message)
                   IS DISTINCT FROM (excluded.kind, excluded.asked, excluded.message)
            """,
            rows,
        )


def refused(connection_id: int) -> dict[str, str]:
    """Return what was refused for each mailbox: the fingerprint of what was asked."""
    return dict(
        Outcome.objects.filter(
            connection_id=connection_id, kind=OutcomeKind.REFUSED
        ).values_list("mailbox", "asked")
    )


def ask_again(*, connection_id: int, run_id: int) -> list[Mailbox]:
    """Forget what was asked for each mailbox when this run was refused it, so that the
    same is asked for again; return them. They stay refused until that comes out."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE ledger_outcome SET asked = ''
             WHERE connection_id = %s AND run_id = %s AND kind = 'refused'
               AND asked <> ''
            RETURNING mailbox
            """,
            [connection_id, run_id],
        )
        return [Mailbox(mailbox) for (mailbox,) in cursor.fetchall()]


def forget_departed(connection_id: int) -> None:
    """Drop the outcomes of mailboxes that the directory no longer has."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM ledger_outcome AS outcome
             WHERE outcome.connection_id = %s
               AND NOT EXISTS (
                   SELECT FROM directory_emailaddress AS address
                    WHERE address.association_id = outcome.association_id
                      AND address.primary AND address.mailbox = outcome.mailbox)
            """,
            [connection_id],
        )


def forget_held(connection_id: int) -> None:
    """Drop what was held: looking at everything anew says what still has to be."""
    Outcome.objects.filter(connection_id=connection_id, kind=OutcomeKind.HELD).delete()


def count(connection_id: int) -> int:
    """Return how many mailboxes are not as the directory wants them."""
    return Outcome.objects.filter(connection_id=connection_id).count()
