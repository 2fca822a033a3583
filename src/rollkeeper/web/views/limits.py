"""Settings, Limits: how much may be done before a person is asked."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.engine.describing import LIMITS
from rollkeeper.ledger import figures
from rollkeeper.ledger.services.limits import change_limit
from rollkeeper.web.forms import LimitForm
from rollkeeper.web.permissions import Permission
from rollkeeper.web.staff import StaffRequest, actor, again, may
from rollkeeper.web.words import count


@require_safe
@may(Permission.LOOK)
def limits(request: StaffRequest) -> HttpResponse:
    return _page(request, _forms(request))


@require_POST
@may(Permission.ADMINISTER, gettext_lazy("change the limits"))
@again
def limits_change(request: StaffRequest) -> HttpResponse:
    forms = _forms(request)
    invalid = [form for form in forms.values() if not form.is_valid()]
    if invalid:
        return _page(request, forms, status=422)
    changed = [name for name, form in forms.items() if form.has_changed()]
    for name in changed:
        change_limit(
            association_id=request.staff.association_id,
            name=name,
            share=forms[name].share(),
            by=actor(request),
        )
    said = count(len(changed), "limit") if changed else "nothing"
    messages.success(request, _("Saved: %(said)s changed.") % {"said": said})
    return redirect("limits")


def _forms(request: StaffRequest) -> Mapping[str, LimitForm]:
    now = figures.limits(request.staff.association_id)
    return {
        name: LimitForm(
            request.POST or None, prefix=name, share=getattr(now, name), about=about
        )
        for name, about in LIMITS.items()
    }


def _page(
    request: StaffRequest, forms: Mapping[str, LimitForm], status: int = 200
) -> HttpResponse:
    context = {"forms": list(forms.values()), "wrong": status == 422}
    return render(request, "web/limits.html", context, status=status)
