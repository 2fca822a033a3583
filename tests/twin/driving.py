"""Drives a running twin the way a client, or a tester, would."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

import httpx2
from attrs import define, field
from tests.twin import contract

from mailtwin.server import running
from mailtwin.settings import Settings

Json = Any
SCOPE = "contact_data account_read account_update offline_access"
OAUTH = "/oauth2/default/v1"
NOBODY = "00000000-0000-4000-8000-000000000000"


def _judge(response: httpx2.Response) -> None:
    response.read()
    if contract.CONTRACT.exists() and response.request.url.path.startswith("/v3/"):
        contract.load().check(response)


@define
class Twin:
    """A twin and a token for it. Every API answer is held against the contract."""

    url: str
    http: httpx2.Client = field(init=False)
    bearer: str = ""

    def __attrs_post_init__(self) -> None:
        hooks: Any = {"response": [_judge]}
        self.http = httpx2.Client(base_url=self.url, event_hooks=hooks, timeout=60)

    def control(self, name: str, **arguments: Json) -> Json:
        """Send a control call and return its answer."""
        response = self.http.post(f"/__control__/{name}", json=arguments)
        assert response.status_code == 200, response.text
        return response.json()

    def look(self, name: str, **query: str) -> Json:
        return self.http.get(f"/__control__/{name}", params=query).json()

    def reset(self, scope: str = SCOPE, **settings: Json) -> None:
        self.control("reset")
        if settings:
            self.control("switches", **settings)
        self.bearer = self.control("token", scope=scope)["access_token"]

    def advance(self, seconds: float) -> None:
        self.control("clock", advance=seconds)

    def violations(self) -> list[str]:
        return [each["kind"] for each in self.look("violations")["violations"]]

    def state(self) -> Json:
        return self.look("state")

    def members(self, name: str) -> list[str]:
        """Return the addresses on a list, sorted."""
        (found,) = [each for each in self.state()["lists"] if each["name"] == name]
        members: list[str] = found["members"]
        return members

    def person(self, address: str) -> Json:
        """Return a contact as the state shows it."""
        (found,) = [c for c in self.state()["contacts"] if c["address"] == address]
        return found

    # the API

    def call(self, method: str, path: str, **options: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.bearer}"}
        headers |= options.pop("headers", {})
        return self.http.request(method, path, headers=headers, **options)

    def get(self, path: str, **query: Json) -> httpx2.Response:
        return self.call("GET", f"/v3{path}", params=query)

    def post(self, path: str, body: Json) -> httpx2.Response:
        return self.call("POST", f"/v3{path}", json=body)

    def put(self, path: str, body: Json) -> httpx2.Response:
        return self.call("PUT", f"/v3{path}", json=body)

    def delete(self, path: str) -> httpx2.Response:
        return self.call("DELETE", f"/v3{path}")

    def follow(self, page: Json) -> httpx2.Response:
        return self.call("GET", page["_links"]["next"]["href"])

    def new_list(self, name: str) -> str:
        answer = self.post("/contact_lists", {"name": name})
        assert answer.status_code == 201, answer.text
        list_id: str = answer.json()["list_id"]
        return list_id

    def new_contact(self, address: str, **more: Json) -> str:
        body = {
            "create_source": "Account",
            "email_address": {"address": address},
            **more,
        }
        answer = self.post("/contacts", body)
        assert answer.status_code == 201, answer.text
        contact_id: str = answer.json()["contact_id"]
        return contact_id

    def read(self, contact_id: str) -> Json:
        """Return a contact with all it has."""
        every = (
            "custom_fields,list_memberships,phone_numbers,street_addresses,"
            "taggings,notes"
        )
        return self.get(f"/contacts/{contact_id}", include=every).json()

    def put_contact(self, contact_id: str, /, **changes: Json) -> httpx2.Response:
        """Read a contact, change it, and send the whole of it back."""
        body = {**self.read(contact_id), "update_source": "Account", **changes}
        return self.put(f"/contacts/{contact_id}", body)

    def run(self, kind: str, body: Json) -> Json:
        """Queue a job, let it end, and return it as it then is."""
        answer = self.post(f"/activities/{kind}", body)
        assert answer.status_code == 201, answer.text
        return self.finish(answer.json())

    def finish(self, activity: Json) -> Json:
        self.control("jobs", finish=True)
        return self.get(f"/activities/{activity['activity_id']}").json()

    def load(self, *rows: Json, lists: list[str]) -> Json:
        """Import rows, or bare addresses, and return the finished job."""
        data = [row if isinstance(row, dict) else {"email": row} for row in rows]
        return self.run(
            "contacts_json_import", {"import_data": data, "list_ids": lists}
        )

    # OAuth

    def token(self, **fields: str) -> httpx2.Response:
        """Call the token endpoint as the confidential client of `allow`."""
        return self.http.post(
            f"{OAUTH}/token", data=fields, auth=("demo-key", "demo-secret")
        )

    def authorize(self, decision: str = "allow", **asked: str) -> dict[str, str]:
        """Go through log-in and consent; return what the redirect carries."""
        fields = {
            "client_id": "demo-key",
            "redirect_uri": "http://127.0.0.1:9/back",
            "response_type": "code",
            "scope": SCOPE,
            "state": "a state",
            **asked,
        }
        account = self.state()["account"]["account_id"]
        answer = self.http.post(
            f"{OAUTH}/authorize",
            data={**fields, "account": account, "decision": decision},
        )
        assert answer.status_code == 302, answer.text
        return dict(parse_qsl(answer.headers["location"].partition("?")[2]))

    def connect(self, **asked: str) -> Json:
        """Return the first tokens of a new grant."""
        code = self.authorize(**asked)["code"]
        back = asked.get("redirect_uri", "http://127.0.0.1:9/back")
        answer = self.token(
            grant_type="authorization_code", code=code, redirect_uri=back
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def a_twin(**settings: Any) -> Iterator[Twin]:
    """Run a twin of its own, without limits unless asked for, with a token for it."""
    with running(Settings(**{"limits": False, **settings})) as server:
        twin = Twin(server.url)
        with twin.http:
            twin.bearer = twin.control("token", scope=SCOPE)["access_token"]
            yield twin


def cursor_of(page: Json) -> dict[str, str]:
    """Return what the cursor of a page's next link holds."""
    query = dict(parse_qsl(page["_links"]["next"]["href"].partition("?")[2]))
    return dict(parse_qsl(base64.urlsafe_b64decode(query["cursor"]).decode()))
