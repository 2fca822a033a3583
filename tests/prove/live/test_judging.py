"""The judge of a session finds what is wrong over there."""

from __future__ import annotations

from typing import Any

import pytest
from tests.prove.level import Promise
from tests.prove.live.judging import judge
from tests.prove.live.roll import Acts, Person, Place, Roll

ROLL = Roll(
    people={
        number: Person(
            contact=number,
            first_name=name,
            last_name="Member",
            do_not_contact=False,
            mailbox=f"{name.lower()}@a.example",
        )
        for number, name in enumerate(("Ann", "Bob", "Cy"))
    },
    lists={7: ("Board", True), 8: ("Golf", False)},
    places=tuple(
        Place(list=at, contact=contact, active=True, no_mass_email=contact == 2)
        for at in (7, 8)
        for contact in (0, 1, 2)
    ),
)


def over_there(**members: str) -> dict[str, Any]:
    """The account's state, with first names as the addresses have them."""
    on = {
        name: [f"{one}@a.example" for one in of.split()] for name, of in members.items()
    }
    return {
        "account": {"organization_name": "Chamber"},
        "lists": [{"name": name, "members": of} for name, of in on.items()],
        "contacts": [
            {
                "address": address,
                "first_name": address.partition("@")[0].title(),
                "permission_to_send": "implicit",
                "lists": [name for name, of in on.items() if address in of],
            }
            for address in sorted(set().union(*on.values()))
        ],
    }


def promises(state: dict[str, Any], acts: Acts | None = None) -> list[Promise]:
    return [one.promise for one in judge(ROLL, acts or Acts(), state)]


def test_true_lists_are_nothing_to_complain_about() -> None:
    assert promises(over_there(Board="ann bob")) == []


@pytest.mark.parametrize("members", ["ann", "ann bob cy", "ann bob dee"])
def test_each_who_lacks_or_is_too_many_is_a_lost_change(members: str) -> None:
    assert promises(over_there(Board=members)) == [Promise.LOST]


def test_a_list_that_is_switched_off_is_not_looked_at() -> None:
    assert promises(over_there(Board="ann bob", Golf="dee")) == []


def test_who_unsubscribed_must_not_be_mailable() -> None:
    acts = Acts(unsubscribed={"ann@a.example"}, unsubscribers={0})
    state = over_there(Board="bob", Elsewhere="ann")
    assert promises(state, acts) == [Promise.MAILABLE]


def test_a_refusal_follows_the_person_and_the_mailbox() -> None:
    assert promises(over_there(Board="bob"), Acts(unsubscribers={0})) == []
    assert promises(over_there(Board="bob"), Acts(left={(7, "ann@a.example")})) == []
    assert promises(over_there(Board="bob"), Acts(leavers={(8, 0)})) == [Promise.LOST]


def test_a_list_or_address_that_is_there_twice_is_found() -> None:
    state = over_there(Board="ann bob")
    state["lists"].append({"name": "board", "members": []})
    state["contacts"].append(state["contacts"][0])
    assert promises(state) == [Promise.TWICE, Promise.TWICE]


def test_an_old_name_is_a_lost_change() -> None:
    state = over_there(Board="ann bob")
    state["contacts"][0]["first_name"] = "Anne"
    assert promises(state) == [Promise.LOST]
    assert promises(state, Acts(edited={"ann@a.example"})) == []
