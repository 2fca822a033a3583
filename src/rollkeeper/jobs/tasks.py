"""The tasks of the workers, and when they come round.

    tick      every 2 s    associations with marks: one `sync` job per connection
    nights    every minute connections whose nightly run is due
    pull_all  every 5 min  opt-outs of every connection; whom to ask to come back
    probes    every 5 min  accounts that nothing was heard of for a day
    notices   every 15 s   what staff are told of: found, and made into messages
    mail      every 15 s   messages that are due
    seldom    every 5 min  what staff are told of that can wait, and their digests
    rescue    every 10 s   jobs of workers that died let go of their locks
    imports   every 10 s   imports that staff make and no worker has taken up
    prune     every hour   request debits that no limit counts any more, old files

A connection's jobs share one lock, so that at most one runs; a queueing lock keeps at
most one waiting.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

import structlog
from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status

from rollkeeper.connections.clock import database_time
from rollkeeper.core.values import ConnectionId, ListId
from rollkeeper.engine import (
    beginning,
    connecting,
    due,
    probing,
    reconcile,
    resubscribing,
    summing,
    uploads,
)
from rollkeeper.engine import nights as nights_of
from rollkeeper.engine.coordinator import Busy
from rollkeeper.engine.noticing.delivering import deliver
from rollkeeper.engine.noticing.digests import digest
from rollkeeper.engine.noticing.looking import look_often, look_seldom
from rollkeeper.engine.noticing.telling import tell
from rollkeeper.engine.postgres import STORE
from rollkeeper.engine.postgres.statistics import refresh_statistics
from rollkeeper.engine.reconcile import NotConnected, Surroundings
from rollkeeper.ledger.services.nights import NIGHTLY

log = structlog.get_logger()

SYNC_QUEUE: Final = "sync"
TICK_QUEUE: Final = "tick"
IMPORT_QUEUE: Final = "import"
DEAD_AFTER_SECONDS: Final = 20
"""A worker that has not been heard of for so long is dead."""

DEBITS_KEPT: Final = timedelta(days=3)

_AGAIN_WHEN_BUSY = RetryStrategy(wait=5, retry_exceptions={Busy})


def surroundings() -> Surroundings:
    """Return what runs use in earnest: real providers, the real clock."""
    return Surroundings(
        store=STORE,
        open_provider=connecting.open_provider,
        capabilities=connecting.capabilities,
        sleep=time.sleep,
    )


def defer_sync(
    *,
    connection_id: int,
    by: str,
    everything: bool = False,
    list_id: int | None = None,
) -> None:
    """Have a worker synchronize the connection soon.

    With *everything* or *list_id* that is compared; else what marks ask for. The wish
    is durable, whether a worker runs or not; asking twice is asking once. Raises
    `NotBegun` for a list while the first sync of everything was not started.
    """
    if list_id is not None:
        beginning.require(connection_id)
    if everything or list_id is not None:
        reconcile.request(
            STORE,
            connection_id=connection_id,
            list_id=None if list_id is None else ListId(list_id),
            by_hand=True,
        )
    _defer_once("sync", connection_id=connection_id, by=by)


def _defer_once(task: str, *, connection_id: int, by: str) -> None:
    configured = app.configure_task(
        name=f"rollkeeper.{task}",
        queue=SYNC_QUEUE,
        lock=f"connection:{connection_id}",
        queueing_lock=f"{task}:{connection_id}",
    )
    try:
        with transaction.atomic():  # a conflict undoes this much and no more
            configured.defer(connection_id=connection_id, by=by)
    except AlreadyEnqueued:
        log.debug("job_already_waiting", task=task, connection=connection_id)


@app.task(name="rollkeeper.sync", queue=SYNC_QUEUE, retry=_AGAIN_WHEN_BUSY)
def sync(connection_id: int, by: str) -> None:
    """Do what marks ask for. Those of a night are its own, whatever wakes the job."""
    by = nights_of.asker(connection_id, by)
    try:
        run = reconcile.sync(
            connection_id=connection_id, by=by, surroundings=surroundings()
        )
    except NotConnected:
        log.info("sync_skipped", connection=connection_id)
        return
    summing.keep(run)
    log.info(
        "run_ended",
        run=run.pk,
        connection=connection_id,
        state=run.state,
        requests=run.requests,
    )


def defer_look(*, connection_id: int, by: str) -> None:
    """Have a worker read soon what is over there, without changing anything."""
    _defer_once("look", connection_id=connection_id, by=by)


@app.task(name="rollkeeper.look", queue=SYNC_QUEUE, retry=_AGAIN_WHEN_BUSY)
def look(connection_id: int, by: str) -> None:
    """Read what is over there, before the first sync."""
    try:
        reconcile.look(connection_id=connection_id, by=by, surroundings=surroundings())
    except NotConnected:
        log.info("look_skipped", connection=connection_id)
        return
    refresh_statistics()


@app.task(name="rollkeeper.pull", queue=SYNC_QUEUE, retry=_AGAIN_WHEN_BUSY)
def pull(connection_id: int, by: str) -> None:
    """Fetch the opt-outs of one connection."""
    try:
        reconcile.pull(connection_id=connection_id, by=by, surroundings=surroundings())
    except NotConnected:
        log.info("pull_skipped", connection=connection_id)
        return
    refresh_statistics()


def defer_import(import_id: int) -> None:
    """Have a worker do the next step of an import."""
    configured = app.configure_task(
        name="rollkeeper.import",
        queue=IMPORT_QUEUE,
        lock=f"import:{import_id}",
        queueing_lock=f"import:{import_id}",
    )
    try:
        with transaction.atomic():
            configured.defer(import_id=import_id)
    except AlreadyEnqueued:
        log.debug("job_already_waiting", task="import", id=import_id)


@app.task(name="rollkeeper.import", queue=IMPORT_QUEUE)
def bring_in(import_id: int) -> None:
    """Do what the state of the import asks for."""
    uploads.work(import_id, surroundings=surroundings(), now=database_time())


@app.periodic(cron="* * * * * */10")
@app.task(
    name="rollkeeper.imports", queue=TICK_QUEUE, queueing_lock="imports", lock="imports"
)
def imports(timestamp: int) -> None:
    """Take up again what a dead worker has left."""
    for import_id in uploads.waiting():
        defer_import(import_id)


def defer_asking(*, connection_id: int, by: str) -> None:
    """Have a worker send the mails soon that ask people to come back."""
    _defer_once("ask_to_resubscribe", connection_id=connection_id, by=by)


@app.task(
    name="rollkeeper.ask_to_resubscribe", queue=SYNC_QUEUE, retry=_AGAIN_WHEN_BUSY
)
def ask_to_resubscribe(connection_id: int, by: str) -> None:
    """Send what waits. What cannot be sent now is looked at again with the opt-outs."""
    try:
        reconcile.ask_to_resubscribe(
            connection_id=connection_id,
            by=by,
            surroundings=surroundings(),
            open_asking=connecting.open_asking,
        )
    except NotConnected:
        log.info("asking_skipped", connection=connection_id)


@app.periodic(cron="* * * * * */2")
@app.task(name="rollkeeper.tick", queue=TICK_QUEUE, queueing_lock="tick", lock="tick")
def tick(timestamp: int) -> None:
    """Find connections with something to do, and have it done."""
    for connection_id in due.to_synchronize():
        _defer_once("sync", connection_id=connection_id, by="rule:change")


@app.periodic(cron="* * * * *")
@app.task(
    name="rollkeeper.nights", queue=TICK_QUEUE, queueing_lock="nights", lock="nights"
)
def nights(timestamp: int) -> None:
    """Begin the nightly runs that are due."""
    nights_of.Watch(capabilities=connecting.capabilities, ask=_ask_by_night).look()


def _ask_by_night(connection_id: int) -> None:
    reconcile.request(STORE, connection_id=connection_id)
    _defer_once("sync", connection_id=connection_id, by=NIGHTLY)


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="rollkeeper.pull_all", queue=TICK_QUEUE, queueing_lock="pull_all", lock="tick"
)
def pull_all(timestamp: int) -> None:
    """Have the opt-outs of every connection fetched."""
    for connection_id in due.to_pull():
        _defer_once("pull", connection_id=ConnectionId(connection_id), by="rule:pull")
    for connection_id in resubscribing.waiting():
        defer_asking(connection_id=connection_id, by="rule:pull")


@app.task(name="rollkeeper.probe", queue=SYNC_QUEUE)
def probe(connection_id: int, by: str) -> None:
    """Find out whether an account still lets us in."""
    probing.probe(connection_id=connection_id)


@app.periodic(cron="2-59/5 * * * *")
@app.task(
    name="rollkeeper.probes", queue=TICK_QUEUE, queueing_lock="probes", lock="probes"
)
def probes(timestamp: int) -> None:
    """Have the accounts asked that nothing was heard of."""
    for connection_id in probing.to_probe():
        _defer_once("probe", connection_id=connection_id, by="rule:probe")


@app.periodic(cron="* * * * * */15")
@app.task(
    name="rollkeeper.notices",
    queue=TICK_QUEUE,
    queueing_lock="notices",
    lock="notices",
)
def notices(timestamp: int) -> None:
    """Find what staff are to be told of, and make the messages."""
    now = database_time()
    look_often(now=now)
    tell(now=now)


@app.periodic(cron="1-59/5 * * * *")
@app.task(
    name="rollkeeper.seldom", queue=TICK_QUEUE, queueing_lock="seldom", lock="notices"
)
def seldom(timestamp: int) -> None:
    """Find what can wait some minutes, and make the digests that are due."""
    now = database_time()
    look_seldom(now=now)
    tell(now=now)
    digest(now=now)


@app.periodic(cron="* * * * * */15")
@app.task(name="rollkeeper.mail", queue=TICK_QUEUE, queueing_lock="mail", lock="mail")
def mail(timestamp: int) -> None:
    """Send the messages that are due, and those that failed before."""
    deliver()


@app.periodic(cron="* * * * * */10")
@app.task(
    name="rollkeeper.rescue", queue=TICK_QUEUE, queueing_lock="rescue", lock="rescue"
)
async def rescue(timestamp: int) -> None:
    """Drop the jobs of dead workers, and with them the locks that they hold.

    Nothing is lost: marks and open operations say what is left to do, and the next
    tick sees them. Putting the job back could clash with one that waits already.
    """
    stalled = await app.job_manager.get_stalled_jobs(
        seconds_since_heartbeat=DEAD_AFTER_SECONDS
    )
    for job in stalled:
        await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
        log.warning("job_rescued", job=job.id, task=job.task_name)


@app.periodic(cron="7 * * * *")
@app.task(
    name="rollkeeper.prune", queue=TICK_QUEUE, queueing_lock="prune", lock="prune"
)
def prune(timestamp: int) -> None:
    """Drop debits that no limit counts any more, and files that nobody imported."""
    due.forget_debits(older_than=DEBITS_KEPT)
    uploads.prune(now=database_time())
