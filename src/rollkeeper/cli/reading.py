"""`explain`, `audiences`, `history` and `doctor`."""

from __future__ import annotations

import click
from attrs import asdict
from django.db.models import Count
from django_scopes import scope

from rollkeeper.cli.choosing import association_named, connection_of
from rollkeeper.cli.house import House
from rollkeeper.cli.output import FAILED, Stopped, answer_json, answer_table, end
from rollkeeper.cli.syncing import describe
from rollkeeper.directory.models import ContactList
from rollkeeper.engine.explain import Explanation, contacts_with
from rollkeeper.engine.explain import explain as explanations
from rollkeeper.ledger.models import Run
from rollkeeper.ledger.selectors import figures_by_list


def explain(email: str, slug: str | None, *, as_json: bool) -> None:
    association = association_named(slug)
    with scope(association=association):
        connection = connection_of(association)
        contacts = contacts_with(email)
        if not contacts:
            raise Stopped(
                f"Nobody in the directory has the address '{email}'."
                " Look for the contact by name on the Contacts page."
            )
        found = list(explanations(connection=connection, contacts=contacts))
    if as_json:
        answer_json([asdict(one) for one in found])
    elif found:
        for one in found:
            click.echo(_sentence(one))
    else:
        names = ", ".join(str(contact) for contact in contacts)
        click.echo(f"{names}: on no synchronized list. Put the contact on one.")


def _sentence(one: Explanation) -> str:
    step = "" if one.there else f" {one.next_step}"
    return f"{one.list_name}: {one.sentence}{step}"


def audiences(slug: str | None, *, as_json: bool) -> None:
    association = association_named(slug)
    with scope(association=association):
        here = dict(
            ContactList.objects.annotate(people=Count("memberships")).values_list(
                "pk", "people"
            )
        )
        connection = connection_of(association)
        rows = [
            {
                "audience": figures.name,
                "state": figures.state,
                "list_id": list_id,
                "made": figures.made,
                "on_the_list": here.get(list_id, 0),
                "at_the_provider": figures.ours,
                "strangers": figures.strangers,
            }
            for list_id, figures in sorted(
                figures_by_list(connection.pk).items(), key=lambda pair: pair[1].name
            )
        ]
    if as_json:
        answer_json(rows)
        return
    if not rows:
        click.echo("No list is synchronized yet. Switch one on, then run a sync.")
        return
    answer_table(
        "Audiences",
        ("audience", "state", "on the list", "at the provider", "strangers"),
        [
            (
                row["audience"],
                row["state"],
                row["on_the_list"],
                row["at_the_provider"],
                row["strangers"],
            )
            for row in rows
        ],
    )


def history(limit: int, slug: str | None, *, as_json: bool) -> None:
    association = association_named(slug)
    with scope(association=association):
        runs = list(Run.objects.order_by("-id")[:limit])
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
