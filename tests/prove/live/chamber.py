"""One association's rounds: edits, acts over there, and the comparison afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Final

from attrs import define, field
from tests.prove.level import Promise, Violation
from tests.prove.live.account import Account
from tests.prove.live.edits import Database, Editor, Scene
from tests.prove.live.judging import judge
from tests.prove.live.roll import Acts, Roll

LISTS: Final = 3
CONTACTS: Final = 25

_TIME_PASSES: Final = (
    "UPDATE ledger_remotecontact SET seen_at = seen_at - interval '20 minutes'"
    " WHERE connection_id = %s",
    "UPDATE ledger_remotemembership SET since = since - interval '20 minutes'"
    " WHERE audience_id IN (SELECT id FROM ledger_audience WHERE connection_id = %s)",
    "UPDATE connections_connection SET pulled_at = pulled_at - interval '20 minutes',"
    " compared_at = compared_at - interval '20 minutes' WHERE id = %s",
)
"""What was looked at is twenty minutes older: reads no longer lag behind it."""


@define
class Chamber:
    """An association in the middle of a round, or between two."""

    association: int
    slug: str
    connection: int
    account: Account
    chance: Random
    editor: Editor
    acts: Acts = field(factory=Acts)
    histories: int = 0
    steps: list[Callable[[Database], None]] = field(factory=list)
    round_open: bool = False
    gave_up: bool = False
    quiet_since: float | None = None
    done: Counter[str] = field(factory=Counter)

    def has_rested(self, *, now: float, seconds: float) -> bool:
        """Has it been quiet for so long? Time may not pass for us alone: reads over
        there lag behind what was done there, by some real seconds."""
        if self.quiet_since is None:
            self.quiet_since = now
        return now - self.quiet_since >= seconds

    def begin(self, database: Database) -> None:
        """Draw what this round brings. Half of the rounds live by marks alone."""
        for statement in _TIME_PASSES:
            database.execute(statement, [self.connection])
        roll = Roll.read(database, self.association)
        hands_off = set(self.acts.deleted)
        self.steps = [
            lambda database: self._edit(database, hands_off)
            for _ in range(self.chance.randint(1, 3))
        ]
        if self.histories and self.chance.random() < 0.5:
            for _ in range(self.chance.randint(1, 2)):
                kind, deed = self.account.draw_act(
                    self.chance, roll, self.acts, hands_off
                )
                self.done[kind] += 1
                at = self.chance.randint(0, len(self.steps))
                self.steps.insert(at, partial(self._act, kind, deed))
            self.steps.append(self.compare_everything)
        self.round_open = True
        self.quiet_since = None

    def go_on(self, database: Database) -> None:
        """Take the next step of the round."""
        self.steps.pop(0)(database)

    def _act(self, kind: str, deed: Callable[[], str], _: Database) -> None:
        self.editor.journal.note(self.association, kind, deed())

    def _edit(self, database: Database, hands_off: set[str]) -> None:
        roll = Roll.read(database, self.association)
        reserved = self.acts.touched | roll.mailboxes(self.acts.refusing)
        scene = Scene.of(roll, hands_off=hands_off, reserved=reserved)
        self.done.update(self.editor.edit(database, scene))

    def compare_everything(self, database: Database) -> None:
        """Ask for a full comparison, as the nightly one does."""
        database.execute(
            "INSERT INTO directory_mark (association_id, follower_id)"
            " SELECT association_id, id FROM directory_follower WHERE name = %s",
            [f"connection:{self.connection}"],
        )

    def end(self, database: Database) -> list[Violation]:
        """Compare; there is nothing left to be done for this association."""
        self.round_open = False
        self.histories += 1
        return self.judged(database)

    def judged(self, database: Database) -> list[Violation]:
        roll = Roll.read(database, self.association)
        return judge(roll, self.acts, self.account.state())

    def gives_up(self, why: str) -> Violation:
        self.round_open = False
        self.gave_up = True
        what = f"association {self.association}: {why}"
        return Violation(promise=Promise.LOST, law="I1", what=what)
