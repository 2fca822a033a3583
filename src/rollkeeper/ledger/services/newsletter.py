"""Which lists an association keeps at its newsletter provider, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import asdict, fields_dict, frozen
from django.db import transaction
from django.utils.translation import gettext as _

from rollkeeper.audit.services import record
from rollkeeper.core.automatic import AutomaticKind
from rollkeeper.core.values import one_line
from rollkeeper.ledger.models import NewsletterSettings
from rollkeeper.ledger.models.newsletter import Solution


class SettingsRefused(Exception):
    """The message says which value cannot be, and what can."""


@frozen(kw_only=True)
class Newsletter:
    """What an association has chosen; `NewsletterSettings` says what each means."""

    solution: Solution
    representatives: bool
    membership_types: bool
    lists: bool
    switch_on_new_lists: bool
    representatives_name: str
    nightly: bool
    window_from: time
    window_to: time
    time_zone: str

    def keeps(self, kind: str, provider: str) -> bool:
        """Are lists of this kind, where they are switched on, kept true through a
        connection to *provider*?"""
        elsewhere = provider in Solution.values and provider != self.solution
        if elsewhere or self.solution is Solution.NONE:
            return False
        match kind:
            case AutomaticKind.REPRESENTATIVES:
                return self.representatives
            case AutomaticKind.MEMBERSHIP_TYPE:
                return self.membership_types
            case _:
                return self.lists


def newsletter_of(association_id: int) -> Newsletter:
    """Return the association's settings; the defaults when it never changed any."""
    row = NewsletterSettings.objects.filter(pk=association_id).first()
    row = row or NewsletterSettings(association_id=association_id)
    values = {name: getattr(row, name) for name in fields_dict(Newsletter)}
    return Newsletter(**{**values, "solution": Solution(row.solution)})


@transaction.atomic
def change_newsletter(
    *, association_id: int, changes: Mapping[str, Any], by: str
) -> None:
    """Set some of the settings, named as in `Newsletter`. Raises `SettingsRefused`.

    The caller has the switched lists compared.
    """
    before = asdict(newsletter_of(association_id))
    _check(changes, {**before, **changes})
    changed = {name: value for name, value in changes.items() if before[name] != value}
    if not changed:
        return
    NewsletterSettings.objects.update_or_create(
        association_id=association_id, defaults=changed
    )
    record(
        association_id=association_id,
        by=by,
        action="newsletter_settings_changed",
        subject="newsletter",
        details={
            "before": {name: str(before[name]) for name in changed},
            "after": {name: str(value) for name, value in changed.items()},
        },
    )


def _check(changes: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    if unknown := changes.keys() - fields_dict(Newsletter).keys():
        raise SettingsRefused(
            _("There is no setting %(unknown)s.")
            % {"unknown": ", ".join(sorted(unknown))}
        )
    if wanted["solution"] not in Solution.values:
        raise SettingsRefused(
            _("The newsletter solution is one of %(values)s.")
            % {"values": ", ".join(Solution.values)}
        )
    if not one_line(wanted["representatives_name"]):
        raise SettingsRefused(_("The list of all representatives needs a name."))
    if wanted["window_from"] == wanted["window_to"]:
        raise SettingsRefused(
            _("The nightly window must end at another time than it begins.")
        )
    try:
        ZoneInfo(wanted["time_zone"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsRefused(
            _(
                "There is no time zone '%(time_zone)s'. Give one such as"
                " America/Chicago."
            )
            % {"time_zone": wanted["time_zone"]}
        ) from error
