"""Signing in at the twin as a person's browser would, and staying signed in."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from attrs import define, evolve, field
from tests.contract.worlds import twin_settings
from tests.providers.fakes import Counter, Keyring, Refusals

from mailtwin.server import running
from mailtwin.settings import Settings
from rollkeeper.providers import registry
from rollkeeper.providers.errors import GrantInvalid
from rollkeeper.providers.oauth import OAuthClient, TokenSet

BACK = "http://127.0.0.1:8000/connections/constant_contact/callback"
VERIFIER = "a-verifier-of-enough-characters-to-be-one-0123456789"
STATE = "a state + more"


@pytest.fixture(scope="module")
def twin_url() -> Iterator[str]:
    with running(Settings(limits=False, job_seconds=(0.0, 0.0))) as twin:
        yield twin.url


@pytest.fixture
def browser(twin_url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=twin_url, trust_env=False) as browser:
        browser.post("/__control__/reset", json={})
        yield browser


@pytest.fixture(params=[None, "a-secret"], ids=["by PKCE", "by secret"])
def client(twin_url: str, request: pytest.FixtureRequest) -> OAuthClient:
    settings = evolve(twin_settings(twin_url), client_secret=request.param)
    return registry.oauth("constant_contact", settings)


@define
class Form(HTMLParser):
    """The first form of a page: what its fields hold, and its buttons."""

    fields: dict[str, str] = field(factory=dict)
    buttons: dict[str, str] = field(factory=dict)
    select: str = ""

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "input" and "name" in told:
            self.fields[told["name"]] = told.get("value", "")
        if tag == "select":
            self.select = told["name"]
        if tag == "option":
            self.fields.setdefault(self.select, told["value"])
        if tag == "button" and "name" in told:
            self.buttons[told["value"]] = told["name"]


def pressed(
    browser: httpx2.Client, page: httpx2.Response, button: str
) -> httpx2.Response:
    """Send a page's form as a browser does when *button* is pressed."""
    assert page.status_code == 200, page.text
    form = Form()
    form.feed(page.text)
    choice = {form.buttons[button]: button} if button in form.buttons else {}
    return browser.post(page.url.copy_with(query=None), data={**form.fields, **choice})


def come_back(browser: httpx2.Client, client: OAuthClient, decision: str) -> str:
    """Go to the provider, log in, decide, and return where the person lands."""
    page = browser.get(
        client.authorize_url(state=STATE, redirect_uri=BACK, verifier=VERIFIER)
    )
    answer = pressed(browser, pressed(browser, page, "login"), decision)
    assert answer.is_redirect, answer.text
    landed: str = answer.headers["Location"]
    return landed


def signed_in(browser: httpx2.Client, client: OAuthClient) -> TokenSet:
    landed = urlsplit(come_back(browser, client, "allow"))
    returned = parse_qs(landed.query)
    assert returned["state"] == [STATE]
    return client.exchange(
        code=returned["code"][0], redirect_uri=BACK, verifier=VERIFIER
    )


def test_a_person_who_allows_it_connects_the_account(
    browser: httpx2.Client, client: OAuthClient, twin_url: str
) -> None:
    tokens = signed_in(browser, client)
    assert tokens.refresh is not None
    assert tokens.expires_in == 86_400
    assert set(tokens.scope.split()) >= {"contact_data", "account_read"}
    provider = registry.open(
        "constant_contact",
        settings=twin_settings(twin_url),
        tokens=Keyring(tokens=[tokens.access]),
        gate=Counter(),
        screen=Refusals(),
    )
    assert provider.account().name == "Lakeside Chamber of Commerce"


def test_a_person_who_denies_it_comes_back_with_an_error(
    browser: httpx2.Client, client: OAuthClient
) -> None:
    landed = urlsplit(come_back(browser, client, "deny"))
    assert parse_qs(landed.query)["error"] == ["access_denied"]


def test_a_code_works_once(browser: httpx2.Client, client: OAuthClient) -> None:
    landed = urlsplit(come_back(browser, client, "allow"))
    (code,) = parse_qs(landed.query)["code"]
    client.exchange(code=code, redirect_uri=BACK, verifier=VERIFIER)
    with pytest.raises(GrantInvalid):
        client.exchange(code=code, redirect_uri=BACK, verifier=VERIFIER)


def test_a_refresh_gives_tokens_that_work_and_can_be_refreshed(
    browser: httpx2.Client, client: OAuthClient
) -> None:
    first = signed_in(browser, client)
    assert first.refresh is not None
    second = client.refresh(first.refresh)
    assert second.access != first.access
    assert second.refresh is not None
    assert client.refresh(second.refresh).access != second.access


def test_a_rotated_refresh_token_is_the_end_of_the_grant(
    browser: httpx2.Client, client: OAuthClient
) -> None:
    first = signed_in(browser, client)
    assert first.refresh is not None
    client.refresh(first.refresh)
    with pytest.raises(GrantInvalid):
        client.refresh(first.refresh)


def test_a_revoked_grant_cannot_be_refreshed(
    browser: httpx2.Client, client: OAuthClient
) -> None:
    tokens = signed_in(browser, client)
    assert tokens.refresh is not None
    browser.post("/__control__/revoke", json={})
    with pytest.raises(GrantInvalid):
        client.refresh(tokens.refresh)
