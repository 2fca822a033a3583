"""`settings`: which newsletter lists an association keeps, and when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any, Final

from django_scopes import scope

from rollkeeper.cli.choosing import actor, association_named
from rollkeeper.cli.output import WRONG_USE, Stopped, answer_json, answer_table
from rollkeeper.engine.newsletter import change
from rollkeeper.ledger.services.newsletter import (
    Newsletter,
    SettingsRefused,
    newsletter_of,
)

_WINDOW = re.compile(r"(\d\d?):(\d\d)-(\d\d?):(\d\d)")

MEANING: Final[Mapping[str, str]] = {
    "solution": "where newsletters are sent from",
    "representatives": "keep the list of all active representatives",
    "membership_types": "keep a list for each membership type",
    "lists": "keep lists, committees and groups that are switched on",
    "switch_on_new_lists": "new lists are switched on when they are made",
    "representatives_name": "what the list of all representatives is called there",
    "nightly": "compare everything every night",
    "window": "the hours in which the night's run begins",
    "time_zone": "whose clocks the window goes by",
}


def run(
    name: str | None, value: str | None, slug: str | None, *, as_json: bool
) -> None:
    """Show the settings, after setting one."""
    association = association_named(slug)
    with scope(association=association):
        if name is not None:
            wanted = _parsed(name, value)
            try:
                change(association_id=association.pk, changes=wanted, by=actor())
            except SettingsRefused as error:
                raise Stopped(str(error), status=WRONG_USE) from None
        now = _shown(newsletter_of(association.pk))
    if as_json:
        answer_json(now)
        return
    answer_table(
        "Newsletter settings",
        ("setting", "value", "what it means"),
        [(name, value, MEANING[name]) for name, value in now.items()],
    )


def _shown(newsletter: Newsletter) -> dict[str, str | bool]:
    window = f"{newsletter.window_from:%H:%M}-{newsletter.window_to:%H:%M}"
    return {
        name: window if name == "window" else _value(getattr(newsletter, name))
        for name in MEANING
    }


def _value(value: Any) -> str | bool:
    return value if isinstance(value, bool) else str(value)


def _parsed(name: str, value: str | None) -> dict[str, Any]:
    if name not in MEANING:
        raise Stopped(
            f"There is no setting '{name}'. There are {', '.join(MEANING)}.",
            status=WRONG_USE,
        )
    if value is None:
        raise Stopped(
            f"Say what '{name}' shall be: rollkeeper settings {name} VALUE.",
            status=WRONG_USE,
        )
    if name == "window":
        return _window(value)
    return {name: _switch(value) if name in _SWITCHES else value.strip()}


def _switch(value: str) -> bool:
    said = value.strip().lower()
    if said in ("on", "yes", "true"):
        return True
    if said in ("off", "no", "false"):
        return False
    raise Stopped(f"'{value}' is neither on nor off.", status=WRONG_USE)


def _window(value: str) -> dict[str, time]:
    match = _WINDOW.fullmatch(value.replace(" ", ""))
    try:
        hour, minute, last_hour, last_minute = map(int, match.groups() if match else ())
        return {
            "window_from": time(hour, minute),
            "window_to": time(last_hour, last_minute),
        }
    except ValueError:
        raise Stopped(
            f"'{value}' is no window. Write it like 01:00-04:00; it may pass midnight.",
            status=WRONG_USE,
        ) from None


_SWITCHES: Final = frozenset(
    {"representatives", "membership_types", "lists", "switch_on_new_lists", "nightly"}
)
