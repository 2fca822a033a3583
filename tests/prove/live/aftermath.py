"""What twin, proxy and debits tell of a whole session when it is over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.prove.level import Promise
from tests.prove.live.edits import only_value
from tests.prove.live.household import CLIENT_ID

if TYPE_CHECKING:
    from tests.prove.live.chamber import Chamber
    from tests.prove.live.session import Session

_PROMISES: Final = {
    "call_after_quota_exceeded": Promise.QUOTA,
    "opt_out_put_back": Promise.MAILABLE,
    "left_list_put_back": Promise.MAILABLE,
}


_DRIFT: Final = """
    SELECT kind, mailbox, count(*) FROM ledger_drift
     WHERE association_id = %s GROUP BY kind, mailbox, audience_id
"""


def look_back(session: Session) -> None:
    """What twin, proxy, counted requests and named drift tell of the whole session."""
    for chamber in session.chambers:
        _hold_drift_against_acts(session, chamber)
    for one in session.control.get("violations").json()["violations"]:
        promise = _PROMISES.get(one["kind"], Promise.LAWS)
        session.note(promise, "I16", f"{one['kind']}: {one['detail']}")
    for what in session.proxy.brought_back:
        session.note(Promise.MAILABLE, "I2", f"in a body that adds: {what}")
    if session.proxy.at_once:
        what = f"two wrote to one account at once, {session.proxy.at_once} times"
        session.note(Promise.LAWS, "I11", what)
    if session.household.ended_by_itself:
        what = f"{session.household.ended_by_itself} workers ended by themselves"
        session.note(Promise.LAWS, "worker", what)
    per_day = session.control.get("calls").json()["per_day"]
    arrived = sum(one["calls"] for one in per_day if one["api_key"] == CLIENT_ID)
    with session.household.database() as database:
        counted = only_value(database, "SELECT count(*) FROM connections_requestdebit")
    if arrived - session.proxy.doubled > counted:
        what = f"{arrived} requests arrived, {counted} were counted"
        session.note(Promise.QUOTA, "I18", what)


def _hold_drift_against_acts(session: Session, chamber: Chamber) -> None:
    """Nobody is named to whom nothing was done over there, and nothing twice."""
    acts = chamber.acts
    did = {
        "added": set().union(*acts.strangers.values()),
        "removed": {mailbox for _, mailbox in acts.left},
        "edited": acts.edited,
        "deleted": acts.deleted,
        "unsubscribed": acts.unsubscribed,
    }
    with session.household.database() as database:
        named = database.execute(_DRIFT, [chamber.association]).fetchall()
    for kind, mailbox, times in named:
        most = acts.renamings[mailbox] if kind == "edited" else 1
        if mailbox not in did.get(kind, ()) or times > most:
            session.note(Promise.LAWS, "drift", f"{mailbox}: {kind}, {times} times")


def keep_record(session: Session, folder: Path) -> None:
    """Keep what was found and what the twin knows beside the logs."""
    found = "\n".join(map(str, session.violations))
    (folder / "found.txt").write_text(found + "\n", encoding="utf-8")
    for call in ("violations", "calls"):
        (folder / f"{call}.json").write_text(session.control.get(call).text)
    for chamber in session.chambers:
        state = json.dumps(chamber.account.state(), indent=1)
        (folder / f"account-{chamber.association}.json").write_text(state)
