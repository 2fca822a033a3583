"""Provider lists whose list was deleted here: they go when nobody is on them any more.

Passes take our people off first, as the policy has it and as far as the guards let
them. Whoever else is on such a list keeps it from going.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from rollkeeper.engine.outbound import PATIENCE
from rollkeeper.engine.session import Session
from rollkeeper.ledger.services.audiences import EmptiedAudience
from rollkeeper.providers.errors import ChangeRefused, ProviderError, TryLater
from rollkeeper.providers.port import Accepted, JobState, Purpose

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_CLOCKS_MAY_DIFFER: Final = timedelta(minutes=20)


def delete_emptied_lists(session: Session, *, looked: bool) -> None:
    """Delete the provider lists that may go, and forget them.

    Those that strangers are on are counted as kept, when the run *looked* at lists or
    the provider shows them only now. When the provider fails, the list is marked and
    the next run goes on; one that is gone already is merely forgotten.
    """
    for one in session.store.audiences.emptied(session.connection_id):
        if one.strangers:
            if looked:
                session.store.runs.note_count(session.run_id, "lists_kept", 1)
            continue
        try:
            accepted = session.provider.delete_list(one.provider_list_id)
            if accepted is not None:
                _wait_for(session, accepted)
        except ChangeRefused:
            session.store.runs.note_count(session.run_id, "lists_kept", 1)
        except ProviderError:
            _have_it_looked_at(session, one)
            raise
        else:
            _forget(session, one)


def _wait_for(session: Session, accepted: Accepted) -> None:
    """See the job to its end; raise `TryLater` unless it did what was asked."""
    pause, begun = _FIRST_PAUSE, session.now()
    while session.now() - begun < PATIENCE:
        session.sleep(pause)
        pause = min(pause * 1.6, _LONGEST_PAUSE)
        states = {
            job.job_id: job.state
            for job in session.provider.jobs(
                created_after=begun - _CLOCKS_MAY_DIFFER, purpose=Purpose.REMOVE
            )
        }
        if states.get(accepted.job_id) is JobState.DONE:
            return
        if states.get(accepted.job_id) is JobState.FAILED:
            raise TryLater("The provider ended the job without deleting the list.")
    raise TryLater("The provider is still deleting a list.")


def _forget(session: Session, audience: EmptiedAudience) -> None:
    with session.store.transaction():
        session.store.audiences.lose_list(audience.audience_id)
        session.store.runs.note_count(session.run_id, "lists_deleted", 1)


def _have_it_looked_at(session: Session, audience: EmptiedAudience) -> None:
    if session.follower:
        with session.store.transaction():
            session.store.marks.mark_list(
                follower=session.follower, list_id=audience.list_id
            )
