"""`explain`, `audiences`, `history` and `doctor`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import click
from attrs import asdict
from django_scopes import scope

from rollkeeper.cli.choosing import association_named, connection_of
from rollkeeper.cli.house import House
from rollkeeper.cli.output import FAILED, Stopped, answer_json, answer_table, end
from rollkeeper.cli.syncing import describe
from rollkeeper.connections.models import Connection
from rollkeeper.connections.quota import today
from rollkeeper.core.eligibility import Reason
from rollkeeper.engine.capture import COUNT as MISSED
from rollkeeper.engine.equation import Sum
from rollkeeper.engine.explain import Explanation, contacts_with, explain_address
from rollkeeper.engine.explain import explain as explanations
from rollkeeper.engine.postgres.sums import sums
from rollkeeper.engine.words import TERMS, provider_name
from rollkeeper.ledger.models import AudienceState, DriftKind, Run
from rollkeeper.ledger.selectors import drift_of

DRIFT_SHOWN: Final = 50


def explain(email: str, slug: str | None, *, as_json: bool) -> None:
    association = association_named(slug)
    with scope(association=association):
        connection = connection_of(association)
        contacts = contacts_with(email)
        if contacts:
            found = explanations(connection=connection, contacts=contacts)
        else:
            found = explain_address(connection=connection, text=email)
            if not found:
                raise Stopped(
                    f"Nobody in the directory has the address '{email}', and it was"
                    f" never seen at {provider_name(connection.provider)} either."
                    " Look for the contact by name on the Contacts page."
                )
    if as_json:
        answer_json([asdict(one) for one in found])
    elif found:
        for one in found:
            click.echo(_sentence(one))
    else:
        names = ", ".join(str(contact) for contact in contacts)
        click.echo(f"{names}: on no synchronized list. Put the contact on one.")


def _sentence(one: Explanation) -> str:
    of = f"{one.list_name}: " if one.list_name else ""
    step = "" if one.there and one.contact_id else f" {one.next_step}"
    return f"{of}{one.sentence}{step}"


def audiences(slug: str | None, *, as_json: bool) -> None:
    association = association_named(slug)
    with scope(association=association):
        found = sums(connection_of(association))
    rows = [
        {
            "audience": one.target.name_there,
            "state": one.target.state,
            "list_id": one.target.list_id,
            "made": one.target.made,
            "on_the_list": one.members,
            "not_there": dict(one.not_there),
            "still_there": dict(one.still_there),
            "at_the_provider": one.there,
            "strangers": one.strangers,
        }
        for one in found
    ]
    if as_json:
        answer_json(rows)
        return
    if not rows:
        click.echo("No list is synchronized yet. Switch one on, then run a sync.")
        return
    for one in found:
        _show_sum(one)


def _show_sum(one: Sum) -> None:
    """Print the sum of a list so that it can be added up by hand."""
    lines = [("", one.members, "contacts on the list")]
    lines += [("-", number, TERMS[why]) for why, number in _largest(one.not_there)]
    lines += [
        ("+", number, f"addresses still there, {TERMS[why]}")
        for why, number in _largest(one.still_there)
    ]
    lines.append(("=", one.there, "addresses at the provider because of us"))
    if one.strangers:
        lines.append(("+", one.strangers, "others, put there by somebody else"))
    click.echo(f"{one.target.name} ({AudienceState(one.target.state).label})")
    for sign, number, what in lines:
        click.echo(f"  {sign:1} {number:>9,}  {what}")


def _largest(terms: Mapping[Reason, int]) -> list[tuple[Reason, int]]:
    return sorted(terms.items(), key=lambda term: (-term[1], term[0]))


def history(limit: int, slug: str | None, *, as_json: bool) -> None:
    association = association_named(slug)
    with scope(association=association):
        runs = list(Run.objects.order_by("-id")[:limit])
        connection = Connection.objects.order_by("pk").last()
    if as_json:
        answer_json([describe(run) for run in runs])
        return
    if not runs:
        click.echo("No run yet. 'rollkeeper sync' makes the first.")
        return
    answer_table(
        "Last runs",
        ("run", "what", "began", "ended as", "changes", "requests", "by"),
        [
            (
                run.pk,
                run.get_kind_display(),
                run.started_at,
                run.get_state_display(),
                ", ".join(f"{count} {kind}" for kind, count in run.counts.items()),
                run.requests,
                run.by,
            )
            for run in runs
        ],
    )
    if connection is not None:
        click.echo(f"{today(connection.application_id).in_words()}.")


def one_run(run_id: int, slug: str | None, *, as_json: bool) -> None:
    association = association_named(slug)
    with scope(association=association):
        run = Run.objects.filter(pk=run_id).first()
        if run is None:
            raise Stopped(
                f"There is no run {run_id}. 'rollkeeper history' lists the last ones."
            )
        found = drift_of(run_id)
        changes = [
            {
                "kind": one.kind,
                "mailbox": one.mailbox,
                "audience": one.audience.name if one.audience else None,
                "was": one.was,
                "now": one.now,
            }
            for one in (found if as_json else found[:DRIFT_SHOWN])
        ]
        more = found.count() - len(changes)
    if as_json:
        answer_json({**describe(run), "drift": changes})
    else:
        _show_run(run, changes, more)


def _show_run(run: Run, drift: Sequence[Mapping[str, str | None]], more: int) -> None:
    counts = ", ".join(f"{count:,} {kind}" for kind, count in run.counts.items())
    click.echo(
        f"Run {run.pk}, {run.get_kind_display().lower()}, by {run.by}:"
        f" {run.get_state_display()}. {run.message}".rstrip()
    )
    click.echo(f"{counts or 'Nothing to change'}; {run.requests:,} requests.")
    if missed := run.counts.get(MISSED):
        click.echo(
            f"No mark had named {missed:,} of the changes, which should not happen:"
            " please tell whoever looks after Rollkeeper."
        )
    if drift:
        answer_table(
            "Changed at the provider behind our back",
            ("what", "mailbox", "list", "was", "is now"),
            [
                (
                    str(DriftKind(one["kind"] or "").label),
                    one["mailbox"],
                    one["audience"] or "",
                    one["was"],
                    one["now"],
                )
                for one in drift
            ],
        )
    if more:
        click.echo(f"And {more:,} more: --json has them all.")


def doctor(house: House, *, as_json: bool) -> None:
    findings = house.findings()
    if as_json:
        answer_json([asdict(one) for one in findings])
    else:
        for one in findings:
            click.echo(f"{'ok ' if one.ok else 'BAD'}  {one.name}: {one.message}")
            if not one.ok:
                click.echo(f"     {one.remedy}")
    end(0 if all(one.ok for one in findings) else FAILED)
