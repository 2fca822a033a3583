"""`plan`, `sync` and `pull`."""

from __future__ import annotations

import sys
import time
from typing import Any

import click
from attrs import asdict
from django_scopes import scope

from rollkeeper.cli.choosing import (
    actor,
    association_named,
    connection_of,
    list_named,
)
from rollkeeper.cli.output import (
    FAILED,
    HELD,
    Stopped,
    answer_json,
    answer_table,
    end,
    say,
    stderr,
)
from rollkeeper.connections.models import Connection
from rollkeeper.core.values import ListId
from rollkeeper.directory import marks
from rollkeeper.engine import beginning, previewing, reconcile, summing
from rollkeeper.engine.beginning import NotBegun
from rollkeeper.engine.coordinator import Busy, is_busy
from rollkeeper.engine.forecast import forecast
from rollkeeper.engine.namesakes import undecided
from rollkeeper.engine.postgres import STORE
from rollkeeper.engine.previewing import CannotLook, Preview
from rollkeeper.engine.reconcile import NotConnected
from rollkeeper.engine.store import Run
from rollkeeper.engine.words import GUARDS
from rollkeeper.jobs import tasks
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.held import is_held
from rollkeeper.ledger.states import RunState

_STATUS = {
    RunState.DONE: 0,
    RunState.DONE_WITH_EXCEPTIONS: 0,
    RunState.RECONNECT_NEEDED: HELD,
}

_LOOK_AGAIN_SECONDS = 0.5


def plan(audience: str | None, slug: str | None, *, as_json: bool) -> None:
    association = association_named(slug)
    with scope(association=association):
        connection = connection_of(association)
        only_id = list_named(audience)
    found = _preview(connection, only_id)
    takes = forecast(connection_id=connection.pk, requests=found.requests)
    if as_json:
        answer_json(
            {
                **asdict(found),
                "is_empty": found.is_empty,
                "requests_left_today": takes.left_today,
                "days": takes.days,
            }
        )
        return
    show_preview(found)
    if not found.is_empty:
        click.echo(takes.in_words())


def _preview(connection: Connection, list_id: ListId | None) -> Preview:
    while True:
        try:
            return previewing.preview(
                connection_id=connection.pk,
                by=actor(),
                surroundings=tasks.surroundings(),
                list_id=list_id,
            )
        except Busy:
            wait_for_the_other(connection)
        except CannotLook as error:
            raise Stopped(f"Nothing can be planned now: {error}") from None


def show_preview(found: Preview) -> None:
    """Tell a person what a sync would do."""
    if found.is_empty:
        click.echo("Nothing to do: the lists are true.")
        return
    for name in found.lists_to_make:
        click.echo(f"make list  {name}")
    answer_table(
        f"A sync would make these changes, for about {found.requests} requests",
        ("change", "people"),
        [(word, count) for word, count in found.counts.items() if count],
    )
    if found.held:
        answer_table(
            "Waiting for you to decide, once they are planned",
            ("list", "people", "of", "because"),
            [
                (one.list or "all", one.people, one.of, GUARDS[one.guard])
                for one in found.held
            ],
        )
    answer_table(
        "Examples",
        ("change", "mailbox", "name", "lists", "because"),
        [
            (one.what, one.mailbox, one.name, ", ".join(one.lists), one.why)
            for one in found.examples
        ],
    )


def sync(
    audience: str | None, slug: str | None, *, wait: bool, yes: bool, as_json: bool
) -> None:
    association = association_named(slug)
    with scope(association=association):
        connection = connection_of(association)
        only_id = list_named(audience)
        if only_id is not None:
            _require_begun(connection)
    if connection.compared_at is None and not yes and sys.stdin.isatty():
        show_preview(_preview(connection, only_id))
        click.confirm("Make these changes?", abort=True, err=True)
    if not wait:
        _defer(connection, only_id, as_json=as_json)
        return
    reconcile.request(STORE, connection_id=connection.pk, list_id=only_id, by_hand=True)
    _answer_run(connection, _see_through(connection), as_json=as_json)


def _require_begun(connection: Connection) -> None:
    try:
        beginning.require(connection.pk)
    except NotBegun as error:
        raise Stopped(
            f"{error} 'rollkeeper plan' shows it, 'rollkeeper sync' starts it.",
            status=HELD,
        ) from None


def _defer(
    connection: Connection,
    list_id: ListId | None,
    *,
    as_json: bool,
) -> None:
    tasks.defer_sync(
        connection_id=connection.pk,
        by=actor(),
        everything=list_id is None,
        list_id=list_id,
    )
    if as_json:
        answer_json({"deferred": True})
    else:
        click.echo("A worker will do it. 'rollkeeper history' shows how it went.")


def _see_through(connection: Connection) -> Run:
    """Work until no mark is left; where a worker is at it, wait for that."""
    run: Run | None = None
    while True:
        try:
            with stderr.status("Synchronizing …"):
                run = reconcile.sync(
                    connection_id=connection.pk,
                    by=actor(),
                    surroundings=tasks.surroundings(),
                )
        except Busy:
            wait_for_the_other(connection)
            continue
        except NotConnected as error:
            raise Stopped(str(error), status=HELD) from None
        summing.keep(run)
        if run.state not in (RunState.DONE, RunState.DONE_WITH_EXCEPTIONS):
            return run
        if not _has_marks(connection):
            return _last_that_worked(connection, run)


def _last_that_worked(connection: Connection, run: Run) -> Run:
    """A worker may have done it all before our own run found nothing left."""
    return run if run.planned or run.requests else _newest(connection, run)


def _newest(connection: Connection, run: Run) -> Run:
    with scope(association=connection.association_id):
        return ledger.runs(connection.pk).filter(requests__gt=0).first() or run


def _has_marks(connection: Connection) -> bool:
    name = reconcile.follower_name(connection.pk)
    return any(one.name == name for one in marks.waiting())


def wait_for_the_other(connection: Connection) -> None:
    """Wait as long as another process works on the connection."""
    say("A worker is at it; waiting for it.")
    while is_busy(connection.pk):
        time.sleep(_LOOK_AGAIN_SECONDS)


def pull(slug: str | None, *, as_json: bool) -> None:
    association = association_named(slug)
    with scope(association=association):
        connection = connection_of(association)
    while True:
        try:
            run = reconcile.pull(
                connection_id=connection.pk,
                by=actor(),
                surroundings=tasks.surroundings(),
            )
        except Busy:
            wait_for_the_other(connection)
        else:
            break
    _answer_run(connection, run, as_json=as_json)


def _answer_run(connection: Connection, run: Run, *, as_json: bool) -> None:
    if as_json:
        answer_json(describe(run))
    else:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in run.counts.items())
        click.echo(
            f"{RunState(run.state).label}: {counts or 'nothing to change'};"
            f" {run.requests:,} requests, {run.writes:,} of them to write."
        )
        if run.message:
            say(run.message)
    if run.state == RunState.DONE_WITH_EXCEPTIONS and _waits_for_a_person(connection):
        end(HELD)
    end(_STATUS.get(RunState(run.state), FAILED))


def _waits_for_a_person(connection: Connection) -> bool:
    with scope(association=connection.association_id):
        holds, lists = is_held(connection.pk), len(undecided(connection.pk))
    if holds:
        say("Some of it waits for you to decide: 'rollkeeper holds' shows it.")
    if lists:
        say(
            f"The provider had {lists} lists of the same name already, with people on"
            " them: 'rollkeeper namesakes' lets you choose."
            if lists > 1
            else "The provider had a list of the same name already, with people on it:"
            " 'rollkeeper namesakes' lets you choose."
        )
    return holds or lists > 0


def describe(run: Run) -> dict[str, Any]:
    """Return a run as JSON shows it."""
    return {
        "run": run.pk,
        "kind": run.kind,
        "by": run.by,
        "state": run.state,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "counts": run.counts,
        "requests": run.requests,
        "writes": run.writes,
        "message": run.message,
        "retry_at": run.retry_at,
    }
