"""`python -m tests.prove.live.furnishing N TWIN PAUSE`: N associations, each connected
to an account of its own and following its directory. Prints what it made as JSON.

Between two connections it waits for PAUSE seconds, for the limits of the sign-in."""

from __future__ import annotations

import json
import sys
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

BY = "furnishing"


def main(count: int, twin: str, pause: float) -> None:
    from rollkeeper.config import startup

    startup.setup()
    startup.prepare_database()
    with httpx2.Client(base_url=twin, timeout=60) as browser:
        made = []
        for number in range(count):
            made.append(_furnish(number, browser))
            time.sleep(pause)
    sys.stdout.write(json.dumps(made))


def _furnish(number: int, browser: httpx2.Client) -> dict[str, Any]:
    from django_scopes import scope

    from rollkeeper.core.values import AssociationId
    from rollkeeper.directory.services import create_association
    from rollkeeper.engine import connecting
    from rollkeeper.jobs import tasks

    name = f"Chamber {number}"
    chamber = create_association(name=name, slug=f"chamber-{number}", by=BY)
    whose = AssociationId(chamber.pk)
    account = _post(browser, "/__control__/accounts", {"organization_name": name})
    address = connecting.begin_connecting(
        association_id=whose, provider="constant_contact", bound_to=BY
    )
    code, state = _allowed(browser, address, account["account_id"])
    with scope(association=whose):
        connection = connecting.finish_connecting(
            association_id=whose,
            provider="constant_contact",
            bound_to=BY,
            code=code,
            state=state,
            by=BY,
        )
    with scope(association=whose):
        _raise_limits(whose)
    tasks.defer_sync(connection_id=connection.pk, by=BY, everything=True)
    return {
        "association": chamber.pk,
        "slug": chamber.slug,
        "connection": connection.pk,
        "account": account["account_id"],
    }


def _raise_limits(association: int) -> None:
    """Let a day have as many removals as a session's rounds make in minutes."""
    from attrs import fields_dict

    from rollkeeper.core.guards import Limits, Share
    from rollkeeper.ledger.services.limits import change_limit

    for name in fields_dict(Limits):
        change_limit(
            association_id=association,
            name=name,
            share=Share(percent=100, least=100_000),
            by=BY,
        )


def _post(browser: httpx2.Client, path: str, body: dict[str, Any]) -> Any:
    answer = browser.post(path, json=body)
    answer.raise_for_status()
    return answer.json()


def _allowed(browser: httpx2.Client, address: str, account: str) -> tuple[str, str]:
    """Press "Allow" as the owner of the account; return what the browser brings."""
    asked = urlsplit(address)
    fields = {name: values[0] for name, values in parse_qs(asked.query).items()}
    form = {**fields, "account": account, "decision": "allow"}
    answer = browser.post(asked.path, data=form)
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    return back["code"][0], back["state"][0]


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
