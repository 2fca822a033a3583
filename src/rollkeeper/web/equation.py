"""The sum of a list as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from rollkeeper.core.eligibility import Reason
from rollkeeper.engine.behind import Side, Term
from rollkeeper.engine.equation import Sum
from rollkeeper.engine.words import TERMS


@frozen(kw_only=True)
class Line:
    """A term with a reason."""

    why: str
    number: int
    term: str
    """The word by which those behind it are asked for."""


@frozen(kw_only=True)
class Equation:
    """Adds up: members - not there + still there = there."""

    members: int
    not_there: Sequence[Line]
    """Contacts; the most first."""
    still_there: Sequence[Line]
    """Addresses."""
    there: int
    strangers: int
    held: int
    """How many of all these wait for a decision."""


def equation_of(one: Sum) -> Equation:
    return Equation(
        members=one.members,
        not_there=_in_words(Side.AWAY, one.not_there),
        still_there=_in_words(Side.STILL, one.still_there),
        there=one.there,
        strangers=one.strangers,
        held=one.not_there.get(Reason.HELD, 0) + one.still_there.get(Reason.HELD, 0),
    )


def _in_words(side: Side, terms: Mapping[Reason, int]) -> list[Line]:
    largest = sorted(terms.items(), key=lambda term: (-term[1], term[0]))
    return [
        Line(
            why=TERMS[reason],
            number=number,
            term=Term(side=side, reason=reason).word,
        )
        for reason, number in largest
    ]
