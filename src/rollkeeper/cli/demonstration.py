"""`demo`: a sample chamber, a provider twin, web and worker, all on this machine."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from pathlib import Path
from typing import Final

import click

from rollkeeper.cli.house import House
from rollkeeper.cli.output import Stopped, say
from rollkeeper.cli.serving import Process, keep_running, rollkeeper

WEB_PORT, TWIN_PORT = 8000, 9000
SAMPLE_CONTACTS: Final = 1000
USERNAME: Final = "demo"


def demo(house: House) -> None:
    """Start everything, say where it is and what to try, and run until Ctrl-C."""
    web_port, twin_port = _free_port(WEB_PORT), _free_port(TWIN_PORT)
    _point_at_the_twin(web_port, twin_port)
    say("Starting the embedded PostgreSQL …")
    house.ready()
    from rollkeeper.cli import sample_chamber

    password = _password(house.home())
    sample_chamber.make(
        house.home(), username=USERNAME, password=password, contacts=SAMPLE_CONTACTS
    )
    twin = [sys.executable, "-m", "mailtwin", "serve", "--port", str(twin_port)]
    twin += ["--state", str(house.home() / "mailtwin.sqlite")]
    log = house.home() / "demo.log"
    processes = [
        Process("twin", twin, log),
        Process("web server", rollkeeper("web"), log),
        Process("worker", rollkeeper("worker"), log),
    ]
    twin_address = f"http://127.0.0.1:{twin_port}"
    keep_running(
        house,
        processes,
        when_up=lambda: _announce(house.base_url(), twin_address, password),
    )


def _announce(pages: str, twin: str, password: str) -> None:
    click.echo(
        f"""
Rollkeeper    {pages}
Sign in as    {USERNAME}
Password      {password}
The twin      {twin}   (stands in for Constant Contact; no mail is ever sent)

Three things to try
  1. Settings, Integrations: press Connect, then Log in and Allow;
     back on the page, press Sync, and watch the lists fill on the twin's page.
  2. Set Do Not Contact on any contact: within seconds it is gone over there.
  3. On the twin's page act as a person and unsubscribe. Press Sync here, or wait five
     minutes: the contact's page says No Mass Emails, and since when.

Ctrl-C ends all of it; what you changed is kept for the next start.
""",
        err=True,
    )


def _free_port(wanted: int) -> int:
    """Return the port, or the next one that nobody listens on."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Stopped(f"No free port from {wanted} to {wanted + 49} on 127.0.0.1.")


def _point_at_the_twin(web_port: int, twin_port: int) -> None:
    """The demo speaks to nobody but the twin, whatever the environment says."""
    twin = f"http://127.0.0.1:{twin_port}"
    os.environ["ROLLKEEPER_BASE_URL"] = f"http://127.0.0.1:{web_port}"
    os.environ["ROLLKEEPER_CONSTANT_CONTACT_CLIENT_ID"] = "rollkeeper-demo"
    os.environ["ROLLKEEPER_CONSTANT_CONTACT_API_URL"] = f"{twin}/v3"
    os.environ["ROLLKEEPER_CONSTANT_CONTACT_AUTH_URL"] = f"{twin}/oauth2/default/v1"
    os.environ.pop("ROLLKEEPER_CONSTANT_CONTACT_CLIENT_SECRET", None)


def _password(home: Path) -> str:
    """The same at every start, and nobody else's."""
    kept = home / "demo-password"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(12), encoding="ascii")
    return kept.read_text(encoding="ascii")
