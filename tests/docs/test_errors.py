from __future__ import annotations

from tests.docs.pages import PAGES

from rollkeeper.providers import errors

ERRORS = {
    name
    for name, what in vars(errors).items()
    if isinstance(what, type) and issubclass(what, errors.ProviderError)
}


def test_every_error_of_a_provider_is_documented() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert "QuotaSpent" in ERRORS
    assert [name for name in sorted(ERRORS) if f"`{name}`" not in pages] == []
