"""What another program does to the directory, by plain SQL, drawn by seed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, TypeAlias

import psycopg
from attrs import define, frozen
from tests.prove.live.journal import Journal
from tests.prove.live.roll import Person, Place, Roll

Database: TypeAlias = psycopg.Connection[Any]
Cursor: TypeAlias = psycopg.Cursor[Any]


def only_value(database: Database, question: str, *values: object) -> Any:
    """Return the only value of the only row that answers the question."""
    row = database.execute(question, values).fetchone()
    assert row
    return row[0]


@frozen(kw_only=True)
class Scene:
    """What may be edited now."""

    roll: Roll
    people: list[Person]
    free: list[Person]
    """Those whose mailbox may get another holder."""

    @classmethod
    def of(cls, roll: Roll, *, hands_off: set[str], reserved: set[str]) -> Scene:
        """Leave *hands_off* as they are; *reserved* mailboxes stay whose they are."""
        people = [one for one in roll.people.values() if one.mailbox not in hands_off]
        free = [one for one in people if one.mailbox and one.mailbox not in reserved]
        return cls(roll=roll, people=people, free=free)


@define
class Editor:
    """Edits the directory of one association."""

    association: int
    chance: Random
    journal: Journal
    drawn: int = 0

    def fill(self, database: Database, *, lists: int, contacts: int) -> None:
        """Make the first lists, and people on them."""
        with database.transaction():
            for number in range(lists):
                self._write(
                    database,
                    "INSERT INTO directory_contactlist (association_id, external_id,"
                    " name, kind, sync, fields)"
                    " VALUES (%s, %s, %s, 'list', true, '{}')",
                    self.association,
                    f"L{number}",
                    f"List {number}",
                )
        empty = Roll.read(database, self.association)
        with database.transaction():
            for _ in range(contacts):
                self._comes(database, Scene.of(empty, hands_off=set(), reserved=set()))

    def gather(self, database: Database, number: int, *, people: int) -> None:
        """Put so many new people on a list."""
        with database.transaction():
            for _ in range(people):
                self._put(database, number, self._made(database))

    def edit(self, database: Database, scene: Scene) -> list[str]:
        """Make one to four edits in one transaction; return what was done."""
        done = []
        with database.transaction():
            for _ in range(self.chance.randint(1, 4)):
                name, act = self.chance.choice(_EDITS)
                act(self, database, scene)
                done.append(name)
        return done

    def _write(self, database: Database, statement: str, *values: object) -> Cursor:
        self.journal.note(self.association, " ".join(statement.split()), *values)
        return database.execute(statement, values)

    def _new_address(self) -> str:
        self.drawn += 1
        name = f"p{self.drawn}"
        if self.chance.random() < 0.05:
            name += "-" + "long" * 12  # more than an import takes
        return f"{name}@a{self.association}.example"

    def _comes(self, database: Database, scene: Scene) -> None:
        newcomer = self._made(database)
        some = self.chance.sample(sorted(scene.roll.lists), self.chance.randint(1, 2))
        for number in some:
            self._put(database, number, newcomer)

    def _made(self, database: Database) -> int:
        address = self._new_address()
        row = self._write(
            database,
            "INSERT INTO directory_contact (association_id, external_id, first_name,"
            " last_name, title, company, phone, active, do_not_contact,"
            " speaks_for_member, fields)"
            " VALUES (%s, %s, %s, 'Member', '', '', '', true, false, false, '{}')"
            " RETURNING id",
            self.association,
            address,
            f"First {self.drawn}",
        ).fetchone()
        assert row
        self._give_address(database, row[0], address)
        return int(row[0])

    def _give_address(self, database: Database, contact: int, address: str) -> None:
        self._write(
            database,
            "INSERT INTO directory_emailaddress (association_id, contact_id, typed,"
            ' mailbox, "primary") VALUES (%s, %s, %s, %s, true)',
            self.association,
            contact,
            address,
            address,
        )

    def _put(self, database: Database, number: int, contact: int) -> None:
        self._write(
            database,
            "INSERT INTO directory_listmembership (association_id, list_id, contact_id,"
            " status, no_mass_email) VALUES (%s, %s, %s, 'active', false)"
            " ON CONFLICT DO NOTHING",
            self.association,
            number,
            contact,
        )

    def _joins(self, database: Database, scene: Scene) -> None:
        for person in self._some(scene.people, 3):
            number = self.chance.choice(sorted(scene.roll.lists))
            self._put(database, number, person.contact)

    def _leaves(self, database: Database, scene: Scene) -> None:
        for place in self._places(scene, 2):
            self._write(
                database,
                "DELETE FROM directory_listmembership"
                " WHERE list_id = %s AND contact_id = %s",
                place.list,
                place.contact,
            )

    def _stands(self, database: Database, scene: Scene) -> None:
        for place in self._places(scene, 2):
            self._write(
                database,
                "UPDATE directory_listmembership SET status ="
                " CASE status WHEN 'active' THEN 'disabled' ELSE 'active' END"
                " WHERE list_id = %s AND contact_id = %s",
                place.list,
                place.contact,
            )

    def _mutes(self, database: Database, scene: Scene) -> None:
        for place in self._places(scene, 1):
            self._write(
                database,
                "UPDATE directory_listmembership SET no_mass_email = NOT no_mass_email"
                " WHERE list_id = %s AND contact_id = %s",
                place.list,
                place.contact,
            )

    def _renames(self, database: Database, scene: Scene) -> None:
        for person in self._some(scene.people, 2):
            self.drawn += 1
            self._write(
                database,
                "UPDATE directory_contact SET first_name = %s WHERE id = %s",
                f"Renamed {self.drawn}",
                person.contact,
            )

    def _moves(self, database: Database, scene: Scene) -> None:
        for person in self._some(scene.people, 2):
            self._set_address(database, person, self._new_address())

    def _swaps(self, database: Database, scene: Scene) -> None:
        pair = self._some(scene.free, 2)
        if len(pair) == 2:
            self._set_address(database, pair[0], pair[1].mailbox)
            self._set_address(database, pair[1], pair[0].mailbox)

    def _shares(self, database: Database, scene: Scene) -> None:
        pair = self._some(scene.free, 2)
        if len(pair) == 2:
            self._set_address(database, pair[0], pair[1].mailbox)

    def _loses_address(self, database: Database, scene: Scene) -> None:
        for person in self._some(scene.people, 1):
            self._set_address(database, person, None)

    def _set_address(
        self, database: Database, person: Person, mailbox: str | None
    ) -> None:
        changed = self._write(
            database,
            "UPDATE directory_emailaddress SET typed = %s, mailbox = %s"
            ' WHERE contact_id = %s AND "primary"',
            mailbox or "no address",
            mailbox,
            person.contact,
        )
        assert changed.rowcount <= 1

    def _refuses(self, database: Database, scene: Scene) -> None:
        for person in self._some(scene.people, 1):
            self._write(
                database,
                "UPDATE directory_contact SET do_not_contact = NOT do_not_contact"
                " WHERE id = %s",
                person.contact,
            )

    def _goes(self, database: Database, scene: Scene) -> None:
        for person in self._some(scene.people, 1):
            self._write(
                database, "DELETE FROM directory_contact WHERE id = %s", person.contact
            )
            scene.people.remove(person)
            if person in scene.free:
                scene.free.remove(person)

    def _switches(self, database: Database, scene: Scene) -> None:
        """Off, or on again; one list always stays on."""
        number = self.chance.choice(sorted(scene.roll.lists)[1:])
        self._write(
            database,
            "UPDATE directory_contactlist SET sync = NOT sync WHERE id = %s",
            number,
        )

    def _some(self, people: list[Person], most: int) -> list[Person]:
        return self.chance.sample(
            people, min(len(people), self.chance.randint(1, most))
        )

    def _places(self, scene: Scene, most: int) -> list[Place]:
        ours = {person.contact for person in scene.people}
        found = [place for place in scene.roll.places if place.contact in ours]
        return self.chance.sample(found, min(len(found), self.chance.randint(1, most)))


_Act: TypeAlias = Callable[[Editor, Database, Scene], None]

_EDITS: list[tuple[str, _Act]] = [
    ("comes", Editor._comes),
    ("comes", Editor._comes),
    ("joins", Editor._joins),
    ("joins", Editor._joins),
    ("leaves", Editor._leaves),
    ("stands", Editor._stands),
    ("mutes", Editor._mutes),
    ("renames", Editor._renames),
    ("renames", Editor._renames),
    ("moves", Editor._moves),
    ("moves", Editor._moves),
    ("swaps", Editor._swaps),
    ("shares", Editor._shares),
    ("loses its address", Editor._loses_address),
    ("refuses all mail", Editor._refuses),
    ("goes", Editor._goes),
    ("is switched", Editor._switches),
]
