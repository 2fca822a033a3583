"""Settings, Newsletter: where newsletters are sent from, what is kept, and when."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.directory.models import AUTOMATIC, ContactList, ListKind
from rollkeeper.engine import newsletter as settings
from rollkeeper.engine.switches import kept
from rollkeeper.ledger.models.newsletter import Solution
from rollkeeper.ledger.services.newsletter import (
    Newsletter,
    SettingsRefused,
    newsletter_of,
)
from rollkeeper.web.newsletter import (
    NOT_TO_BE_HAD,
    SETS,
    NewsletterForm,
    can_be_chosen,
    consequences,
    zones,
)
from rollkeeper.web.permissions import Permission
from rollkeeper.web.situation import PROVIDER
from rollkeeper.web.staff import StaffRequest, actor, may
from rollkeeper.web.words import count, window

WINDOW = ("window_from", "window_to", "time_zone")


@require_safe
@may(Permission.LOOK)
def newsletter(request: StaffRequest) -> HttpResponse:
    return _page(request, _form(request))


@require_POST
@may(Permission.ADMINISTER, gettext_lazy("change the newsletter settings"))
def newsletter_change(request: StaffRequest) -> HttpResponse:
    association_id, form = request.staff.association_id, _form(request)
    if not form.is_valid():
        return _page(request, form, status=422)
    before = _kept(association_id)
    try:
        settings.change(
            association_id=association_id, changes=form.changes(), by=actor(request)
        )
    except SettingsRefused as error:
        form.add_error(None, str(error))
        return _page(request, form, status=422)
    said = consequences(
        before=before,
        after=_kept(association_id),
        night=_night(newsletter_of(association_id)),
    )
    messages.success(request, said)
    return redirect("newsletter")


def _form(request: StaffRequest) -> NewsletterForm:
    return NewsletterForm(
        request.POST or None,
        now=newsletter_of(request.staff.association_id),
        name_is_fixed=settings.representatives_made(),
    )


def _kept(association_id: int) -> set[int]:
    return set(kept(association_id, PROVIDER).values_list("pk", flat=True))


def _night(now: Newsletter) -> str:
    if now.solution is Solution.NONE:
        return _("Nothing is sent anywhere.")
    if not now.nightly:
        return _("There is no nightly run.")
    return _("The next nightly run begins %(now)s.") % {"now": window(now)}


def _page(
    request: StaffRequest, form: NewsletterForm, status: int = 200
) -> HttpResponse:
    sizes = _sizes()
    context = {
        "form": form,
        "solutions": [
            {
                "value": one.value,
                "label": one.label,
                "trouble": "" if can_be_chosen(one) else _(NOT_TO_BE_HAD),
            }
            for one in Solution
        ],
        "sets": [
            {
                "name": name,
                "title": title,
                "sentence": sentence,
                "size": sizes[name],
                "on": form[name].value(),
            }
            for name, (title, sentence) in SETS.items()
        ],
        "window_fields": [form[name] for name in WINDOW],
        "zones": zones(),
    }
    return render(request, "web/newsletter.html", context, status=status)


def _sizes() -> dict[str, Any]:
    """How many lists there are in each set, in words."""
    kinds = Counter(ContactList.objects.values_list("kind", flat=True))
    types = kinds[ListKind.MEMBERSHIP_TYPE]
    others = sum(number for kind, number in kinds.items() if kind not in AUTOMATIC)
    return {
        "representatives": _("1 list"),
        "membership_types": count(types, "list"),
        "lists": count(others, "list"),
    }
