"""What messages say, in plain text.

Subjects are read on locked screens and in the lists of mail programs: they hold the
association, and what happened; never a contact's name or address.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import frozen
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from rollkeeper.consent.kinds import Kind
from rollkeeper.core.values import one_line
from rollkeeper.engine import describing
from rollkeeper.engine.done import done
from rollkeeper.engine.noticing.people import Mentioned, mentioned
from rollkeeper.engine.spoken import Spoken, figure
from rollkeeper.engine.stored import told
from rollkeeper.engine.words import provider_name
from rollkeeper.ledger.models import Hold
from rollkeeper.notices.events import Event
from rollkeeper.notices.models import Incident

NAMED: Final = 20
"""So many people a message names; its link leads to all of them."""

SUBJECT_LENGTH: Final = 150


@frozen(kw_only=True)
class Said:
    """An incident in words."""

    title: str
    """Without names or addresses of contacts."""
    text: str
    ask: str
    """What the link is for, before its colon."""


def say(incident: Incident, zone: ZoneInfo) -> Said:
    """Put an incident into words, times by the clocks of *zone*."""
    facts = incident.facts
    provider = provider_name(facts.get("provider", "constant_contact"))
    match Event(incident.event):
        case Event.CONNECTION_FAILED:
            return _failed(incident, provider, zone)
        case Event.CONNECTION_RESTORED:
            return _restored(incident, provider, zone)
        case Event.PLAN_HELD:
            return _namesake(facts, provider) if "namesake" in facts else _held(facts)
        case Event.UNSUBSCRIBED:
            return _unsubscribed(incident, provider)
        case Event.NIGHT_REPORT:
            return _night(facts, provider)
        case Event.NOTHING_SYNCED:
            return _silent(facts, provider, zone)
        case Event.QUOTA_NEARLY_SPENT:
            return _quota(facts, provider)
        case Event.LIST_RENAMED:
            return _renamed(facts)
        case Event.SIGN_IN_ENDS:
            return _sign_in(facts, provider, zone)


def subject(association: str, title: str) -> str:
    """Return a subject that can be a header whatever its parts are."""
    plain = "".join(
        " " if unicodedata.category(one) in _NO_HEADER else one
        for one in f"{association}: {title}"
    )
    line = one_line(plain)
    return line if len(line) <= SUBJECT_LENGTH else f"{line[: SUBJECT_LENGTH - 1]}…"


_NO_HEADER: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Controls, marks that turn the direction of writing, ends of lines and paragraphs."""


def clock(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return _("%(day)s at %(time)s (%(zone)s)") % {
        "day": date_format(local, "MONTH_DAY_FORMAT"),
        "time": date_format(local, "TIME_FORMAT"),
        "zone": zone.key,
    }


def _failed(incident: Incident, provider: str, zone: ZoneInfo) -> Said:
    reason = told(one_line(incident.facts["reason"]))
    ended = _("It ended on %(when)s.") % {"when": clock(incident.happened_at, zone)}
    until = _(
        "Until somebody signs in again, nothing reaches %(provider)s. Nothing is lost:"
        " what you change is kept, and sent once you have connected again."
    ) % {"provider": provider}
    return Said(
        title=_("%(provider)s no longer lets us in") % {"provider": provider},
        text=f"{_ended_with_stop(reason)}{ended}\n\n{until}",
        ask=_("Connect again"),
    )


def _ended_with_stop(sentence: str) -> str:
    return f"{sentence.rstrip('.')}. " if sentence else ""


def _restored(incident: Incident, provider: str, zone: ZoneInfo) -> Said:
    failed = datetime.fromisoformat(incident.facts["failed_at"])
    return Said(
        title=_("%(provider)s is connected again") % {"provider": provider},
        text=_(
            "It had failed on %(failed)s, and was connected again on %(again)s. What"
            " was"
            " changed meanwhile is being sent."
        )
        % {"failed": clock(failed, zone), "again": clock(incident.happened_at, zone)},
        ask=_("See how it stands"),
    )


def _held(facts: Mapping[str, Any]) -> Said:
    hold = Hold.objects.select_related("audience").filter(pk=facts["hold"]).first()
    if hold is None:
        return Said(
            title=_("A plan was held"),
            text=_("It is no longer needed."),
            ask=_("See what waits"),
        )
    return Said(
        title=_("A plan waits for a decision"),
        text=f"{describing.subject(hold)}: {describing.what(hold)}."
        f" {describing.because(hold)}\n\n"
        + _("Nothing of it is done until somebody decides. Everything else goes on."),
        ask=_("Look and decide"),
    )


def _namesake(facts: Mapping[str, Any], provider: str) -> Said:
    people = facts["people"]
    there = _("%(provider)s has a list called “%(name)s” that is not ours.")
    if people:
        there = ngettext(
            "%(provider)s has a list called “%(name)s” that is not ours, with one"
            " person on it.",
            "%(provider)s has a list called “%(name)s” that is not ours, with"
            " %(people)s people on it.",
            people,
        )
    until = _(
        "Nothing of this list is sent until somebody chooses to use the one that is"
        " there, or to have a new one made."
    )
    said = {
        "provider": provider,
        "name": one_line(facts["name"]),
        "people": figure(people or 0),
    }
    return Said(
        title=_("A list waits for a decision"),
        text=f"{there % said} {until}",
        ask=_("Look and choose"),
    )


_KINDS: Final[Mapping[str, str]] = Spoken(
    {
        Kind.UNSUBSCRIBED: gettext_noop("unsubscribed from everything"),
        Kind.LEFT_LIST: gettext_noop("left a list"),
        Kind.COMPLAINT: gettext_noop("reported mail as unwanted"),
    }
)


def _unsubscribed(incident: Incident, provider: str) -> Said:
    people = incident.facts["people"]
    who = mentioned(incident.pk, NAMED)
    lines = [_line(one) for one in who]
    if people > len(who):
        more = figure(people - len(who))
        lines.append(_("and %(n)s more") % {"n": more})
    undone = _(
        "Who unsubscribed has No Mass Emails on every list now, and stays on the lists"
        " here. Only the person can undo it."
    )
    told_at = _("At %(provider)s:") % {"provider": provider}
    return Said(
        title=ngettext("Somebody unsubscribed", "%(n)s people unsubscribed", people)
        % {"n": figure(people)},
        text=f"{told_at}\n\n"
        + "\n".join(f"- {line}" for line in lines)
        + f"\n\n{undone}",
        ask=_("See them"),
    )


def _line(one: Mentioned) -> str:
    name = f"{one_line(one.name)} ({one.mailbox})" if one.name else one.mailbox
    of = f" “{one_line(one.list_name)}”" if one.list_name else ""
    return f"{name} {_KINDS.get(one.kind, one.kind)}{of}"


def _night(facts: Mapping[str, Any], provider: str) -> Said:
    did = [f"- {one}" for one in done(facts["counts"])]
    minutes, seconds = divmod(facts["seconds"], 60)
    took = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    remark = f"\n\n{told(facts['remark'])}" if facts["remark"] else ""
    title = _("Nightly run of %(night)s: nothing to change")
    if did:
        title = _("Nightly run of %(night)s: changes")
    compared = _(
        "Everything was compared with %(provider)s, in %(took)s and %(requests)s"
        " requests."
    ) % {"provider": provider, "took": took, "requests": figure(facts["requests"])}
    changed = "\n".join(did) or _("Nothing had to change.")
    return Said(
        title=title % {"night": facts["night"]},
        text=f"{compared}\n\n{changed}{remark}",
        ask=_("See the run"),
    )


def _silent(facts: Mapping[str, Any], provider: str, zone: ZoneInfo) -> Said:
    since = datetime.fromisoformat(facts["since"])
    hours = facts["hours"]
    return Said(
        title=ngettext(
            "Nothing has synced for %(hours)s hour",
            "Nothing has synced for %(hours)s hours",
            hours,
        )
        % {"hours": hours},
        text=_(
            "The last time that all went well with %(provider)s was %(since)s, and"
            " there"
            " is something to do since. No change is lost. Perhaps no worker is"
            " running:"
            " ask whoever looks after Rollkeeper for you."
        )
        % {"provider": provider, "since": clock(since, zone)},
        ask=_("See what happened"),
    )


def _quota(facts: Mapping[str, Any], provider: str) -> Said:
    used = _("%(used)s of the %(may)s requests that work may use today are used.") % {
        "used": figure(facts["used"]),
        "may": figure(facts["may"]),
    }
    closed = " " + _("It says itself that the day is spent.") if facts["closed"] else ""
    rest = _(
        "What does not go out today goes on after midnight UTC, in order. Unsubscribes"
        " are still read."
    )
    return Said(
        title=_("The requests to %(provider)s are nearly spent")
        % {"provider": provider},
        text=f"{used}{closed} {rest}",
        ask=_("See what waits"),
    )


def _renamed(facts: Mapping[str, Any]) -> Said:
    return Said(
        title=_("A list's name changed over there"),
        text=_(
            "“%(was)s” is called “%(now)s” there now. It is kept true as before: we"
            " know"
            " it by its number."
        )
        % {"was": one_line(facts["was"]), "now": one_line(facts["now"])},
        ask=_("See the list"),
    )


def _sign_in(facts: Mapping[str, Any], provider: str, zone: ZoneInfo) -> Said:
    ends = datetime.fromisoformat(facts["ends"])
    return Said(
        title=_("The sign-in at %(provider)s ends soon") % {"provider": provider},
        text=_(
            "Nobody has used it for months. On %(ends)s it ends, and somebody has to"
            " sign in again. A worker that runs uses it by itself: ask whoever looks"
            " after Rollkeeper for you, or connect again now."
        )
        % {"ends": clock(ends, zone)},
        ask=_("Connect again"),
    )


def gist(body: str) -> str:
    """Return the first paragraph of a text that `body` made, without its title."""
    return body.partition("\n\n")[0].split("\n", 2)[-1]


def body(
    parts: Sequence[Said], *, link: str, why: str, choices: str, association: str
) -> str:
    """Return the text of a message: what happened, where to look, why it was sent."""
    happened = "\n\n\n".join(
        f"{one.title}\n{'-' * min(len(one.title), 70)}\n{one.text}" for one in parts
    )
    ask = parts[0].ask if len(parts) == 1 else _("See all of them")
    sender = _("%(association)s, by Rollkeeper") % {
        "association": one_line(association)
    }
    change = _("Change what you are told: %(link)s") % {"link": choices}
    return f"{happened}\n\n{ask}: {link}\n\n-- \n{sender}\n{why}\n{change}\n"
