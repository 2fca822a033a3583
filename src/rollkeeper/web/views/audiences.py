"""An audience: why the list over there is what it is, term by term."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rollkeeper.core.values import ListId
from rollkeeper.directory.models import ContactList
from rollkeeper.engine.behind import Term, people
from rollkeeper.engine.coordinator import Busy
from rollkeeper.engine.equation import Target
from rollkeeper.engine.explain import Explanation
from rollkeeper.engine.forecast import forecast
from rollkeeper.engine.policy_words import preset_words
from rollkeeper.engine.postgres.sums import sums, targets
from rollkeeper.engine.previewing import CannotLook, preview
from rollkeeper.engine.reconcile import NotConnected
from rollkeeper.jobs.tasks import surroundings
from rollkeeper.ledger import held
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.services.audiences import policy_of
from rollkeeper.web.audience import runs_of, strangers_of, term_in_words
from rollkeeper.web.equation import equation_of
from rollkeeper.web.holds import row_of
from rollkeeper.web.permissions import Permission
from rollkeeper.web.situation import is_connected, is_kept
from rollkeeper.web.staff import StaffRequest, actor, may
from rollkeeper.web.tables import true_since


@require_safe
@may(Permission.LOOK)
def audience(request: StaffRequest, audience_id: int) -> HttpResponse:
    row = _audience(audience_id)
    here = ContactList.objects.filter(pk=row.list_id).first()
    found = sums(row.connection, among=[row.list_id])
    one = found[0] if found else None
    figures = ledger.figures_by_list(row.connection_id, [row.list_id])[row.list_id]
    last = ledger.last_true_at(row.connection_id)
    waiting = held.waiting(row.association_id).filter(audience=row)
    context = {
        "audience": row,
        "list": here,
        "kept": here is not None and is_kept(here, row.connection),
        "connected": is_connected(row.connection),
        "sum": equation_of(one) if one else None,
        "true_since": true_since(figures.true_at(last)),
        "policy": preset_words(policy_of(row)),
        "strangers": strangers_of(row, one.strangers if one else 0),
        "runs": runs_of(row),
        "waiting": [row_of(hold) for hold in waiting],
    }
    return render(request, "web/audiences/audience.html", context)


@require_safe
@may(Permission.LOOK)
def audience_people(request: StaffRequest, audience_id: int, term: str) -> HttpResponse:
    """Who is behind one term of the sum, each with the reason."""
    row = _audience(audience_id)
    words, after = request.GET.get("q", "").strip(), request.GET.get("after", "")
    try:
        asked = Term.parse(term)
        page = people(
            connection=row.connection,
            target=_target(row),
            term=asked,
            after=after,
            words=words,
        )
    except ValueError as error:
        raise Http404 from error
    context = {
        "audience": row,
        "title": term_in_words(asked),
        "term": term,
        "page": page,
        "same": _same(page.rows),
        "words": words,
        "after": after,
    }
    part = request.htmx and not request.htmx.history_restore_request
    template = "people_part" if part else "people"
    return render(request, f"web/audiences/{template}.html", context)


def _same(rows: Sequence[Explanation]) -> Explanation | None:
    """Return one of them, when what to do is the same for all and is no decision."""
    steps = {(one.next_step, one.hold) for one in rows}
    return rows[0] if len(rows) > 1 and len(steps) == 1 and not rows[0].hold else None


@require_safe
@may(Permission.SYNC)
def audience_preview(request: StaffRequest, audience_id: int) -> HttpResponse:
    """What a sync of this list alone would do now."""
    row = _audience(audience_id)
    context = {"audience": row, **_looked(request, row)}
    part = "part" if request.htmx else "page"
    return render(request, f"web/audiences/preview_{part}.html", context)


def _looked(request: StaffRequest, row: Audience) -> dict[str, Any]:
    try:
        found = preview(
            connection_id=row.connection_id,
            by=actor(request),
            surroundings=surroundings(),
            list_id=ListId(row.list_id),
        )
    except Busy:
        return {
            "trouble": _("A run is working right now. Look again when it has ended.")
        }
    except (NotConnected, CannotLook) as error:
        return {"trouble": str(error)}
    cost = forecast(connection_id=row.connection_id, requests=found.requests)
    return {"preview": found, "forecast": cost}


def _audience(audience_id: int) -> Audience:
    rows = Audience.objects.select_related("connection__association")
    return get_object_or_404(rows, pk=audience_id)


def _target(row: Audience) -> Target:
    """Return what the sum is of. Raises `ValueError` when nothing is left of it."""
    found = targets(row.connection_id, among=[row.list_id])
    if not found:
        raise ValueError(f"audience {row.pk} has no list here or there")
    return found[0]
