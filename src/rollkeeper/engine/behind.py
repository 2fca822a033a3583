"""Who is behind a term of a sum: the same verdicts, with names instead of a number.

The terms of `equation.Sum` have a word each, so that a page can be asked for one. Whom
a page shows is read a portion at a time, whatever the size of the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from heapq import merge
from itertools import islice
from typing import Final

from attrs import frozen
from django.db.models import Q

from rollkeeper.connections.models import Connection
from rollkeeper.core.eligibility import Reason
from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.directory.models import Contact, EmailAddress, PlaceOnList
from rollkeeper.engine.equation import Spot, Sum, Target, Verdict, judge
from rollkeeper.engine.explain import Explanation, explain, explain_mailboxes
from rollkeeper.engine.postgres.moment import one_moment
from rollkeeper.engine.postgres.spots import Around, Portion, behind, each

AT_ONCE: Final = 25


class Side(StrEnum):
    """On which side of the sum a term stands."""

    AWAY = "away"
    """Contacts on the list here who are not there in their own name."""
    STILL = "still"
    """Mailboxes there although nobody brings them any more."""
    THERE = "there"
    """Mailboxes there because of us: the result."""
    OTHERS = "others"
    """Mailboxes there from elsewhere."""


_WITH_A_REASON: Final = (Side.AWAY, Side.STILL)
_WITHOUT_MAILBOX: Final = {
    Reason.NO_PRIMARY_ADDRESS: False,
    Reason.ADDRESS_INVALID: True,
}
"""Whose contacts have no mailbox, with whether they have an address at all."""


@frozen(kw_only=True)
class Term:
    side: Side
    reason: Reason | None = None

    @property
    def word(self) -> str:
        return f"{self.side}-{self.reason}" if self.reason else str(self.side)

    @classmethod
    def parse(cls, word: str) -> Term:
        """Return the term of that word; raise `ValueError` when there is none."""
        side, _, reason = word.partition("-")
        term = cls(side=Side(side), reason=Reason(reason) if reason else None)
        if (term.side in _WITH_A_REASON) != (term.reason is not None):
            raise ValueError(f"no term is called {word}")
        return term

    def number(self, of: Sum) -> int:
        """Return how many are behind it: what the sum says."""
        match self.side:
            case Side.AWAY:
                return of.not_there.get(self.reason, 0) if self.reason else 0
            case Side.STILL:
                return of.still_there.get(self.reason, 0) if self.reason else 0
            case Side.THERE:
                return of.there
            case Side.OTHERS:
                return of.strangers

    def among(self, spot: Spot, verdict: Verdict) -> int:
        """Return how many of the spot are behind this term."""
        match self.side:
            case Side.AWAY:
                return list(verdict.reasons.values()).count(self.reason)
            case Side.STILL:
                return int(verdict.still_there is self.reason)
            case Side.THERE:
                return int(spot.there and spot.ours)
            case Side.OTHERS:
                return int(spot.there and not spot.ours)


@frozen(kw_only=True)
class People:
    """A page of those behind a term, by their addresses; by contact where none is."""

    rows: Sequence[Explanation]
    number: int
    """How many are behind the term by now, on all pages, whatever is searched for."""
    more_after: str
    """What to ask for the next page with; empty on the last one."""


def people(
    *,
    connection: Connection,
    target: Target,
    term: Term,
    after: str = "",
    words: str = "",
    limit: int = AT_ONCE,
) -> People:
    """Return the next *limit* mailboxes behind a term, each with why; of contacts that
    count apart, all who share a mailbox. The association must be in scope.

    Raises `ValueError` for an *after* that no page gave.
    """
    with one_moment():
        if term.side is Side.AWAY and term.reason in _WITHOUT_MAILBOX:
            return _without_mailbox(connection, target, term, after, words, limit)
        around = Around(
            association_id=connection.association_id, connection_id=connection.pk
        )
        portion = Portion(after=after, words=words, limit=limit + 1)
        found, number = [], 0
        for spot, mailboxes, times in behind(around, target, portion):
            if those := term.among(spot, judge(spot, target)):
                found.append(mailboxes)
                number += those * times
        first = list(islice(merge(*found), limit + 1))
        shown = first[:limit]
        return People(
            rows=list(_explained(connection, around, target, term, shown)),
            number=number,
            more_after=shown[-1] if len(first) > limit else "",
        )


def _explained(
    connection: Connection,
    around: Around,
    target: Target,
    term: Term,
    mailboxes: Sequence[Mailbox],
) -> Iterator[Explanation]:
    if term.side not in (Side.AWAY, Side.THERE):
        yield from explain_mailboxes(
            connection=connection, mailboxes=mailboxes, list_id=target.list_id
        )
        return
    whose = _contacts(around, target, term, mailboxes)
    told = _told(connection, target, [one for those in whose.values() for one in those])
    alone = [mailbox for mailbox in mailboxes if not whose.get(mailbox)]
    by_mailbox = {
        one.mailbox: one
        for one in explain_mailboxes(
            connection=connection, mailboxes=alone, list_id=target.list_id
        )
    }
    for mailbox in mailboxes:
        if contacts := whose.get(mailbox):
            yield from (told[one] for one in contacts if one in told)
        elif mailbox in by_mailbox:
            yield by_mailbox[mailbox]


def _contacts(
    around: Around, target: Target, term: Term, mailboxes: Sequence[Mailbox]
) -> dict[str, list[ContactId]]:
    """Return by mailbox which of its holders count in the term."""
    return {
        mailbox: [
            contact
            for contact, reason in judge(spot, target).reasons.items()
            if reason is term.reason
        ]
        for _, mailbox, spot in each(around, [target], mailboxes)
    }


def _told(
    connection: Connection, target: Target, contacts: Iterable[int]
) -> dict[int | None, Explanation]:
    rows = list(Contact.objects.filter(pk__in=list(contacts)))
    told = explain(connection=connection, contacts=rows, list_id=target.list_id)
    return {one.contact_id: one for one in told}


def _without_mailbox(
    connection: Connection,
    target: Target,
    term: Term,
    after: str,
    words: str,
    limit: int,
) -> People:
    primary = EmailAddress.objects.filter(primary=True)
    on_list = PlaceOnList.objects.filter(list_id=target.list_id)
    rows = Contact.objects.filter(pk__in=on_list.values("contact_id"))
    assert term.reason is not None
    if _WITHOUT_MAILBOX[term.reason]:
        broken = primary.filter(mailbox=None)
        rows = rows.filter(pk__in=broken.values("contact_id"))
    else:
        rows = rows.exclude(pk__in=primary.values("contact_id"))
    number = rows.count()
    for word in words.split():
        rows = rows.filter(
            Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(company__icontains=word)
            | Q(addresses__typed__icontains=word)
        ).distinct()
    first = list(rows.filter(pk__gt=int(after or 0)).order_by("pk")[: limit + 1])
    shown = first[:limit]
    told = _told(connection, target, [one.pk for one in shown])
    return People(
        rows=[told[one.pk] for one in shown],
        number=number,
        more_after=str(shown[-1].pk) if len(first) > limit else "",
    )
