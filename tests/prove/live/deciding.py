"""The last round of a session: half of a list is to go, and a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.prove.level import Promise
from tests.prove.live.chamber import Chamber
from tests.prove.live.roll import Roll, expected

if TYPE_CHECKING:
    from tests.prove.live.session import Session

LIMITS: Final = ("removals_of_list=5,5,200", "removals_of_account=3,10,500")
"""The defaults. What the rounds before took off counts, too."""
CROWD: Final = 12
"""So many more are put on the list first: half of them are more than may go."""
DECISIONS: Final = 8
"""As each guard is asked for itself, there may be several."""


def hold_back(session: Session) -> None:
    """Take half of a list off at once: held till it is approved, and then done."""
    chamber = session.chambers[0]
    first = _gather(session, chamber)
    words = [word for limit in LIMITS for word in ("--set", limit)]
    _answered(session, chamber, "limits", *words)
    before = _over_there(chamber)
    _halve(session, chamber, first)
    session.wait_until_quiet()
    if taken_off := _number(before) - _number(_over_there(chamber)):
        session.note(Promise.LIMITS, "I24", f"{taken_off} were taken off, unasked")
    decided = _approve_all(session, chamber)
    session.held += decided
    if not decided:
        session.note(Promise.LIMITS, "I24", "nothing waits for a person")
    with session.household.database() as database:
        session.violations += chamber.judged(database)


def _gather(session: Session, chamber: Chamber) -> int:
    """Return a list that has enough people for it."""
    with session.household.database() as database:
        first = min(Roll.read(database, chamber.association).synchronized)
        chamber.editor.gather(database, first, people=CROWD)
    session.wait_until_quiet()
    return first


def _halve(session: Session, chamber: Chamber, first: int) -> None:
    with session.household.database() as database:
        roll = Roll.read(database, chamber.association)
        wanted = expected(roll, chamber.acts)[roll.synchronized[first]]
        leaving = sorted(
            place.contact
            for place in roll.places
            if place.list == first and roll.people[place.contact].mailbox in wanted
        )
        database.execute(
            "DELETE FROM directory_listmembership"
            " WHERE list_id = %s AND contact_id = ANY(%s)",
            [first, leaving[: len(leaving) // 2]],
        )


def _approve_all(session: Session, chamber: Chamber) -> int:
    """Approve what waits, but nobody who was deleted over there; say how often."""
    for decided in range(DECISIONS):
        waiting = [
            hold
            for hold in _answered(session, chamber, "holds")
            if hold["guard"] != "deleted_over_there" and hold["state"] == "open"
        ]
        if not waiting:
            return decided
        count = str(waiting[0]["people"])
        name = waiting[0]["hold"]
        _answered(session, chamber, "approve", name, "--yes", "--count", count)
        session.wait_until_quiet()
    session.note(Promise.LIMITS, "I25", f"still held after {DECISIONS} decisions")
    return DECISIONS


def _answered(session: Session, chamber: Chamber, *words: str) -> Any:
    return session.household.rollkeeper(*words, "--association", chamber.slug)


def _over_there(chamber: Chamber) -> dict[str, int]:
    lists = chamber.account.state()["lists"]
    return {one["name"]: len(one["members"]) for one in lists}


def _number(members: dict[str, int]) -> int:
    return sum(members.values())
