"""One mailbox, three views, a policy for each audience: what is to change.

Two tables, printed in docs/algorithm.md as they stand here. Of the first, the first row
that fits is taken; the second is for mailboxes that are over there, and each row that
fits is taken. Nothing here makes a mailbox mailable that the provider shows as
unsubscribed, and nothing touches what was never ours, but for *do not contact*, which
is the directory's word on the whole mailbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from attrs import frozen

from rollkeeper.core import making
from rollkeeper.core.changes import Change
from rollkeeper.core.policy import Policies
from rollkeeper.core.situation import Situation
from rollkeeper.core.views import Views


@frozen
class Row:
    number: int
    when: str
    then: str
    fits: Callable[[Situation], bool]
    changes: Callable[[Situation], Iterable[Change]]


FIRST: Final = (
    Row(
        1,
        "its contact moved to another mailbox, which brings it along",
        "nothing",
        lambda s: s.views.moved_to is not None,
        making.nothing,
    ),
    Row(
        2,
        "unsubscribed over there",
        "nothing but `Agree` on what is left of ours: to claim more would look like "
        "leaving each list as soon as the person is back",
        lambda s: s.unsubscribed,
        making.fewer_claims,
    ),
    Row(
        3,
        "*do not contact*; active, and agreed on before or on an audience of ours",
        "`Disable`, even when it is on lists elsewhere",
        lambda s: s.do_not_contact and s.active and s.concerns_us,
        making.end,
    ),
    Row(
        4,
        "*do not contact*, but unknown, deleted, or on nothing that concerns us",
        "nothing",
        lambda s: s.do_not_contact,
        making.nothing,
    ),
    Row(
        5,
        "wanted; its contact had another mailbox, which is unsubscribed",
        "nothing: the refusal follows the person, the next pull records it",
        lambda s: s.escapes,
        making.nothing,
    ),
    Row(
        6,
        "wanted and never heard of; its contact had another mailbox of ours, which is "
        "active; every policy says *update*",
        "`Readdress` the old one; what else differs follows in the next pass",
        lambda s: s.readdresses,
        making.readdress,
    ),
    Row(
        7,
        "wanted; ours, or its contact's other mailbox was, but deleted over there and "
        "not by us; or given another address there",
        "`Hold`: add again, or let go?",
        lambda s: not s.active and bool(s.wanted) and s.deleted_over_there,
        making.hold,
    ),
    Row(
        8,
        "wanted; unknown or deleted there",
        "`Add` everything wanted, *back again* if we had ended it; before it `Agree` "
        "on no old claims",
        lambda s: not s.active and bool(s.wanted),
        making.bring,
    ),
    Row(
        9,
        "not wanted; unknown or deleted there",
        "nothing",
        lambda s: not s.active,
        making.nothing,
    ),
)

EACH: Final = (
    Row(
        10,
        "wanted, or staying, and ours, but not there",
        "`Left`: the person left; never put back",
        lambda s: bool(s.vanished),
        making.left,
    ),
    Row(
        11,
        "wanted and there, but not ours (adopted); or ours, but neither there nor "
        "wanted (let go); or only the carrier differs",
        "`Agree`",
        lambda s: s.to_agree,
        making.agree,
    ),
    Row(
        12,
        "wanted, not there, not ours",
        "`Add`, which brings a new name as well",
        lambda s: bool(s.missing),
        making.add,
    ),
    Row(
        13,
        "stays somewhere and joins nothing; the person differs from what was agreed on",
        "`Update`; a field that we had told and is empty now is emptied, one that we "
        "never told is left",
        lambda s: bool(s.staying) and not s.missing and s.renamed,
        making.update,
    ),
    Row(
        14,
        "the same, and agreed on, but somebody wrote another name over there, and a "
        "policy says *restore*",
        "`Update`",
        lambda s: not s.missing and not s.renamed and s.edited,
        making.restore,
    ),
    Row(
        15,
        "must leave some of what it is on, and is not to be ended",
        "`Remove`; from all that it is on, of which only some partings say *disable*: "
        "first from these, from the rest in the next pass",
        lambda s: bool(s.leaving) and not s.ends_all,
        making.remove,
    ),
    Row(
        16,
        "must leave all that it is on, elsewhere too; every parting says *disable*",
        "`Disable`; after row 10 not before consent knows, or *disabled by us* would "
        "hide that",
        lambda s: bool(s.leaving) and s.ends_all and not s.vanished,
        making.disable,
    ),
)


def decide(views: Views, policies: Policies) -> tuple[Change, ...]:
    """Return the changes that make this mailbox true; none when it is.

    The same views give the same changes. `Agree`, `Left` and `Hold` cost no request.
    """
    situation = Situation(views=views, policies=policies)
    return tuple(change for row in rows(situation) for change in row.changes(situation))


def rows(situation: Situation) -> tuple[Row, ...]:
    """Return the rows of the two tables that are taken; none when nothing is to do."""
    for row in FIRST:
        if row.fits(situation):
            return (row,)
    return tuple(row for row in EACH if row.fits(situation))


def readdresses(views: Views, policies: Policies) -> bool:
    """Does the provider's contact of `moved_from` get this mailbox as its address?

    Whoever gathers the old mailbox asks this too and sets `moved_to` only if so;
    otherwise the old mailbox is one that nobody carries any more.
    """
    return Situation(views=views, policies=policies).readdresses
