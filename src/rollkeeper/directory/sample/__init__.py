"""A chamber to try things on, as untidy as real ones: four files to import.

Nothing in it is real, and every address ends in `.example`, where no mail can go.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from rollkeeper.directory.sample import contacts as people
from rollkeeper.directory.sample import lists, members

FEWEST = 100
"""With fewer contacts there would not be one of each kind of mess."""


def write_sample(folder: Path, *, seed: int, contacts: int) -> None:
    """Write the four files of a chamber with so many contacts into *folder*.

    The same seed and number make the same bytes, on any machine.
    """
    if contacts < FEWEST:
        raise ValueError(f"a sample has {FEWEST} contacts or more, not {contacts}")
    random = Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    firms = members.invent(random, max(contacts * 2 // 5, 1))
    _write(folder / "members.csv", members.HEADER, members.rows(firms))
    _write(folder / "contacts.csv", people.HEADER, people.rows(random, firms, contacts))
    _write(folder / "lists.csv", lists.HEADER, lists.rows())
    _write(
        folder / "list_memberships.csv",
        lists.MEMBERSHIP_HEADER,
        lists.memberships(random, contacts),
    )


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
