"""`audit`: who did what, and whether the record of it is whole."""

from __future__ import annotations

import click
from attrs import asdict
from django_scopes import scope

from rollkeeper.audit import chain, selectors
from rollkeeper.audit.models import Entry
from rollkeeper.audit.selectors import Sought
from rollkeeper.audit.words import in_words
from rollkeeper.cli.choosing import association_named
from rollkeeper.cli.output import FAILED, answer_json, answer_table, end, say


def show(sought: Sought, limit: int, slug: str | None, *, as_json: bool) -> None:
    """List entries, the newest first."""
    association = association_named(slug)
    with scope(association=association):
        found = list(selectors.entries(association.pk, sought)[:limit])
    if as_json:
        answer_json([_document(one) for one in found])
        return
    answer_table(
        "Who did what",
        ("entry", "when (UTC)", "who", "what", "about"),
        [
            (one.pk, one.at, one.actor, in_words(one.action), one.subject)
            for one in found
        ],
    )


def verify(slug: str | None, *, as_json: bool) -> None:
    """Look at each entry; end with status 1 when one does not fit."""
    association = association_named(slug)
    verdict = chain.verify(association.pk)
    if as_json:
        answer_json({"holds": verdict.holds, **asdict(verdict)})
    elif verdict.broken is None:
        click.echo(f"{verdict.entries:,} entries, complete and unchanged.")
        if verdict.last_id is not None:
            say(
                f"The last is {verdict.last_id}, with the digest {verdict.last_digest}."
                " Kept elsewhere, it tells later that nothing up to here was lost."
            )
    else:
        click.echo(f"Broken: {verdict.broken}.")
        say(
            f"{verdict.broken.in_all:,} of {verdict.entries:,} entries do not fit the"
            " one before them. What stands before the first of them is as it was"
            " written. Find out who has direct access to the database, and compare"
            " with a backup."
        )
    if not verdict.holds:
        end(FAILED)


def _document(entry: Entry) -> dict[str, object]:
    return {
        "entry": entry.pk,
        "at": entry.at,
        "by": entry.actor,
        "action": entry.action,
        "about": entry.subject,
        "details": entry.details,
        "digest": entry.digest,
    }
