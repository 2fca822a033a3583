"""Every address there is: of a page to be looked at, or why it is of none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

A_PART = "a part of a page, fetched by the page"
A_FILE = "a file"
LEADS_ON = "leads on to a page"
TWO_STEPS = "only for those who have two-step sign-in: see test_browser_users"
NO_PAGES: Mapping[str, str] = {
    "standing": A_PART,
    "progress": A_PART,
    "run_progress": A_PART,
    "list_now": A_PART,
    "import_progress": A_PART,
    "first_forecast": A_PART,
    "first_progress": A_PART,
    "hold_list": A_FILE,
    "import_problems": A_FILE,
    "notice_link": LEADS_ON,
    "account_login": LEADS_ON,
    "account_signup": "nobody signs up",
    "account_reauthenticate": LEADS_ON,
    "account_set_password": LEADS_ON,
    "account_confirm_login_code": LEADS_ON,
    "contact_timeline": A_PART,
    "mfa_activate_totp": "asks for the password first: see test_browser_users",
    "mfa_authenticate": TWO_STEPS,
    "mfa_reauthenticate": TWO_STEPS,
    "mfa_deactivate_totp": TWO_STEPS,
    "mfa_view_recovery_codes": TWO_STEPS,
    "mfa_generate_recovery_codes": TWO_STEPS,
    "mfa_download_recovery_codes": A_FILE,
    "change_many": "only for those who were ticked",
    "invitation": "only for who was invited: see test_browser_users",
    "contact_resubscribe": "only for who unsubscribed",
    "callback": "where the provider sends the browser back to",
}
"""By its name, why what answers a GET is no page that has to be looked at."""

WORDS: Mapping[str, str] = {
    "term": "away-disabled_in_list",
    "token": "no-such-token",
    "uidb36": "1",
    "key": "no-such-key",
}
"""What stands in addresses where no number does."""

QUESTIONS: Mapping[str, str] = {
    "export": "?of=matching",
    "change_many": "?of=matching&act=stop",
    "list_policy_trial": "?preset=replace",
}
"""What a page has to be asked, by its name."""


@frozen(kw_only=True)
class Place:
    """An address, and what it needs to be a whole one."""

    name: str
    needs: Sequence[str]

    def path(self, numbers: Mapping[str, Any]) -> str:
        """Return the address of the rows with these *numbers*, by what they are.

        Without a number it is that of a row that is not there: then it is no page.
        """
        known = {**{f"{what}_id": one for what, one in numbers.items()}, **WORDS}
        path = reverse(self.name, kwargs={one: known.get(one, 0) for one in self.needs})
        return path + QUESTIONS.get(self.name, "")


def places() -> list[Place]:
    """Return each address once; each has a name."""
    return list(_places(get_resolver()))


def places_with(numbers: Mapping[str, Any]) -> list[Place]:
    """Return those whose rows are among these *numbers*."""
    known = {*(f"{what}_id" for what in numbers), *WORDS}
    return [one for one in places() if known.issuperset(one.needs)]


def _places(resolver: URLResolver) -> Iterator[Place]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _places(one)
        else:
            assert one.name, f"{one} has no name"
            yield Place(name=one.name, needs=_needs(one))


def _needs(one: URLPattern) -> list[str]:
    groups = getattr(getattr(one.pattern, "regex", None), "groupindex", {})
    return list(one.pattern.converters or groups)


def is_page(client: Client, path: str) -> bool:
    """Does it answer with a whole page?"""
    answer = client.get(path)
    html = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer.status_code == 200 and html and b"<!doctype html>" in answer.content


def answers_get(client: Client, path: str) -> bool:
    return client.get(path).status_code != 405
