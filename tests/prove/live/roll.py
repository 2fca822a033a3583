"""The directory of one association as its tables show it, and who belongs where.

Read and reasoned by code of its own: what it says is held against the lists over there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import psycopg
from attrs import Factory, define, frozen


@frozen(kw_only=True)
class Person:
    contact: int
    first_name: str
    last_name: str
    do_not_contact: bool
    mailbox: str | None


@frozen(kw_only=True)
class Place:
    """A contact's membership of a list."""

    list: int
    contact: int
    active: bool
    no_mass_email: bool


@frozen(kw_only=True)
class Roll:
    people: dict[int, Person]
    lists: dict[int, tuple[str, bool]]
    """Name, and whether it is synchronized."""
    places: tuple[Place, ...]

    @classmethod
    def read(cls, database: psycopg.Connection[Any], association: int) -> Roll:
        """Read it as of one moment."""
        with database.transaction():
            database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            people = database.execute(_PEOPLE, [association]).fetchall()
            lists = database.execute(_LISTS, [association]).fetchall()
            places = database.execute(_PLACES, [association]).fetchall()
        return cls(
            people={
                row[0]: Person(
                    contact=row[0],
                    first_name=row[1],
                    last_name=row[2],
                    do_not_contact=row[3],
                    mailbox=row[4],
                )
                for row in people
            },
            lists={number: (name, sync) for number, name, sync in lists},
            places=tuple(
                Place(list=row[0], contact=row[1], active=row[2], no_mass_email=row[3])
                for row in places
            ),
        )

    @property
    def synchronized(self) -> dict[int, str]:
        return {number: name for number, (name, sync) in self.lists.items() if sync}

    def mailboxes(self, contacts: set[int]) -> set[str]:
        """The primary addresses that these contacts have by now."""
        known = [self.people[one].mailbox for one in contacts & self.people.keys()]
        return {mailbox for mailbox in known if mailbox}

    def holders(self) -> dict[str, set[int]]:
        """Whose primary address a mailbox is."""
        found: dict[str, set[int]] = defaultdict(set)
        for person in self.people.values():
            if person.mailbox:
                found[person.mailbox].add(person.contact)
        return dict(found)


_PEOPLE = """
    SELECT c.id, c.first_name, c.last_name, c.do_not_contact, a.mailbox
      FROM directory_contact c LEFT JOIN directory_emailaddress a
        ON a.contact_id = c.id AND a.primary
     WHERE c.association_id = %s ORDER BY c.id
"""
_LISTS = """
    SELECT id, name, sync FROM directory_contactlist
     WHERE association_id = %s AND kind = 'list' ORDER BY id
"""
_PLACES = """
    SELECT list_id, contact_id, status = 'active', no_mass_email
      FROM directory_listmembership WHERE association_id = %s
     ORDER BY list_id, contact_id
"""


@define
class Acts:
    """What people did over there, as far as it is to be respected for ever."""

    unsubscribed: set[str] = Factory(set)
    unsubscribers: set[int] = Factory(set)
    """The contacts whose mailbox it was: they take the refusal along."""
    left: set[tuple[int, str]] = Factory(set)
    """List and mailbox."""
    leavers: set[tuple[int, int]] = Factory(set)
    """List and contact."""
    deleted: set[str] = Factory(set)
    """Held until somebody decides: on no list till then."""
    strangers: dict[int, set[str]] = Factory(lambda: defaultdict(set))
    """On a list over there by the hand of its staff; they stay."""
    edited: set[str] = Factory(set)
    """Whose name staff changed over there."""
    renamings: Counter[str] = Factory(Counter)
    """How often they did: our own new names may lie between."""

    @property
    def refusing(self) -> set[int]:
        """Contacts who refused something over there, by whatever mailbox."""
        return self.unsubscribers | {contact for _, contact in self.leavers}

    @property
    def touched(self) -> set[str]:
        """Mailboxes about which something was said over there."""
        left = {mailbox for _, mailbox in self.left}
        return self.unsubscribed | left | self.deleted


def expected(roll: Roll, acts: Acts) -> dict[str, set[str]]:
    """Return who belongs on each synchronized list, by its name."""
    holders = roll.holders()
    there = {name: set(acts.strangers[at]) for at, name in roll.synchronized.items()}
    stopped = {
        mailbox
        for mailbox, contacts in holders.items()
        if mailbox in acts.unsubscribed | acts.deleted
        or contacts & acts.unsubscribers
        or any(roll.people[one].do_not_contact for one in contacts)
    }
    muted = {
        (place.list, roll.people[place.contact].mailbox)
        for place in roll.places
        if place.no_mass_email
    }
    for place in roll.places:
        mailbox = roll.people[place.contact].mailbox
        name = roll.synchronized.get(place.list)
        if mailbox is None or name is None or mailbox in stopped or not place.active:
            continue
        left = (place.list, mailbox) in acts.left
        left |= (place.list, place.contact) in acts.leavers
        if not left and (place.list, mailbox) not in muted:
            there[name].add(mailbox)
    return there
