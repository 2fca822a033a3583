"""Forgetting an account in whose place another one is connected.

What was seen and agreed on there says nothing about the new one's contacts and lists.
Policies stay, for they are about the association's own lists; so do suppressions, which
are about its people; and so does the record of runs.
"""

from __future__ import annotations

from django.db import connection as database
from django.db import transaction

from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.states import OPEN_STATES, AudienceState

_FORGET = (
    """
    DELETE FROM ledger_remotemembership AS place USING ledger_remotecontact AS contact
     WHERE place.contact_id = contact.id AND contact.connection_id = %(connection)s
    """,
    "DELETE FROM ledger_remotecontact WHERE connection_id = %(connection)s",
    "DELETE FROM ledger_outcome WHERE connection_id = %(connection)s",
    "DELETE FROM ledger_drift WHERE connection_id = %(connection)s",
    """
    DELETE FROM ledger_operationsubject AS subject USING ledger_operation AS operation
     WHERE subject.operation_id = operation.id
       AND operation.connection_id = %(connection)s
    """,
    """
    UPDATE ledger_operation
       SET state = 'superseded', settled_at = clock_timestamp(),
           message = 'Another account was connected.'
     WHERE connection_id = %(connection)s AND state = ANY(%(open)s)
    """,
    """
    UPDATE ledger_hold SET state = 'over'
     WHERE connection_id = %(connection)s AND state IN ('open', 'approved', 'discarded')
    """,
    """
    UPDATE ledger_resubscriberequest
       SET state = 'refused', state_at = clock_timestamp(),
           words = 'Another account was connected before the mail was sent.'
     WHERE connection_id = %(connection)s AND state = 'asked'
    """,
    """
    UPDATE ledger_audience
       SET provider_list_id = NULL, filled_at = NULL, compared_at = NULL,
           asked_at = NULL, namesake_id = NULL, namesake_members = NULL,
           namesake_choice = '', named_after = '', renamed_there_at = NULL
     WHERE connection_id = %(connection)s
    """,
)


@transaction.atomic
def forget_account(connection_id: int) -> None:
    """Know nothing any more of what was at the account. Nobody may be working on it."""
    gone = Audience.objects.filter(
        connection_id=connection_id, state=AudienceState.LIST_DELETED
    )
    gone.delete()  # what to do about their lists over there was a question of that one
    with database.cursor() as cursor:
        for statement in _FORGET:
            cursor.execute(
                statement, {"connection": connection_id, "open": list(OPEN_STATES)}
            )
