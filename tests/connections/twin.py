"""What a person, or somebody over there, does at the twin."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
from attrs import frozen


@frozen(kw_only=True)
class Twin:
    url: str

    def control(self, name: str, **told: Any) -> Any:
        return httpx2.post(f"{self.url}/__control__/{name}", json=told).json()

    def asked(self) -> list[str]:
        """Return the paths of all requests so far."""
        calls = httpx2.get(f"{self.url}/__control__/calls").json()["calls"]
        return [call["path"] for call in calls]

    def account_id(self, **account: str) -> str:
        state = httpx2.get(f"{self.url}/__control__/state", params=account).json()
        return str(state["account"]["account_id"])

    def allow(self, address: str, *, account_id: str | None = None) -> dict[str, str]:
        """Log in and press Allow; return what the browser takes back to us."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert httpx2.get(address).status_code == 200
        answer = httpx2.post(
            f"{self.url}/oauth2/default/v1/authorize",
            data={
                **asked,
                "account": account_id or self.account_id(),
                "decision": "allow",
            },
        )
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
