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

from rollkeeper.consent.kinds import Kind
from rollkeeper.core.values import one_line
from rollkeeper.engine import describing
from rollkeeper.engine.noticing.people import Mentioned, mentioned
from rollkeeper.engine.words import provider_name
from rollkeeper.ledger.models import Hold
from rollkeeper.notices.events import Event
from rollkeeper.notices.models import Incident

NAMED: Final = 20
"""So many people a message names; its link leads to all of them."""

SUBJECT_LENGTH: Final = 150

_DID: Final[Mapping[str, str]] = {
    "add": "added",
    "update": "updated",
    "readdress": "moved to a new address",
    "remove": "taken off lists",
    "disable": "disabled",
    "held": "held for a decision",
    "left": "left a list over there",
    "added_there": "put on lists over there by somebody else",
    "removed_there": "taken off lists over there",
    "edited_there": "renamed over there",
    "readdressed_there": "given another address over there",
    "deleted_there": "deleted over there",
    "opt_outs": "unsubscribes learnt",
}


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
    hour = local.hour % 12 or 12
    return f"{local:%B} {local.day} at {hour}:{local:%M %p} ({zone.key})"


def _failed(incident: Incident, provider: str, zone: ZoneInfo) -> Said:
    reason = one_line(incident.facts["reason"])
    return Said(
        title=f"{provider} no longer lets us in",
        text=f"{_ended_with_stop(reason)}It ended on"
        f" {clock(incident.happened_at, zone)}.\n\nUntil somebody signs in again,"
        f" nothing reaches {provider}. Nothing is lost: what you change is kept, and"
        " sent once you have connected again.",
        ask="Connect again",
    )


def _ended_with_stop(sentence: str) -> str:
    return f"{sentence.rstrip('.')}. " if sentence else ""


def _restored(incident: Incident, provider: str, zone: ZoneInfo) -> Said:
    failed = datetime.fromisoformat(incident.facts["failed_at"])
    return Said(
        title=f"{provider} is connected again",
        text=f"It had failed on {clock(failed, zone)}, and was connected again on"
        f" {clock(incident.happened_at, zone)}. What was changed meanwhile is being"
        " sent.",
        ask="See how it stands",
    )


def _held(facts: Mapping[str, Any]) -> Said:
    hold = Hold.objects.select_related("audience").filter(pk=facts["hold"]).first()
    if hold is None:
        return Said(
            title="A plan was held",
            text="It is no longer needed.",
            ask="See what waits",
        )
    return Said(
        title="A plan waits for a decision",
        text=f"{describing.subject(hold)}: {describing.what(hold)}."
        f" {describing.because(hold)}\n\nNothing of it is done until somebody decides."
        " Everything else goes on.",
        ask="Look and decide",
    )


def _namesake(facts: Mapping[str, Any], provider: str) -> Said:
    match facts["people"]:
        case None | 0:
            people = ""
        case 1:
            people = ", with one person on it"
        case count:
            people = f", with {count:,} people on it"
    return Said(
        title="A list waits for a decision",
        text=f"{provider} has a list called “{one_line(facts['name'])}” that is not"
        f" ours{people}. Nothing of this list is sent until somebody chooses to use the"
        " one that is there, or to have a new one made.",
        ask="Look and choose",
    )


_KINDS: Final[Mapping[str, str]] = {
    Kind.UNSUBSCRIBED: "unsubscribed from everything",
    Kind.LEFT_LIST: "left a list",
    Kind.COMPLAINT: "reported mail as unwanted",
}


def _unsubscribed(incident: Incident, provider: str) -> Said:
    people = incident.facts["people"]
    who = mentioned(incident.pk, NAMED)
    lines = [_line(one) for one in who]
    if people > len(who):
        lines.append(f"and {people - len(who):,} more")
    several = f"{people:,} people" if people != 1 else "Somebody"
    return Said(
        title=f"{several} unsubscribed",
        text=f"At {provider}:\n\n"
        + "\n".join(f"- {line}" for line in lines)
        + "\n\nWho unsubscribed has No Mass Emails on every list now, and stays on the"
        " lists here. Only the person can undo it.",
        ask="See them",
    )


def _line(one: Mentioned) -> str:
    name = f"{one_line(one.name)} ({one.mailbox})" if one.name else one.mailbox
    of = f" “{one_line(one.list_name)}”" if one.list_name else ""
    return f"{name} {_KINDS.get(one.kind, one.kind)}{of}"


def _night(facts: Mapping[str, Any], provider: str) -> Said:
    counts = facts["counts"]
    did = [
        f"- {counts[kind]:,} {word}" for kind, word in _DID.items() if counts.get(kind)
    ]
    minutes, seconds = divmod(facts["seconds"], 60)
    took = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    remark = f"\n\n{facts['remark']}" if facts["remark"] else ""
    return Said(
        title=f"Nightly run of {facts['night']}: "
        + ("changes" if did else "nothing to change"),
        text=f"Everything was compared with {provider}, in {took} and"
        f" {facts['requests']:,} requests.\n\n"
        + ("\n".join(did) or "Nothing had to change.")
        + remark,
        ask="See the run",
    )


def _silent(facts: Mapping[str, Any], provider: str, zone: ZoneInfo) -> Said:
    since = datetime.fromisoformat(facts["since"])
    return Said(
        title=f"Nothing has synced for {facts['hours']} hours",
        text=f"The last time that all went well with {provider} was"
        f" {clock(since, zone)}, and there is something to do since. No change is lost."
        " Perhaps no worker is running: ask whoever looks after Rollkeeper for you.",
        ask="See what happened",
    )


def _quota(facts: Mapping[str, Any], provider: str) -> Said:
    closed = " It says itself that the day is spent." if facts["closed"] else ""
    return Said(
        title=f"The requests to {provider} are nearly spent",
        text=f"{facts['used']:,} of the {facts['may']:,} requests that work may use"
        f" today are used.{closed} What does not go out today goes on after midnight"
        " UTC, in order. Unsubscribes are still read.",
        ask="See what waits",
    )


def _renamed(facts: Mapping[str, Any]) -> Said:
    return Said(
        title="A list's name changed over there",
        text=f"“{one_line(facts['was'])}” is called “{one_line(facts['now'])}” there"
        " now. It is kept true as before: we know it by its number.",
        ask="See the list",
    )


def _sign_in(facts: Mapping[str, Any], provider: str, zone: ZoneInfo) -> Said:
    ends = datetime.fromisoformat(facts["ends"])
    return Said(
        title=f"The sign-in at {provider} ends soon",
        text=f"Nobody has used it for months. On {clock(ends, zone)} it ends, and"
        " somebody has to sign in again. A worker that runs uses it by itself: ask"
        " whoever looks after Rollkeeper for you, or connect again now.",
        ask="Connect again",
    )


def body(
    parts: Sequence[Said], *, link: str, why: str, choices: str, association: str
) -> str:
    """Return the text of a message: what happened, where to look, why it was sent."""
    told = "\n\n\n".join(
        f"{one.title}\n{'-' * min(len(one.title), 70)}\n{one.text}" for one in parts
    )
    ask = parts[0].ask if len(parts) == 1 else "See all of them"
    return (
        f"{told}\n\n{ask}: {link}\n\n-- \n{one_line(association)}, by Rollkeeper\n"
        f"{why}\nChange what you are told: {choices}\n"
    )
