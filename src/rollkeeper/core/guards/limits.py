"""How much may be done within 24 hours before a person is asked, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from attrs import field, frozen, validators

from rollkeeper.core.values import AudienceId


class Guard(StrEnum):
    """Why something waits for a person."""

    REMOVALS_OF_LIST = "removals_of_list"
    REMOVALS_OF_ACCOUNT = "removals_of_account"
    ENDINGS = "endings"
    EMPTIED_LIST = "emptied_list"
    ADDS_OF_LIST = "adds_of_list"
    EMPTIED_FIELDS = "emptied_fields"
    RULE_CHANGED = "rule_changed"
    LIST_DELETED = "list_deleted"
    REFUSALS = "refusals"
    SOURCE_FELL = "source_fell"
    SOURCE_EMPTY = "source_empty"
    DELETED_OVER_THERE = "deleted_over_there"
    LEFT_AT_ONCE = "left_at_once"


_NO_CAP: Final = 10**9


@frozen(kw_only=True)
class Share:
    """A part of a whole, but never fewer than *least* nor more than *most*."""

    percent: int = field(validator=[validators.ge(0), validators.le(100)])
    least: int = field(validator=validators.ge(0))
    most: int = field(default=_NO_CAP, validator=validators.ge(0))

    def of(self, whole: int) -> int:
        """Return how many of *whole* that is, rounded down."""
        return min(max(whole * self.percent // 100, self.least), self.most)


@frozen(kw_only=True)
class Limits:
    """What may be done without asking, within any 24 hours."""

    removals_of_list: Share = Share(percent=5, least=5, most=200)
    removals_of_account: Share = Share(percent=3, least=10, most=500)
    adds_of_list: Share = Share(percent=20, least=50, most=2000)
    emptied_fields: Share = Share(percent=5, least=5, most=200)
    left_at_once: Share = Share(percent=5, least=5)
    source_fall: Share = Share(percent=10, least=5)

    def endings(self, people: int) -> int:
        """Return how many of *people* may be disabled: a quarter of those that may
        come off lists, at least three."""
        return max(3, self.removals_of_account.of(people) // 4)


@frozen(kw_only=True)
class ListFigures:
    """One audience: what is on it, and what happened within the last 24 hours.

    What a person approved does not count, nor what somebody refused by themselves.
    """

    members: int
    """How many memberships are ours now, seen there or not."""
    removed: int = 0
    added: int = 0
    """Since it was first filled: the first load counts against no limit."""
    filled: bool = True
    """Was it ever filled to the end? Until then everybody is new to it."""
    rule_changed: bool = False
    """Was its policy changed, and nothing removed by the new one yet?"""
    list_deleted: bool = False
    """Is its list gone from the directory?"""


@frozen(kw_only=True)
class Figures:
    """A whole account, and the last 24 hours."""

    lists: Mapping[AudienceId, ListFigures]
    people: int
    """How many mailboxes have a membership of ours."""
    removed: int = 0
    """Of how many people memberships were ended."""
    ended: int = 0
    refusing: bool = False
    """Does the provider refuse so much that going on would do harm?"""


def source_guard(*, before: int, missing: int, limits: Limits) -> Guard | None:
    """Return what stops *missing* of *before* rows from leaving; None when they may."""
    if missing and missing >= before:
        return Guard.SOURCE_EMPTY
    if missing > limits.source_fall.of(before):
        return Guard.SOURCE_FELL
    return None
