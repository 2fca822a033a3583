"""Changing many contacts at once, and taking back that somebody left a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from rollkeeper.core.values import AssociationId, ContactId, ListId
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import ContactList, Member
from rollkeeper.directory.search import OF_MEMBERS, begins, words_of
from rollkeeper.directory.sorting import in_order
from rollkeeper.engine.switches import kept_by_hand
from rollkeeper.web import exports, ticks, undoing
from rollkeeper.web.bulk import (
    ACTS,
    MOST,
    OF_LISTS,
    ROWS,
    Change,
    over_there,
    unreached,
)
from rollkeeper.web.permissions import Permission
from rollkeeper.web.situation import the_connection
from rollkeeper.web.staff import StaffRequest, actor, may

MEMBERS_SHOWN: Final = 20
"""Of those that a search finds; more words find fewer."""


@require_http_methods(["GET", "POST"])
@may(Permission.EDIT)
def change_many(request: StaffRequest) -> HttpResponse:
    """Choose what to do to those ticked or found, look at what it will do, save it."""
    said = request.POST if request.method == "POST" else request.GET
    asked = exports.asked(request, said)
    context = {"asked": asked, "rows": _rows(), "lists": _lists(), "most": MOST}
    ids = list(
        asked.chosen.contacts.order_by().values_list("pk", flat=True)[: MOST + 1]
    )
    context["number"] = len(ids)
    if not ids or len(ids) > MOST:
        return render(request, "web/contacts/change.html", context)
    change = _change(request, said, [ContactId(one) for one in ids])
    if change is None:
        context["missing"] = said.get("act", "")
        context["members"] = _members(request, said)
        context["members_shown"] = MEMBERS_SHOWN
        return render(request, "web/contacts/change.html", context)
    changed = change.changed
    if request.method == "POST":
        if said.get("seen") == f"{len(ids)} {changed}":
            return _saved(request, change, asked.back)
        context["moved"] = True
    context |= {
        "change": change,
        "changed": changed,
        "title": ACTS[change.act],
        "again": urlencode(asked.words),
        "unreached": unreached(change),
        **over_there(change, the_connection()),
    }
    return render(request, "web/contacts/change_plan.html", context)


@require_POST
@may(Permission.EDIT)
def undo(request: StaffRequest) -> HttpResponse:
    """Put back on their list whom this person took off it just now."""
    act = undoing.take(request, now=timezone.now())
    if act is None:
        messages.error(
            request, _("It is too late to undo that. Put them back by hand.")
        )
        return redirect("contacts")
    rows = ContactList.objects.filter(pk__in=act.places).order_by("name", "pk")
    if len(rows) < len(act.places):
        messages.error(request, _("The list is gone, so nobody can be put back on it."))
    if not rows:
        return redirect("lists")
    number = max(_put_back(request, row, act) for row in rows)
    messages.success(
        request,
        ngettext(
            "Undone: %(number)s contact is on %(list)s again, as before.",
            "Undone: %(number)s contacts are on %(list)s again, as before.",
            number,
        )
        % {
            "number": number,
            "list": get_text_list([str(row) for row in rows], _("and")),
        },
    )
    return redirect(act.back)


def _put_back(request: StaffRequest, row: ContactList, act: undoing.TakenOff) -> int:
    list_id = ListId(row.pk)
    return directory.put_back_on_list(
        places=act.places[list_id], list_id=list_id, by=actor(request)
    )


def _lists() -> Sequence[ContactList]:
    return list(kept_by_hand().order_by(in_order(), "pk"))


def _rows() -> Sequence[tuple[Any, Sequence[tuple[str, Any]]]]:
    return [(title, [(one, ACTS[one]) for one in acts]) for title, acts in ROWS]


def _members(request: StaffRequest, said: QueryDict) -> Sequence[Member]:
    """Return the members that were searched for, or the one chosen among them."""
    if said.get("act") != "member":
        return []
    text = said.get("member", "")
    if text.isdecimal():
        return list(Member.objects.filter(pk=int(text)))
    words = words_of(said.get("whose", ""))
    if not words:
        return []
    found = begins(OF_MEMBERS, *words, of=request.staff.association_id)
    return list(Member.objects.filter(found).order_by("name", "pk")[:MEMBERS_SHOWN])


def _change(
    request: StaffRequest, said: QueryDict, ids: Sequence[ContactId]
) -> Change | None:
    """Return what was chosen; None while something is missing."""
    act, row, member = said.get("act", ""), None, None
    if act and act not in ACTS:
        raise Http404
    if act in OF_LISTS:
        text = said.get("onto", "")
        if text.isdecimal():
            row = kept_by_hand().filter(pk=int(text)).first()
        if row is None:
            return None
    if act == "member":
        found = _members(request, said)
        if len(found) != 1:
            return None
        [member] = found
    if not act:
        return None
    return Change(
        act=act,
        list=row,
        member=member,
        ids=ids,
        association_id=AssociationId(request.staff.association_id),
        by=actor(request),
    )


def _saved(request: StaffRequest, change: Change, back: str) -> HttpResponse:
    done, tags = change.make(), ""
    number = done if isinstance(done, int) else len(done)
    if change.act == "take_off" and change.list:
        act = undoing.TakenOff(places={ListId(change.list.pk): done}, back=back)
        if undoing.remember(request, act, now=timezone.now()):
            tags = undoing.TAG
    said = ngettext(
        "Saved: %(act)s, %(number)s contact changed.",
        "Saved: %(act)s, %(number)s contacts changed.",
        number,
    ) % {"act": ACTS[change.act], "number": number}
    messages.success(request, said, extra_tags=tags)
    if request.POST.get("of") == "ticked":
        ticks.clear(request)
    return redirect(back)
