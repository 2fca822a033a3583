"""What waits for a decision, or did, as the pages tell it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen
from django.template.defaultfilters import capfirst

from rollkeeper.connections.models import Connection
from rollkeeper.core.guards import Deed, Guard
from rollkeeper.engine import describing
from rollkeeper.engine.holding import WHY, consequences
from rollkeeper.engine.namesakes import Undecided, undecided
from rollkeeper.engine.stored import told
from rollkeeper.ledger import held
from rollkeeper.ledger.models import Hold
from rollkeeper.ledger.services.holds import needs_number
from rollkeeper.ledger.states import HoldState
from rollkeeper.web.runs import actor_in_words

MOODS = {
    HoldState.OPEN: "need",
    HoldState.APPROVED: "going",
    HoldState.APPLIED: "true",
    HoldState.DISCARDED: "off",
    HoldState.EXPIRED: "need",
    HoldState.OVER: "off",
}

TAKING = frozenset({Deed.REMOVE, Deed.END, Deed.LEAVE, Deed.DEPART})


@frozen(kw_only=True)
class HoldRow:
    """A hold in a table, and at the head of its page."""

    id: int
    subject: str
    what: str
    because: str
    made_at: datetime
    mood: str
    state: str
    decided_by: str
    """Empty when nobody did."""
    decided_at: datetime | None


def row_of(hold: Hold) -> HoldRow:
    return HoldRow(
        id=hold.pk,
        subject=describing.subject(hold),
        what=capfirst(describing.what(hold)),
        because=describing.because(hold),
        made_at=hold.made_at,
        mood=MOODS[HoldState(hold.state)],
        state=hold.get_state_display(),
        decided_by=actor_in_words(hold.decided_by) if hold.decided_by else "",
        decided_at=hold.decided_at,
    )


def namesakes_waiting() -> Sequence[Undecided]:
    """Return the lists of the association in scope that wait for staff to choose what
    to do about a list of their name at the provider."""
    connections = Connection.objects.values_list("pk", flat=True)
    return [one for pk in connections for one in undecided(pk)]


@frozen(kw_only=True)
class Reason:
    """How many have the same done to them for the same reason."""

    people: int
    deed: str
    why: str


@frozen(kw_only=True)
class Example:
    """One person of a hold."""

    name: str
    mailbox: str
    deed: str
    list_name: str
    why: str


@frozen(kw_only=True)
class Details:
    """Everything that somebody should know before deciding."""

    row: HoldRow
    is_open: bool
    fingerprint: str
    people: int
    limit: str
    cause: str
    approving: str
    discarding: str
    takes_away: bool
    """Does approving it take somebody off something?"""
    asks_number: bool
    """Must the number of people be typed to approve it?"""
    reasons: Sequence[Reason]
    names_lists: bool
    """Are they of several lists?"""
    expires_at: datetime | None
    examples: Sequence[Example]


def details_of(hold: Hold) -> Details:
    approving, discarding = consequences(Guard(hold.guard))
    groups = describing.reasons(hold)
    examples = list(held.examples(hold))
    return Details(
        row=row_of(hold),
        is_open=hold.state == HoldState.OPEN,
        fingerprint=hold.fingerprint,
        people=hold.count,
        limit=describing.limit(hold),
        cause=told(hold.cause),
        approving=approving,
        discarding=discarding,
        takes_away=any(group.deed in TAKING for group in groups),
        asks_number=needs_number(hold),
        reasons=[
            Reason(
                people=group.people,
                deed=describing.DEEDS[group.deed],
                why=group.why,
            )
            for group in groups
        ],
        names_lists=hold.audience_id is None and any(one.list_name for one in examples),
        expires_at=hold.expires_at if hold.state == HoldState.APPROVED else None,
        examples=[
            Example(
                name=row.name,
                mailbox=row.mailbox,
                deed=describing.DEEDS[Deed(row.deed)],
                list_name=row.list_name,
                why=WHY.get(row.why, row.why),
            )
            for row in examples
        ],
    )
