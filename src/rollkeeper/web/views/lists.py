"""Lists: what is on them, and which are kept true at the provider."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from rollkeeper.connections.models import Connection
from rollkeeper.core.policy import DEFAULT
from rollkeeper.directory.models import Contact, ContactList, PlaceOnList
from rollkeeper.directory.search import BY_COMPANY, BY_NAME
from rollkeeper.engine.beginning import is_begun
from rollkeeper.engine.namesakes import Undecided, undecided
from rollkeeper.engine.policy_words import PresetWords, preset_words
from rollkeeper.engine.postgres.sums import sums
from rollkeeper.ledger import held
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.services.audiences import policy_of
from rollkeeper.ledger.services.newsletter import newsletter_of
from rollkeeper.web import roll
from rollkeeper.web.equation import Equation, equation_of
from rollkeeper.web.finding import Found, bounded, each_where
from rollkeeper.web.holds import row_of
from rollkeeper.web.now import is_in_line, next_run, now_of
from rollkeeper.web.permissions import Permission
from rollkeeper.web.places import reasons_on
from rollkeeper.web.situation import is_connected, is_kept, the_connection
from rollkeeper.web.staff import StaffRequest, may
from rollkeeper.web.synching import no_effect
from rollkeeper.web.tables import ListTable, MemberTable, Shown, true_since
from rollkeeper.web.turning import order_of

SORTS = {"name": BY_NAME, "company": BY_COMPANY}


@require_safe
@may(Permission.LOOK)
def lists(request: StaffRequest) -> HttpResponse:
    table = ListTable(roll.lists(), **_provider_side(the_connection()))
    RequestConfig(request).configure(table)
    return render(request, "web/lists/index.html", {"table": table})


@require_safe
@may(Permission.LOOK)
def contact_list(request: StaffRequest, list_id: int) -> HttpResponse:
    row, connection = get_object_or_404(ContactList, pk=list_id), the_connection()
    figures = _figures_of(row, connection)
    made = figures if figures and figures.made else None
    last_true_at = ledger.last_true_at(connection.pk) if connection else None
    places = PlaceOnList.objects.filter(list=row)
    quiet = places.filter(roll.kept_from(row))
    if quiet_only := "no_mass_emails" in request.GET:
        places = quiet
    if missing_only := made is not None and "missing" in request.GET:
        there_now = roll.reached(made.audience_id).values("contact_id")
        places = places.exclude(contact_id__in=there_now)
    found, order = _found(places), order_of(request.GET, SORTS)
    page = found.page(request.GET, order)
    table = MemberTable(
        Shown(roll.places_of(page.rows, row)),
        audience_id=made.audience_id if made else None,
        reasons=reasons_on(row, connection),
        order_by=order.name,
    )
    context = {
        "list": row,
        **_synching(request, row, connection),
        "figures": made,
        "behind": made.audience_id if made else None,
        "sum": _sum_of(row, connection) if made else None,
        "members": places.count() if found.more else found.count,
        "page": page,
        "policy": _policy_words(row, connection),
        "waiting": [
            row_of(hold)
            for hold in held.waiting(row.association_id).filter(
                audience__list_id=row.pk
            )
        ],
        "missing_only": missing_only,
        "quiet": 0 if quiet_only else quiet.count(),
        "quiet_only": quiet_only,
        "true_since": true_since(made.true_at(last_true_at) if made else None),
        "table": table,
    }
    return render(request, "web/lists/list.html", context)


def _found(places: QuerySet[PlaceOnList]) -> Found:
    """Return whose places these are."""
    rows = Contact.objects.filter(pk__in=places.values("contact_id"))
    each = each_where(places.filter(contact=OuterRef("pk")))
    return bounded(rows, walked=Contact.objects.filter(each))


def _synching(
    request: StaffRequest, row: ContactList, connection: Connection | None
) -> dict[str, Any]:
    """Whether the list's box means anything, and how Sync Now gets on, if it does."""
    chosen = newsletter_of(row.association_id)
    facts = {
        "connected": is_connected(connection),
        "kept": connection is not None and is_kept(row, connection),
        "no_effect": no_effect(row.kind, chosen),
    }
    if not is_connected(connection):
        return facts
    facts["begun"] = is_begun(connection.pk)
    after = request.GET.get("after", "")
    if after.isdecimal():
        facts |= {"now": now_of(row, connection, int(after)), "after": after}
    elif is_in_line(row, connection):
        first = next_run(connection)
        facts |= {"now": now_of(row, connection, first), "after": first}
    return facts | {
        "namesake": _namesake(row, connection),
    }


def _namesake(row: ContactList, connection: Connection) -> Undecided | None:
    waiting = undecided(connection.pk)
    return next((one for one in waiting if one.list_id == row.pk), None)


def _figures_of(
    row: ContactList, connection: Connection | None
) -> ledger.AudienceFigures | None:
    if connection is None:
        return None
    return ledger.figures_by_list(connection.pk, [row.pk]).get(row.pk)


def _sum_of(row: ContactList, connection: Connection | None) -> Equation | None:
    found = sums(connection, among=[row.pk]) if connection else []
    return equation_of(found[0]) if found else None


def _policy_words(
    row: ContactList, connection: Connection | None
) -> PresetWords | None:
    """What keeps the list true, in words; None when nothing does."""
    if not is_connected(connection):
        return None
    audience = Audience.objects.filter(connection=connection, list_id=row.pk).first()
    if audience:
        return preset_words(policy_of(audience))
    return preset_words(DEFAULT) if row.sync else None


def _provider_side(connection: Connection | None) -> dict[str, Any]:
    if connection is None:
        return {"figures": {}, "last_true_at": None}
    return {
        "figures": ledger.figures_by_list(connection.pk),
        "last_true_at": ledger.last_true_at(connection.pk),
    }
