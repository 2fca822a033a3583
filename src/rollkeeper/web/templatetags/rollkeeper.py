"""What templates say in the house's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import frozen
from django import template
from django.conf import settings
from django.template.context import RequestContext
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext
from django_scopes import scopes_disabled

from rollkeeper.connections.models import Connection
from rollkeeper.core.guards import Guard
from rollkeeper.directory.models import Association
from rollkeeper.engine.explain import Explanation
from rollkeeper.engine.spoken import Spoken
from rollkeeper.engine.words import GUARDS
from rollkeeper.ledger import held
from rollkeeper.notices import selectors
from rollkeeper.web import words
from rollkeeper.web.holds import namesakes_waiting
from rollkeeper.web.permissions import Permission
from rollkeeper.web.places import without_name
from rollkeeper.web.situation import standing_of
from rollkeeper.web.staff import StaffRequest, allows, refusal
from rollkeeper.web.standing import Standing

register = template.Library()


@frozen(kw_only=True)
class Place:
    """An entry of the menu."""

    title: str | Promise
    page: str
    icon: str = ""
    label: str | Promise = ""
    """A heading before it."""
    apart: bool = False
    """Is there a line before it?"""
    needs: Permission = Permission.LOOK
    """Who may not do it does not see the entry."""


PLACES = (
    Place(title=_("Home"), icon="house", page="home"),
    Place(title=_("Contacts"), icon="users", page="contacts"),
    Place(title=_("Members"), icon="building-2", page="members"),
    Place(title=_("Lists & Committees"), icon="list-checks", page="lists"),
    Place(title=_("Sync"), icon="refresh-cw", page="list_sync"),
    Place(title=_("Runs"), icon="history", page="runs", label=_("Newsletters")),
    Place(title=_("Waiting for you"), icon="hand", page="holds"),
    Place(title=_("Provider lists"), icon="cloud", page="provider_lists"),
    Place(title=_("Notices"), icon="bell", page="notices", label=_("Messages")),
    Place(title=_("Communication history"), icon="mails", page="communications"),
    Place(title=_("Settings"), icon="settings", page="settings", apart=True),
)
"""What the menu always shows."""

SETTINGS = (
    Place(title=_("Integrations"), page="constant_contact"),
    Place(title=_("Newsletter"), page="newsletter"),
    Place(title=_("Policies"), page="policies"),
    Place(title=_("Limits"), page="limits"),
    Place(title=_("Import"), page="import", needs=Permission.EDIT),
    Place(title=_("Users"), page="users", needs=Permission.ADMINISTER),
    Place(title=_("What you are told"), page="notice_settings"),
    Place(title=_("Record"), page="audit", needs=Permission.ADMINISTER),
)
"""What it shows beneath the last of them on the pages of settings."""

BENEATH: Final[Mapping[str, tuple[str, ...]]] = {
    "lists": ("/audiences/",),
    "runs": ("/runs/",),
}
"""Where else the pages of a place are than under its own address."""

CHANGES: Final[Mapping[str, str]] = Spoken(
    {
        "add": gettext_noop("to add"),
        "update": gettext_noop("to update"),
        "change address": gettext_noop("to get another address"),
        "remove": gettext_noop("to take off"),
        "disable": gettext_noop("to disable"),
        "hold": gettext_noop("to wait for you"),
    }
)
"""By the words of `engine.previewing`, which files and commands use."""


@register.inclusion_tag("web/parts/menu.html", takes_context=True)
def menu(context: RequestContext) -> dict[str, Any]:
    request = context["request"]
    holds = held.waiting(request.staff.association_id).count()
    counts = {
        "holds": holds + len(namesakes_waiting()),
        "notices": selectors.unseen(request.user.pk),
    }
    path = request.path
    shown = [*PLACES, *(SETTINGS if path.startswith(reverse("settings")) else ())]
    here = max(shown, key=lambda place: _reach(place, path))
    items = [
        {
            "place": place,
            "url": reverse(place.page),
            "count": counts.get(place.page, 0),
            "active": place is here and _reach(place, path) > 0,
        }
        for place in shown
        if allows(request.staff, place.needs)
    ]
    return {
        "items": items,
        "association": request.staff.association,
        "others": _others(request),
        "user": request.user,
        "here": request.get_full_path() if request.method == "GET" else "/",
        "csrf_token": context["csrf_token"],
    }


def _reach(place: Place, path: str) -> int:
    """Return how much of the address is that of the place, or of one beneath it."""
    own = reverse(place.page)
    if own == "/":
        return int(path == own)
    starts = (own, *BENEATH.get(place.page, ()))
    return max((len(one) for one in starts if path.startswith(one)), default=0)


def _others(request: StaffRequest) -> Sequence[Association]:
    """Return the other associations that the person works for."""
    with scopes_disabled():
        mine = Association.objects.filter(staff__user_id=request.staff.user_id)
        return list(mine.exclude(pk=request.staff.association_id).order_by("name"))


@register.inclusion_tag("web/parts/bell.html", takes_context=True)
def bell(context: RequestContext) -> dict[str, Any]:
    return {"unseen": selectors.unseen(context["request"].user.pk)}


@register.inclusion_tag("web/parts/unheard.html", takes_context=True)
def unheard(context: RequestContext) -> dict[str, Any]:
    """Say what nobody is told of though somebody must be, once an account matters."""
    told = selectors.unheard() if Connection.objects.exists() else ()
    return {"unheard": [str(event.label) for event in told]}


@register.inclusion_tag("web/parts/standing.html", takes_context=True)
def standing(
    context: RequestContext, *, large: bool = False, of: Standing | None = None
) -> dict[str, Any]:
    request = context["request"]
    shown = of or standing_of(request.staff.association)
    here = request.htmx.current_url_abs_path or request.path
    next_step = reverse(shown.action.page) if shown.action else here
    return {
        "standing": shown,
        "large": large,
        "action_url": "" if here.startswith(next_step) else next_step,
    }


@register.simple_tag
def refused(name: str, act: str = "") -> str:
    """Say who may do it, and whom to ask, where a button is not shown to somebody."""
    return refusal(Permission(name), act)


@register.simple_tag
def languages() -> Sequence[tuple[str, str]]:
    """Return the languages there are, each with its name in itself."""
    return settings.LANGUAGES


@register.filter
def ago(then: datetime | None) -> str:
    return words.ago(then, timezone.now())


@register.filter
def clock(then: datetime | None) -> str:
    return words.clock(then, timezone.now())


@register.filter
def clock_first(then: datetime | None) -> str:
    """As `clock`, to begin a line with."""
    return words.clock_first(then, timezone.now())


@register.filter(expects_localtime=True)
def short_day(then: datetime) -> str:
    return words.short_day(then)


@register.filter(expects_localtime=True)
def weekday(then: datetime) -> str:
    return words.weekday(then)


@register.filter
def either(names: Iterable[object]) -> str:
    """Return the names as a choice between them."""
    return pgettext("between names", " or ").join(str(name) for name in names)


@register.filter
def number(value: int) -> str:
    return words.count(value)


@register.filter
def change_in_words(what: str) -> str:
    """Return what a preview does to somebody."""
    return CHANGES.get(what, what)


@register.filter
def guard_in_words(guard: Guard) -> str:
    """Return why the guard asks, as the end of a sentence."""
    return GUARDS[guard]


@register.filter
def of_word(counts: Mapping[str, int], word: str) -> int:
    return counts.get(word, 0)


@register.filter
def told(found: Explanation) -> str:
    """Return the sentence of an explanation for where its name stands beside it."""
    return without_name(found)


@register.simple_tag
def counted(value: int, one: str, many: str = "") -> str:
    return words.count(value, one, many)


@register.filter
def in_short(user_agent: str) -> str:
    """Return browser and machine, as far as the browser says."""
    return words.browser(user_agent)
