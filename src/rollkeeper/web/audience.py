"""An audience's page: its sum, its runs, who else is on its list, and its policy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen
from django.db.models import F, Q
from django.template.defaultfilters import capfirst
from django.utils.translation import gettext as _

from rollkeeper.engine import summing
from rollkeeper.engine.behind import Side, Term
from rollkeeper.engine.policy_words import FIELDS
from rollkeeper.engine.words import TERMS
from rollkeeper.ledger.models import Audience, Operation, RemoteMembership, Run
from rollkeeper.ledger.services.audiences import policy_of
from rollkeeper.web.runs import RunRow, row_of

RUNS_SHOWN = 10
STRANGERS_SHOWN = 10


@frozen(kw_only=True)
class PastRun:
    """A run that had to do with the audience."""

    run: RunRow
    there: int | None
    """How many were there because of us when it had compared the list; else None."""


def runs_of(audience: Audience) -> Sequence[PastRun]:
    """Return the last runs that compared the audience's list or sent calls about it,
    the newest first."""
    about = Operation.objects.filter(
        connection_id=audience.connection_id,
        lists__contains=[audience.provider_list_id or ""],
    )
    runs = Run.objects.filter(
        Q(sums__contains=[{"list_id": audience.list_id}])
        | Q(pk__in=about.values("run_id")),
        connection_id=audience.connection_id,
    )
    return [
        PastRun(run=row_of(run), there=_left(run, audience.list_id))
        for run in runs.order_by("-pk")[:RUNS_SHOWN]
    ]


def _left(run: Run, list_id: int) -> int | None:
    kept = summing.of(run) or ()
    return next((one.there for one in kept if one.target.list_id == list_id), None)


@frozen(kw_only=True)
class Stranger:
    mailbox: str
    since: datetime


@frozen(kw_only=True)
class Strangers:
    """Who is on the provider list, and not through us."""

    number: int
    newest: Sequence[Stranger]
    policy: str
    """What is done with them."""


def strangers_of(audience: Audience, number: int) -> Strangers:
    others = RemoteMembership.objects.filter(audience=audience, there=True, ours=False)
    newest = others.order_by("-since", "pk").annotate(mailbox=F("contact__mailbox"))
    policy = policy_of(audience)
    return Strangers(
        number=number,
        newest=[
            Stranger(mailbox=one.mailbox, since=one.since)
            for one in newest[:STRANGERS_SHOWN]
        ],
        policy=FIELDS["strangers"].values[policy.strangers],
    )


def term_in_words(term: Term) -> str:
    """Return what those behind the term have in common, to stand as a headline."""
    match term.side:
        case Side.THERE:
            return _("At Constant Contact because of us")
        case Side.OTHERS:
            return _("On the list there, put there by somebody else")
        case Side.STILL:
            assert term.reason is not None
            words = {"why": TERMS[term.reason]}
            return _("Still there, %(why)s") % words
        case Side.AWAY:
            assert term.reason is not None
            return capfirst(TERMS[term.reason])
