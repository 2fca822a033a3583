"""`nights`: what the nightly runs did."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
from django_scopes import scope

from rollkeeper.cli.choosing import association_named
from rollkeeper.cli.output import answer_json, answer_table
from rollkeeper.ledger.nightly import NightReport, nights
from rollkeeper.ledger.services.newsletter import Newsletter, newsletter_of
from rollkeeper.ledger.services.nights import follow_runs


def run(limit: int, slug: str | None, *, as_json: bool) -> None:
    """Show the last nights, the newest first, and the one to come."""
    association = association_named(slug)
    follow_runs()
    with scope(association=association):
        newsletter = newsletter_of(association.pk)
        found = nights(limit)
    if as_json:
        answer_json([_document(one) for one in found])
        return
    if not found:
        click.echo(_why_none(newsletter))
        return
    zone = ZoneInfo(newsletter.time_zone)
    answer_table(
        f"Nights, by the clocks of {newsletter.time_zone}",
        ("night", "began", "took", "ended as", "changes", "held", "waiting", "run"),
        [
            (
                one.night,
                _clock(one.started_at or one.starts_at, zone),
                _in_words(one.took),
                str(one.state.label),
                ", ".join(f"{count} {kind}" for kind, count in one.counts.items()),
                one.held,
                one.waiting,
                "" if one.run_id is None else str(one.run_id),
            )
            for one in found
        ],
    )
    for one in found:
        if one.remark:
            click.echo(f"{one.night}: {one.remark}")


def _document(one: NightReport) -> dict[str, Any]:
    return {
        "night": one.night,
        "state": one.state,
        "starts_at": one.starts_at,
        "started_at": one.started_at,
        "finished_at": one.finished_at,
        "run": one.run_id,
        "counts": one.counts,
        "held": one.held,
        "waiting": one.waiting,
        "held_up": one.held_up,
        "note": one.note,
    }


def _why_none(newsletter: Newsletter) -> str:
    if newsletter.nightly:
        return (
            "No night yet. They begin after the first sync: 'rollkeeper sync' makes it."
        )
    return "Nightly runs are switched off: 'rollkeeper settings nightly on'."


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _in_words(took: timedelta | None) -> str:
    if took is None:
        return ""
    minutes, seconds = divmod(int(took.total_seconds()), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
