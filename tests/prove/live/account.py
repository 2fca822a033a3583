"""An account over there: what is in it, and what people do in it by hand."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

import httpx2
from attrs import define, frozen
from tests.prove.live.roll import Acts, Roll, expected


@define
class Account:
    """One account of the twin at *control*, by its id."""

    control: httpx2.Client
    account_id: str

    def state(self) -> dict[str, Any]:
        answer = self.control.get("state", params={"account": self.account_id})
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def act(self, call: str, **said: Any) -> None:
        answer = self.control.post(call, json={**said, "account": self.account_id})
        answer.raise_for_status()

    def draw_act(
        self, chance: Random, roll: Roll, acts: Acts, hands_off: set[str]
    ) -> tuple[str, Callable[[], str]]:
        """Return what somebody will do there, by a word and as a deed that tells whom.

        Whoever it is about is added to *hands_off*: for the rest of the round nobody
        else has to do with them.
        """
        there = expected(roll, acts)
        first = min(roll.synchronized)  # is never switched off
        holders = roll.holders()
        whom = there[roll.synchronized[first]].intersection(holders)
        kind = chance.choice(list(_DEEDS))
        if kind == "a stranger is added" or not whom - hands_off - acts.touched:
            mailbox = f"stranger{chance.randrange(10**9)}@elsewhere.example"
            number = chance.choice(sorted(roll.synchronized))
            kind, contacts = "a stranger is added", set[int]()
        else:
            mailbox = chance.choice(sorted(whom - hands_off - acts.touched))
            number, contacts = first, holders[mailbox]
        hands_off.add(mailbox)
        place = _Place(mailbox, number, roll.synchronized[number], contacts)

        def deed() -> str:
            _DEEDS[kind](self, acts, place)
            return f"{mailbox} on {place.name}"

        return kind, deed

    def _unsubscribe(self, acts: Acts, place: _Place) -> None:
        self.act("unsubscribe", address=place.mailbox)
        acts.unsubscribed.add(place.mailbox)
        acts.unsubscribers |= place.contacts

    def _leave(self, acts: Acts, place: _Place) -> None:
        self.act("leave_list", address=place.mailbox, list=place.name)
        acts.left.add((place.list, place.mailbox))
        acts.leavers |= {(place.list, contact) for contact in place.contacts}

    def _delete(self, acts: Acts, place: _Place) -> None:
        self.act("delete_contact", address=place.mailbox)
        acts.deleted.add(place.mailbox)

    def _rename(self, acts: Acts, place: _Place) -> None:
        self.act("hand_edit", address=place.mailbox, first_name="By hand")
        acts.edited.add(place.mailbox)
        acts.renamings[place.mailbox] += 1

    def _add_stranger(self, acts: Acts, place: _Place) -> None:
        self.act("hand_add", address=place.mailbox, lists=[place.name])
        acts.strangers[place.list].add(place.mailbox)


@frozen
class _Place:
    """Somebody on a list, and the contacts here whose mailbox it is."""

    mailbox: str
    list: int
    name: str
    contacts: set[int]


_DEEDS: Final[dict[str, Callable[[Account, Acts, _Place], None]]] = {
    "somebody unsubscribes": Account._unsubscribe,
    "somebody leaves a list": Account._leave,
    "somebody is deleted": Account._delete,
    "somebody is renamed": Account._rename,
    "a stranger is added": Account._add_stranger,
}
