"""What twin, proxy and debits tell of a whole session when it is over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.prove.level import Promise
from tests.prove.live.edits import only_value
from tests.prove.live.household import CLIENT_ID

if TYPE_CHECKING:
    from tests.prove.live.session import Session

_PROMISES: Final = {
    "call_after_quota_exceeded": Promise.QUOTA,
    "opt_out_put_back": Promise.MAILABLE,
    "left_list_put_back": Promise.MAILABLE,
}


def look_back(session: Session) -> None:
    """What twin, proxy and counted requests tell of the whole session."""
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


def keep_record(session: Session, folder: Path) -> None:
    """Keep what the twin knows beside the logs, for whoever looks into it."""
    for call in ("violations", "calls"):
        (folder / f"{call}.json").write_text(session.control.get(call).text)
    for chamber in session.chambers:
        state = json.dumps(chamber.account.state(), indent=1)
        (folder / f"account-{chamber.association}.json").write_text(state)
