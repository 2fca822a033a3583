"""Firms that are members."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from random import Random

from attrs import frozen

from rollkeeper.directory.sample.words import FAMILY, FORMS, TOWNS, TRADES, TYPES

HEADER = ("member_id", "name", "membership_type", "status", "website", "city")

STATUSES = ("active",) * 17 + ("courtesy", "prospect", "dropped")


@frozen(kw_only=True)
class Firm:
    member_id: str
    name: str
    membership_type: str
    status: str
    domain: str
    town: str


def invent(random: Random, count: int) -> Sequence[Firm]:
    return [_firm(random, number) for number in range(1, count + 1)]


def rows(firms: Sequence[Firm]) -> Iterator[Sequence[str]]:
    for firm in firms:
        yield (
            firm.member_id,
            firm.name,
            firm.membership_type,
            firm.status,
            f"www.{firm.domain}",
            firm.town,
        )


def plain(text: str) -> str:
    """Return the letters and digits of *text* as an address can have them."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", letters.lower())


def _firm(random: Random, number: int) -> Firm:
    family, other = random.choice(FAMILY), random.choice(FAMILY)
    trade, form = random.choice(TRADES), random.choice(FORMS)
    partners = f"{family}, {other} and Partners"
    name = partners if random.random() < 0.1 else f"{family} {trade} {form}".strip()
    return Firm(
        member_id=f"M{number:06}",
        name=name,
        membership_type=random.choice(TYPES),
        status=STATUSES[number % len(STATUSES)],
        domain=f"{plain(family)[:10]}{plain(trade)[:8]}{number}.example",
        town=random.choice(TOWNS),
    )
