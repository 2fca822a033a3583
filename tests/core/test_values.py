"""Values are right from birth."""

from __future__ import annotations

import pytest

from rollkeeper.core.values import Email, InvalidAddress, Person


@pytest.mark.parametrize(
    ("typed", "mailbox"),
    [
        ("  First.Last@Members.EXAMPLE ", "first.last@members.example"),
        ("tag+news@members.example", "tag+news@members.example"),
        ("a@b\N{LATIN SMALL LETTER U WITH DIAERESIS}ro.example", "a@büro.example"),
    ],
)
def test_an_address_names_one_mailbox_however_it_is_typed(
    typed: str, mailbox: str
) -> None:
    email = Email.parse(typed)
    assert (email.typed, email.mailbox) == (typed.strip(), mailbox)


@pytest.mark.parametrize(
    "typed", ["", "nobody", "a@", "a@b@c.example", "a b@c.example"]
)
def test_what_is_no_address_is_refused_with_a_reason(typed: str) -> None:
    with pytest.raises(InvalidAddress) as refusal:
        Email.parse(typed)
    assert str(refusal.value)


def test_white_space_in_a_name_is_one_blank() -> None:
    assert Person(first_name=" Given \n\t Second ").first_name == "Given Second"


def test_a_person_empties_what_another_had() -> None:
    whole = Person(first_name="Given", last_name="Family", company="Works")
    for lacking in ("first_name", "last_name", "company"):
        fields = {"first_name": "G", "last_name": "F", "company": "W", lacking: ""}
        assert Person(**fields).empties(whole)
        assert not whole.empties(Person(**fields))
