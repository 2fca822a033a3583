"""What happened before something was held: the acts that may have led to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from attrs import evolve
from django.db.models import Q
from django.utils.translation import gettext as _

from rollkeeper.audit.models import Entry
from rollkeeper.ledger.last_change import ACTS
from rollkeeper.ledger.models import Hold
from rollkeeper.web.audit import Row, rows_of
from rollkeeper.web.words import count

SHOWN: Final = 8
WITHIN: Final = timedelta(days=7)


def before(hold: Hold) -> Sequence[Row]:
    """Return the last acts of the week before, the newest first: imports, what changed
    contacts, and of lists only the one it is about, if it is about one."""
    acts = Entry.objects.filter(
        association_id=hold.association_id,
        action__in=ACTS,
        at__lte=hold.made_at,
        at__gt=hold.made_at - WITHIN,
    )
    if hold.audience:
        its_own = Q(subject=f"list:{hold.audience.list_id}")
        acts = acts.filter(its_own | ~Q(subject__startswith="list:"))
    entries = list(acts.order_by("-id")[:SHOWN])
    return [
        evolve(row, details=_in_words(entry))
        for row, entry in zip(rows_of(entries), entries, strict=True)
    ]


def _in_words(entry: Entry) -> str:
    """Say how much an act changed; empty where its name and its link say it all."""
    match entry.action:
        case "directory_imported":
            return "; ".join(_file(one) for one in entry.details.get("files", ()))
        case "contacts_departed":
            gone = count(len(entry.details["contacts"]), "contact")
            off = count(entry.details["memberships"])
            return _("%(gone)s taken out, %(off)s taken off lists") % {
                "gone": gone,
                "off": off,
            }
        case "account_connected":
            return str(entry.details.get("name", ""))
        case _:
            return ""


def _file(told: Mapping[str, Any]) -> str:
    """Say what a file did, without what it did not."""
    parts = [
        words % {"number": count(told[key])}
        for key, words in (
            ("created", _("%(number)s new")),
            ("changed", _("%(number)s changed")),
            ("unchanged", _("%(number)s as before")),
            ("bad", _("%(number)s not understood")),
        )
        if told.get(key)
    ]
    return f"{told['file']}: {', '.join(parts) or _('nothing')}"
