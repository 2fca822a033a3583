"""Eight worker processes and two hundred ends of an access token (I21).

The twin's refresh tokens are good once: a second call with the same one is refused, and
would cut the connection. So each end must lead to exactly one token call.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from itertools import cycle

import httpx2
import pytest
from django.db import connection as database
from django.db.models.functions import Now
from psycopg.conninfo import make_conninfo
from tests.builders import an_association
from tests.connections.given import again
from tests.connections.test_tokens import put
from tests.connections.test_with_a_twin import connect
from tests.connections.twin import Twin

from rollkeeper.connections.models import Connection, ConnectionState

WORKERS, ENDS = 8, 200

# Who waits for another's refresh looks again at once instead of after a while: then the
# length of this test is that of its calls.
ASK = """
import hashlib, os, sys
from rollkeeper.config import setup
setup()
from django.conf import settings
from rollkeeper.connections.tokens import StoredTokens
from rollkeeper.engine.lending import TokenEndpoint
from rollkeeper.providers import registry
from rollkeeper.providers.registry import ProviderSettings

given = settings.PROVIDERS["constant_contact"]
access = ProviderSettings(
    client_id=given.client_id, client_secret=given.client_secret,
    api_url=given.api_url, auth_url=given.auth_url,
)
endpoint = TokenEndpoint(client=registry.oauth("constant_contact", access))
tokens = StoredTokens(
    connection_id=int(sys.argv[1]), refresher=endpoint,
    sleep=lambda _: os.sched_yield(),
)
held = tokens.access()
print("ready", flush=True)
for line in sys.stdin:
    held = tokens.access() if line == "ended\\n" else tokens.renew(held)
    print(hashlib.sha256(held.encode()).hexdigest(), flush=True)
"""


@contextmanager
def a_worker(connection: Connection, twin: Twin) -> Iterator[subprocess.Popen[str]]:
    """Run a process that gets itself a token whenever it is told to."""
    used = database.settings_dict
    environment = {
        **os.environ,
        "ROLLKEEPER_DATABASE_URL": make_conninfo(
            host=used["HOST"], port=used["PORT"], user=used["USER"], dbname=used["NAME"]
        ),
        "ROLLKEEPER_CONSTANT_CONTACT_CLIENT_ID": "our-key",
        "ROLLKEEPER_CONSTANT_CONTACT_API_URL": f"{twin.url}/v3",
        "ROLLKEEPER_CONSTANT_CONTACT_AUTH_URL": f"{twin.url}/oauth2/default/v1",
        "PYTHONPATH": "src",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", ASK, str(connection.pk)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.communicate()


def say(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{word}\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def token_calls(twin: Twin) -> list[int]:
    """Return how the token endpoint answered each call."""
    calls = httpx2.get(f"{twin.url}/__control__/calls").json()["calls"]
    return [call["status"] for call in calls if call["path"].endswith("/token")]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.django_db(transaction=True)
def test_each_end_of_a_token_leads_to_one_call_however_many_want_another(  # I21
    twin: Twin, record_property: Callable[[str, object], None]
) -> None:
    connection = connect(an_association(), twin)
    before = len(token_calls(twin))
    with ExitStack() as stack:
        workers = [
            stack.enter_context(a_worker(connection, twin)) for _ in range(WORKERS)
        ]
        assert [hear(worker) for worker in workers] == ["ready"] * WORKERS
        began, given = time.monotonic(), list[str]()
        for _, how in zip(range(ENDS), cycle(("ended", "refused")), strict=False):
            if how == "ended":
                put(connection, access_expires_at=Now() - timedelta(seconds=1))
            for worker in workers:
                say(worker, how)
            (answer,) = {hear(worker) for worker in workers}
            given.append(answer)
        took = time.monotonic() - began

    answers = token_calls(twin)[before:]
    record_property(
        "figure",
        f"{WORKERS} workers, {ENDS} ends of a token: {len(answers)} token calls,"
        f" {answers.count(200)} of them granted, in {took:.0f} s",
    )
    assert answers == [200] * ENDS
    assert len(set(given)) == ENDS
    assert again(connection).state == ConnectionState.CONNECTED
