"""Taking somebody off a list can be taken back, for as long as one remembers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import astuple, frozen

from rollkeeper.core.values import ListId
from rollkeeper.directory.services import Place
from rollkeeper.web.staff import StaffRequest

TAG: Final = "undo"
"""A message so tagged comes with a button."""

REMEMBERED: Final = timedelta(minutes=10)

MOST: Final = 20_000
"""Of more people at once it is not remembered."""

_KEY: Final = "taken_off_lists"


@frozen(kw_only=True)
class TakenOff:
    """Who was taken off which lists last, and where they stood."""

    places: Mapping[ListId, Sequence[Place]]
    back: str
    """The page to show afterwards."""


def remember(request: StaffRequest, act: TakenOff, *, now: datetime) -> bool:
    """Keep it for the person who did it, instead of what they did before."""
    request.session.pop(_KEY, None)
    if not 0 < sum(map(len, act.places.values())) <= MOST:
        return False
    request.session[_KEY] = {
        "at": now.timestamp(),
        "lists": [
            [list_id, [astuple(one) for one in those]]
            for list_id, those in act.places.items()
        ],
        "back": act.back,
    }
    return True


def is_remembered(request: StaffRequest) -> bool:
    """Is there something to undo?"""
    return _KEY in request.session


def take(request: StaffRequest, *, now: datetime) -> TakenOff | None:
    """Return what is to be undone, once; None when it is too late."""
    kept = request.session.pop(_KEY, None)
    if kept is None or now.timestamp() - kept["at"] > REMEMBERED.total_seconds():
        return None
    places = {
        ListId(list_id): [
            Place(contact_id=contact, status=status, no_mass_email=flag)
            for contact, status, flag in those
        ]
        for list_id, those in kept["lists"]
    }
    return TakenOff(places=places, back=kept["back"])
