"""What leaves for Constant Contact, and what is stopped at the last moment."""

from __future__ import annotations

from typing import Any

import pytest
from tests.providers.vendor import a_contact, complains, says, vendor

from rollkeeper.core.calls import Create, Import, Rewrite, Row, Target
from rollkeeper.core.values import Mailbox, Person, ProviderContactId, ProviderListId
from rollkeeper.providers.errors import ChangeRefused, ForbiddenCall, ProtocolBroken

ANN = Mailbox("ann@members.example")
BOB = Mailbox("bob@members.example")
ONE, TWO = ProviderListId("one"), ProviderListId("two")
OAK = Person(first_name="Ann", last_name="Oak")
FOREIGN: dict[str, Any] = {
    "job_title": "Treasurer",
    "birthday_month": 5,
    "birthday_day": 17,
    "anniversary": "2001-05-17",
}
STAMPS = {
    "created_at": "2029-01-01T00:00:00Z",
    "updated_at": "2029-01-01T00:00:00Z",
    "create_source": "Contact",
    "update_source": "Contact",
}


def rewrite(mailbox: Mailbox = ANN, person: Person = OAK, **more: Any) -> Rewrite:
    target = Target(mailbox=mailbox, provider_id=ProviderContactId("c-1"))
    return Rewrite(target=target, person=person, **more)


def rows(*mailboxes: str, person: Person = OAK) -> tuple[Row, ...]:
    return tuple(Row(mailbox=Mailbox(each), person=person) for each in mailboxes)


def test_a_rewrite_reads_first() -> None:
    there = vendor(says(200, a_contact()))
    there.provider().make(rewrite())
    assert there.requests[0].url.params["include"] == "list_memberships"
    assert [request.method for request in there.requests] == ["GET", "PUT"]


def test_a_rewrite_leaves_parts_alone_that_it_does_not_change() -> None:
    there = vendor(says(200, a_contact(list_memberships=["one"])))
    done = there.provider().make(rewrite())
    (body,) = there.bodies()
    assert "list_memberships" not in body
    assert done.seen.lists == {ONE}


def test_a_rewrite_drops_nothing_that_is_not_ours() -> None:
    before = a_contact(
        first_name="Anne",
        company_name="Oak & Sons",
        list_memberships=["one"],
        email={"opt_in_source": "Account"},
        **{**FOREIGN, **STAMPS},
    )
    there = vendor(says(200, before))
    there.provider().make(rewrite(BOB, lists=(TWO,)))
    assert there.bodies() == [
        {
            "email_address": {"address": BOB, "permission_to_send": "implicit"},
            "first_name": "Ann",
            "last_name": "Oak",
            "company_name": "Oak & Sons",
            "list_memberships": ["one", "two"],
            "update_source": "Account",
            **FOREIGN,
        }
    ]


def test_a_field_we_had_told_and_tell_no_more_is_sent_as_a_blank() -> None:
    there = vendor(says(200, a_contact(first_name="Ann", last_name="Oak")))
    there.provider().make(rewrite(person=Person(first_name="Ann"), before=OAK))
    (body,) = there.bodies()
    assert (body["first_name"], body["last_name"]) == ("Ann", "")


def test_a_rewrite_of_what_is_so_already_costs_one_read() -> None:
    there = vendor(says(200, a_contact(first_name="Ann", last_name="Oak")))
    done = there.provider().make(rewrite())
    assert [request.method for request in there.requests] == ["GET"]
    assert done.seen.person == OAK


def test_a_rewrite_never_changes_the_permission() -> None:
    before = a_contact(email={"permission_to_send": "pending_confirmation"})
    there = vendor(says(200, before))
    there.provider().make(rewrite(lists=(ONE,)))
    (body,) = there.bodies()
    assert body["email_address"]["permission_to_send"] == "pending_confirmation"


def test_an_address_change_to_a_suppressed_mailbox_is_stopped_after_the_read() -> None:
    there = vendor(says(200, a_contact(list_memberships=["one"])))
    there.screen.mailboxes.add(BOB)
    with pytest.raises(ForbiddenCall):
        there.provider().make(rewrite(BOB))
    assert [request.method for request in there.requests] == ["GET"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Email already exists for contact {}",
        "Validation failed: Email already exists for contact {}",
        "{} has it",
    ],
)
def test_a_conflict_names_the_other_contact_wherever_it_stands(sentence: str) -> None:
    other = "53F1A3CC-1111-4222-8333-444455556666"
    there = vendor(complains(409, "contacts.api.conflict", sentence.format(other)))
    with pytest.raises(ChangeRefused) as refused:
        there.provider().make(Create(row=rows(ANN)[0], lists=(ONE,)))
    assert refused.value.conflicting_id == other.lower()


def test_a_conflict_without_an_id_is_still_one() -> None:
    there = vendor(complains(409, "x", "Validation failed: EmailAddress is not unique"))
    with pytest.raises(ChangeRefused) as refused:
        there.provider().make(Create(row=rows(ANN)[0], lists=(ONE,)))
    assert refused.value.conflicting_id is None


def test_a_contact_is_made_with_no_more_consent_than_implied() -> None:
    there = vendor(says(201, a_contact()))
    done = there.provider().make(Create(row=rows(ANN)[0], lists=(ONE,)))
    assert there.bodies() == [
        {
            "email_address": {"address": ANN, "permission_to_send": "implicit"},
            "first_name": "Ann",
            "last_name": "Oak",
            "create_source": "Account",
            "list_memberships": ["one"],
        }
    ]
    assert done.seen.lists == {ONE}


def test_the_screen_is_asked_about_each_address_of_the_encoded_body() -> None:
    there = vendor(says(201, {"activity_id": "j-1"}))
    there.provider().start(Import(rows=rows(ANN, BOB), lists=(ONE,)))
    assert there.screen.asked == [frozenset({ANN, BOB})]


def test_an_import_over_the_byte_limit_does_not_leave() -> None:
    person = Person(first_name="é" * 50, last_name="é" * 50, company="é" * 50)
    crowd = rows(*(f"m{n}@members.example" for n in range(10_000)), person=person)
    there = vendor(says(201, {"activity_id": "j-1"}))
    with pytest.raises(ProtocolBroken, match="bytes"):
        there.provider().start(Import(rows=crowd, lists=(ONE,)))
    assert there.requests == []


def test_an_import_over_the_row_limit_does_not_leave() -> None:
    crowd = rows(*(f"m{n}@a.example" for n in range(39_001)), person=Person())
    there = vendor(says(201, {"activity_id": "j-1"}))
    with pytest.raises(ProtocolBroken, match="rows"):
        there.provider().start(Import(rows=crowd, lists=(ONE,)))
    assert there.requests == []


def test_a_list_whose_name_nobody_can_find_is_refused() -> None:
    taken = complains(409, "contacts.api.conflict", "name is taken")
    there = vendor(taken, says(200, {"lists": [{"list_id": "1", "name": "Other"}]}))
    with pytest.raises(ChangeRefused):
        there.provider().create_list("Newsletter")
