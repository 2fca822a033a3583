"""The answer to the question of the first page: is everything true?"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.ledger import selectors as ledger
from rollkeeper.web.home import Lines
from rollkeeper.web.words import ago, count


def answer(connection: Connection, lines: Lines, *, now: datetime) -> str:
    """Say in a sentence how true the lists are, and as of when.

    Empty while nothing was ever compared: there is nothing to say then.
    """
    checked_at = lines.checked_at or ledger.last_true_at(connection.pk)
    if checked_at is None or not lines.number:
        return ""
    checked = ago(checked_at, now)
    if connection.state != ConnectionState.CONNECTED:
        said = _("Nobody can tell until you connect again. Last checked %(checked)s.")
        return said % {"checked": checked}
    if lines.unsettled:
        return _not_all(lines, checked)
    if unmade := ledger.outcomes(connection.pk).count():
        return _("Yes, but for %(unmade)s. Last checked %(checked)s.") % {
            "unmade": count(unmade, "address", "addresses"),
            "checked": checked,
        }
    said = ngettext(
        "Yes. Your list matches your roll, last checked %(checked)s.",
        "Yes. All %(lists)s lists match your roll, last checked %(checked)s.",
        lines.number,
    )
    return said % {"lists": count(lines.number), "checked": checked}


def _not_all(lines: Lines, checked: str) -> str:
    if lines.unsettled == lines.number:
        return _("Not yet. Last checked %(checked)s.") % {"checked": checked}
    said = ngettext(
        "Not quite. %(some)s of %(all)s lists needs something and stands first below;"
        " the others match your roll, last checked %(checked)s.",
        "Not quite. %(some)s of %(all)s lists need something and stand first below;"
        " the others match your roll, last checked %(checked)s.",
        lines.unsettled,
    )
    return said % {
        "some": count(lines.unsettled),
        "all": count(lines.number),
        "checked": checked,
    }
