from __future__ import annotations

from tests.docs.permissions import PAGE, with_tables


def test_the_tables_of_who_may_what_are_those_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_tables(page), "run `make tables`"
