"""People who represent the firms, and their addresses with all that is odd in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random

from attrs import frozen

from rollkeeper.directory.sample.members import Firm, plain
from rollkeeper.directory.sample.words import FAMILY, GIVEN, TITLES

HEADER = (
    "contact_id",
    "member_id",
    "first_name",
    "last_name",
    "title",
    "company",
    "phone",
    "primary_email",
    "other_emails",
    "active",
    "do_not_contact",
)


@frozen(kw_only=True)
class Person:
    """What an address is made from."""

    number: int
    first_name: str
    last_name: str
    firm: Firm

    @property
    def local(self) -> str:
        name = f"{plain(self.first_name)}.{plain(self.last_name)}"
        return f"{name}{self.number}".lstrip(".")

    @property
    def address(self) -> str:
        return f"{self.local}@{self.firm.domain}"


def long_address(person: Person) -> str:
    """Return 51 to 80 characters: too many for a provider's import, yet valid."""
    domain = f"mail.chamber-members.{person.firm.domain}"
    length = 51 + person.number % 30 - len(domain) - 1
    tail = str(person.number)
    stem = f"{person.local}-membership-and-community-relations"
    return f"{stem[: max(length - len(tail), 1)]}{tail}@{domain}"


MESSES: Sequence[tuple[float, Callable[[Person], str]]] = (
    # of how many contacts the address looks like this
    (0.020, lambda person: ""),
    (0.004, lambda person: person.local),
    (0.004, lambda person: f"{person.local}@"),
    (0.004, lambda person: f"{person.local}@@{person.firm.domain}"),
    (0.004, lambda person: f"{person.local} @{person.firm.domain}"),
    (0.004, lambda person: f"{person.local}@{person.firm.domain.split('.')[0]}"),
    (0.020, lambda person: person.address.upper()),
    (0.030, lambda person: person.address.title()),
    (0.015, lambda person: f"  {person.address} "),
    (0.010, long_address),
    (0.020, lambda person: f"info@{person.firm.domain}"),
)

SHARED = 0.01
"""So many contacts have the address of the contact before, in capitals."""

DO_NOT_CONTACT = 0.025
INACTIVE = 0.05


def rows(random: Random, firms: Sequence[Firm], count: int) -> Iterator[Sequence[str]]:
    """Yield so many contacts, at least one for each kind of mess."""
    addresses = _Addresses(random, count)
    stops = _some(random, count, DO_NOT_CONTACT)
    gone = _some(random, count, INACTIVE)
    for number in range(1, count + 1):
        person = _person(random, firms, number)
        yield (
            f"C{number:07}",
            person.firm.member_id,
            person.first_name,
            person.last_name,
            random.choice(TITLES),
            person.firm.name,
            _phone(random),
            addresses.of(person),
            _other_addresses(random, person),
            "no" if number in gone else "yes",
            "yes" if number in stops else "no",
        )


def _some(random: Random, count: int, share: float) -> frozenset[int]:
    numbers = random.sample(range(1, count + 1), max(round(count * share), 1))
    return frozenset(numbers)


class _Addresses:
    """Whose address is odd, and how: nobody's in two ways."""

    def __init__(self, random: Random, count: int) -> None:
        free = iter(random.sample(range(1, count + 1), count // 2))
        self._messes = {
            next(free): mess
            for share, mess in MESSES
            for _ in range(max(round(count * share), 2))
        }
        self._sharing = {next(free) for _ in range(max(round(count * SHARED), 2))}
        self._before = ""

    def of(self, person: Person) -> str:
        """Return the address of the next person."""
        mess = self._messes.get(person.number)
        if mess:
            return mess(person)
        if person.number in self._sharing and self._before:
            return self._before.upper()
        self._before = person.address
        return self._before


def _person(random: Random, firms: Sequence[Firm], number: int) -> Person:
    """Return a person of a firm; neighbours are often colleagues."""
    place = (number * 2 // 5 + random.randint(-1, 1)) % len(firms)
    return Person(
        number=number,
        first_name=random.choice(GIVEN),
        last_name=random.choice(FAMILY),
        firm=firms[place],
    )


def _phone(random: Random) -> str:
    number = f"555-01{random.randint(0, 99):02}"
    return random.choice((number, f"({random.randint(201, 989)}) {number}", ""))


def _other_addresses(random: Random, person: Person) -> str:
    if person.number % 7:
        return ""
    others = [f"{person.local}@mail{random.randint(0, 9)}.example"]
    if person.number % 5 == 0:
        others.append(f"{plain(person.last_name)}@home{person.number}.example")
    return ";".join(others)
