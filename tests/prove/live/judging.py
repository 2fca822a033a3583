"""What is over there, held against what the directory asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.prove.level import Promise, Violation
from tests.prove.live.roll import Acts, Roll, expected


def judge(roll: Roll, acts: Acts, state: dict[str, Any]) -> list[Violation]:
    """Return what is not as it should be in an account where all work is done."""
    found = [
        *_wrong_lists(roll, acts, state),
        *_mailable_again(acts, state),
        *_twice(state),
        *_wrong_names(roll, acts, state),
    ]
    where = state["account"]["organization_name"]
    return [
        Violation(promise=promise, law=law, what=f"{where}: {what}")
        for promise, law, what in found
    ]


def _wrong_lists(
    roll: Roll, acts: Acts, state: dict[str, Any]
) -> Iterator[tuple[Promise, str, str]]:
    there = {one["name"]: set(one["members"]) for one in state["lists"]}
    for name, wanted in expected(roll, acts).items():
        lacking = wanted - there.get(name, set())
        surplus = there.get(name, set()) - wanted
        if lacking or surplus:
            what = f"{name} lacks {sorted(lacking)}, has besides {sorted(surplus)}"
            yield Promise.LOST, "I4", what


def _mailable_again(
    acts: Acts, state: dict[str, Any]
) -> Iterator[tuple[Promise, str, str]]:
    for one in state["contacts"]:
        if one["address"] in acts.unsubscribed and (
            one["permission_to_send"] != "unsubscribed" or one["lists"]
        ):
            what = f"{one['address']} unsubscribed and can be mailed again"
            yield Promise.MAILABLE, "I2", what


def _twice(state: dict[str, Any]) -> Iterator[tuple[Promise, str, str]]:
    addresses = Counter(one["address"].lower() for one in state["contacts"])
    names = Counter(one["name"].lower() for one in state["lists"])
    for kind, counted in (("address", addresses), ("list", names)):
        for what, count in counted.items():
            if count > 1:
                yield Promise.TWICE, "I13", f"the {kind} {what} is there {count} times"


def _wrong_names(
    roll: Roll, acts: Acts, state: dict[str, Any]
) -> Iterator[tuple[Promise, str, str]]:
    """Of mailboxes that one contact holds; which of several speaks is not judged."""
    there = {one["address"]: one["first_name"] for one in state["contacts"]}
    ours = set().union(*expected(roll, acts).values()) - acts.edited
    for mailbox, contacts in roll.holders().items():
        if mailbox not in ours or mailbox not in there or len(contacts) > 1:
            continue
        (contact,) = contacts
        wanted = roll.people[contact].first_name
        if there[mailbox] != wanted:
            what = f"{mailbox} is called {there[mailbox]}, not {wanted}"
            yield Promise.LOST, "I4", what
