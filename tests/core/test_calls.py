"""What a rewrite leaves of the person that is there."""

from __future__ import annotations

import pytest

from rollkeeper.core.calls import Rewrite, Target
from rollkeeper.core.values import Mailbox, Person, ProviderContactId

TARGET = Target(
    mailbox=Mailbox("p@members.example"), provider_id=ProviderContactId("id")
)


@pytest.mark.parametrize(
    ("before", "now", "there", "written"),
    [
        ("Told", "Changed", "Told", "Changed"),
        ("Told", "Changed", "Theirs", "Changed"),
        ("Told", "", "Told", ""),
        ("Told", "", "Theirs", ""),
        ("", "", "Theirs", "Theirs"),
        ("", "New", "Theirs", "New"),
    ],
)
def test_a_field_that_is_none_of_ours_stays_as_it_is(  # I17
    before: str, now: str, there: str, written: str
) -> None:
    def everywhere(value: str) -> Person:
        return Person(first_name=value, last_name=value, company=value)

    call = Rewrite(target=TARGET, person=everywhere(now), before=everywhere(before))
    assert call.person_over(everywhere(there)) == everywhere(written)
