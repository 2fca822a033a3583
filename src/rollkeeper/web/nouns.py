"""What pages count: each noun with its number, by its English singular."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import ngettext_lazy

NOUNS: Final[Mapping[str, Any]] = {
    "address": ngettext_lazy("%(figure)s address", "%(figure)s addresses", "n"),
    "address was": ngettext_lazy(
        "%(figure)s address was", "%(figure)s addresses were", "n"
    ),
    "change": ngettext_lazy("%(figure)s change", "%(figure)s changes", "n"),
    "change was": ngettext_lazy(
        "%(figure)s change was", "%(figure)s changes were", "n"
    ),
    "choice": ngettext_lazy("%(figure)s choice", "%(figure)s choices", "n"),
    "contact": ngettext_lazy("%(figure)s contact", "%(figure)s contacts", "n"),
    "decision": ngettext_lazy("%(figure)s decision", "%(figure)s decisions", "n"),
    "decision waits": ngettext_lazy(
        "%(figure)s decision waits", "%(figure)s decisions wait", "n"
    ),
    "hour": ngettext_lazy("%(figure)s hour", "%(figure)s hours", "n"),
    "limit": ngettext_lazy("%(figure)s limit", "%(figure)s limits", "n"),
    "list": ngettext_lazy("%(figure)s list", "%(figure)s lists", "n"),
    "list is": ngettext_lazy("%(figure)s list is", "%(figure)s lists are", "n"),
    "minute": ngettext_lazy("%(figure)s minute", "%(figure)s minutes", "n"),
    "notice": ngettext_lazy("%(figure)s notice", "%(figure)s notices", "n"),
    "person": ngettext_lazy("%(figure)s person", "%(figure)s people", "n"),
    "person unsubscribed": ngettext_lazy(
        "%(figure)s person unsubscribed", "%(figure)s people unsubscribed", "n"
    ),
    "request": ngettext_lazy("%(figure)s request", "%(figure)s requests", "n"),
    "run": ngettext_lazy("%(figure)s run", "%(figure)s runs", "n"),
}
