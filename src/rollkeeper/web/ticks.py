"""Whom a person has ticked, over all pages of the contacts, until they sign out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.utils.translation import gettext as _

from rollkeeper.engine.spoken import figure
from rollkeeper.web.staff import StaffRequest

MOST: Final = 10_000
"""Who wants more takes all that match."""

_KEY: Final = "ticked"


class TooMany(Exception):
    """So many ticks are not kept; the message says what to do instead."""


def ticked(request: StaffRequest) -> frozenset[int]:
    """Return the ids of contacts; some may be gone by now."""
    return frozenset(request.session.get(_KEY, ()))


def note(request: StaffRequest, *, shown: Collection[int], on: Collection[int]) -> None:
    """Of those shown, exactly these are ticked now. Raises `TooMany`."""
    after = (ticked(request) - set(shown)) | set(on)
    if len(after) > MOST:
        raise TooMany(
            _(
                "More than %(most)s ticks are not kept. Search for the people, and"
                " export all that match."
            )
            % {"most": figure(MOST)}
        )
    request.session[_KEY] = sorted(after)


def clear(request: StaffRequest) -> None:
    request.session.pop(_KEY, None)
