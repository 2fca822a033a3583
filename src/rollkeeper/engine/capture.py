"""Does capture miss changes? The comparison of everything knows (I10).

Whatever it has to send was changed here, so a mark should have named it, unless
something else explains it. The count of those that nothing explains shall be 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import structlog

from rollkeeper.core.changes import (
    Add,
    Cause,
    Change,
    Disable,
    Readdress,
    Remove,
    Update,
)
from rollkeeper.core.policy import Strangers, When
from rollkeeper.core.values import AudienceId, Mailbox
from rollkeeper.engine.audiences import Audiences
from rollkeeper.engine.session import Session

COUNT: Final = "missed_by_marks"

_NOT_FROM_HERE: Final = (Cause.NO_MASS_EMAILS, Cause.EDITED_OVER_THERE)

log = structlog.get_logger()


def count_missed(
    session: Session, audiences: Audiences, changes: Iterable[Change]
) -> None:
    """Count, and warn of, what a comparison of everything sends and no mark named.

    Call it in the transaction that makes the changes durable, first of all.
    """
    if session.follower is None:
        return
    changed = list(_made_here(changes, audiences))
    if not changed:
        return
    missed = session.store.capture.missed(
        connection_id=session.connection_id,
        run_id=session.run_id,
        follower=session.follower,
        changed=changed,
    )
    if missed:
        session.store.runs.note_count(session.run_id, COUNT, len(missed))
        log.warning(
            "changes_missed_by_marks",
            connection_id=session.connection_id,
            run_id=session.run_id,
            mailboxes=len(missed),
        )


def _made_here(
    changes: Iterable[Change], audiences: Audiences
) -> Iterator[tuple[Mailbox, frozenset[AudienceId]]]:
    """Yield the mailboxes that are sent because something changed in the directory.

    Only for lists that follow each change: others wait for the night, or for somebody.
    Not those taken off lists where everybody unknown is: they came from elsewhere. Nor
    those brought to a list that staff over there had deleted, nor who is on no list of
    ours and must not be contacted: they came back by themselves.
    """
    cleaned = {
        audience
        for audience, policy in audiences.policies.items()
        if policy.strangers is Strangers.REMOVE
    }
    live = {
        audience
        for audience, policy in audiences.policies.items()
        if policy.when is When.LIVE
    }
    for change in changes:
        match change:
            case Readdress():
                if change.audiences & live:
                    yield change.mailbox, frozenset()
            case Remove() if change.audiences <= cleaned:
                continue
            case Add() if change.audiences <= audiences.anew:
                continue
            case Add() | Update() | Remove() | Disable():
                if change.cause not in _NOT_FROM_HERE and change.audiences & live:
                    yield change.mailbox, change.audiences & live
            case _:
                continue
