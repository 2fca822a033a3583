"""Lists, and who is on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from rollkeeper.directory.sample.words import LISTS

HEADER = ("list_id", "name", "kind", "sync")

MEMBERSHIP_HEADER = ("list_id", "contact_id", "status", "no_mass_email")

ON_EVERY_LIST = 0.002
DISABLED = 0.05
NO_MASS_EMAIL = 0.02


def rows() -> Iterator[Sequence[str]]:
    for number, (name, kind, sync, _) in enumerate(LISTS, start=1):
        yield _id(number), name, kind, "yes" if sync else "no"


def memberships(random: Random, contacts: int) -> Iterator[Sequence[str]]:
    """Yield who is on which list; the first of them stand in each possible way."""
    ways = _ways(random)
    busiest = max(round(contacts * ON_EVERY_LIST), 2)
    everywhere = set(random.sample(range(1, contacts + 1), busiest))
    for number in range(1, contacts + 1):
        for place, (_, _, _, share) in enumerate(LISTS, start=1):
            if number in everywhere or random.random() * 100 < share:
                status, no_mass_email = next(ways)
                yield _id(place), f"C{number:07}", status, no_mass_email


def _ways(random: Random) -> Iterator[tuple[str, str]]:
    yield from (("disabled", "no"), ("active", "yes"), ("disabled", "yes"))
    while True:
        status = "disabled" if random.random() < DISABLED else "active"
        yield status, "yes" if random.random() < NO_MASS_EMAIL else "no"


def _id(number: int) -> str:
    return f"L{number:04}"
