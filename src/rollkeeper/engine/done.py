"""What a run did, by its counts: one phrase for each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import ngettext_lazy

from rollkeeper.engine.spoken import figure

DONE: Final[Mapping[str, Any]] = {
    "add": ngettext_lazy("%(figure)s added", "%(figure)s added", "n"),
    "update": ngettext_lazy("%(figure)s updated", "%(figure)s updated", "n"),
    "readdress": ngettext_lazy(
        "%(figure)s moved to a new address", "%(figure)s moved to a new address", "n"
    ),
    "remove": ngettext_lazy(
        "%(figure)s taken off lists", "%(figure)s taken off lists", "n"
    ),
    "disable": ngettext_lazy("%(figure)s disabled", "%(figure)s disabled", "n"),
    "held": ngettext_lazy(
        "%(figure)s held for a decision", "%(figure)s held for a decision", "n"
    ),
    "asked_back": ngettext_lazy(
        "%(figure)s asked to subscribe again",
        "%(figure)s asked to subscribe again",
        "n",
    ),
    "left": ngettext_lazy(
        "%(figure)s left a list over there", "%(figure)s left a list over there", "n"
    ),
    "added_there": ngettext_lazy(
        "%(figure)s put on lists over there by somebody else",
        "%(figure)s put on lists over there by somebody else",
        "n",
    ),
    "removed_there": ngettext_lazy(
        "%(figure)s taken off lists over there",
        "%(figure)s taken off lists over there",
        "n",
    ),
    "edited_there": ngettext_lazy(
        "%(figure)s renamed over there", "%(figure)s renamed over there", "n"
    ),
    "readdressed_there": ngettext_lazy(
        "%(figure)s given another address over there",
        "%(figure)s given another address over there",
        "n",
    ),
    "deleted_there": ngettext_lazy(
        "%(figure)s deleted over there", "%(figure)s deleted over there", "n"
    ),
    "missed_by_marks": ngettext_lazy(
        "%(figure)s found only by comparing everything, which should not happen",
        "%(figure)s found only by comparing everything, which should not happen",
        "n",
    ),
    "lists_created": ngettext_lazy(
        "%(figure)s list made", "%(figure)s lists made", "n"
    ),
    "lists_renamed": ngettext_lazy(
        "%(figure)s list renamed", "%(figure)s lists renamed", "n"
    ),
    "lists_renamed_there": ngettext_lazy(
        "%(figure)s list found renamed over there",
        "%(figure)s lists found renamed over there",
        "n",
    ),
    "lists_deleted": ngettext_lazy(
        "%(figure)s list deleted", "%(figure)s lists deleted", "n"
    ),
    "lists_kept": ngettext_lazy(
        "%(figure)s deleted list kept, with others on it",
        "%(figure)s deleted lists kept, with others on it",
        "n",
    ),
    "opt_outs": ngettext_lazy(
        "%(figure)s unsubscribe learnt", "%(figure)s unsubscribes learnt", "n"
    ),
    "opt_ins": ngettext_lazy(
        "%(figure)s person subscribed again", "%(figure)s people subscribed again", "n"
    ),
}
"""In the order in which they are told."""


def done(counts: Mapping[str, int]) -> Sequence[str]:
    """Return what changed, kind by kind; nothing of what did not happen."""
    return [
        str(phrase % {"n": counts[kind], "figure": figure(counts[kind])})
        for kind, phrase in DONE.items()
        if counts.get(kind)
    ]
