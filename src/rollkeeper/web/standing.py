"""The first glance: is everything true, is it on its way, or does it need a person?

`judge` looks at the facts in the order of how much they matter and says one thing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import field, frozen

from rollkeeper.connections.models import ConnectionState
from rollkeeper.ledger.models import RunState
from rollkeeper.ledger.selectors import ENDED_WELL
from rollkeeper.web.words import ago, clock, count

PATIENCE = timedelta(minutes=10)
"""Changes that have waited longer than this mean that no worker takes them up."""

PATIENCE_FOR_PULLS = timedelta(minutes=20)


@frozen(kw_only=True)
class RunFacts:
    """What a run looks like from outside."""

    state: str
    planned: int = 0
    done: int = 0
    finished_at: datetime | None = None
    retry_at: datetime | None = None
    message: str = ""


@frozen(kw_only=True)
class Facts:
    """Everything that the standing depends on."""

    now: datetime
    connection: str | None = None
    connection_since: datetime | None = None
    connection_reason: str = ""
    lists_on: int = 0
    running: RunFacts | None = None
    last: RunFacts | None = None
    """The last finished run that made lists true, or tried to."""
    last_true_at: datetime | None = None
    waiting_since: datetime | None = None
    """When the oldest change was made, or sync asked for, that is not done yet."""
    pulled_at: datetime | None = None
    """When unsubscribes were last fetched, or could first have been."""
    unmade: int = 0
    """Mailboxes refused by the provider, or held for a person."""
    holds: int = 0
    """Questions that wait for a decision."""
    newest_hold: str = ""
    """What the newest of them is about, in words."""


@frozen(kw_only=True)
class Action:
    label: str
    page: str
    """Name of the page that has the next step."""


CONNECT = Action(label="Connect Constant Contact", page="constant_contact")
RECONNECT = Action(label="Reconnect", page="constant_contact")
CHOOSE = Action(label="Choose lists", page="list_sync")
LOOK = Action(label="See what happened", page="constant_contact")
FIRST = Action(label="Look, then sync", page="constant_contact")
PEOPLE = Action(label="See who and why", page="exceptions")
DECIDE = Action(label="Look and decide", page="holds")


@frozen(kw_only=True)
class Standing:
    """One headline, one sentence, at most one next step."""

    mood: str
    """One of true, going, need, stop, off."""
    headline: str
    sentence: str
    action: Action | None = field(default=None)
    turning: bool = False

    @property
    def icon(self) -> str:
        if self.turning:
            return "refresh-cw"
        return {
            "true": "check",
            "going": "clock",
            "need": "hand",
            "stop": "triangle-alert",
            "off": "unplug",
        }[self.mood]


def judge(facts: Facts) -> Standing:
    """Return the one thing that staff should know first."""
    return (
        _locked_out(facts)
        or _under_way(facts)
        or _at_the_beginning(facts)
        or _stuck(facts)
        or _held(facts)
        or _on_its_way(facts)
        or _true(facts)
    )


def _locked_out(facts: Facts) -> Standing | None:
    if facts.connection != ConnectionState.RECONNECT_NEEDED:
        return None
    since = clock(facts.connection_since, facts.now)
    return Standing(
        mood="stop",
        headline="Constant Contact no longer lets us in",
        sentence=f"It ended {since}. Nothing is lost: what you change here is "
        "kept, and sent once you connect again.",
        action=RECONNECT,
    )


def _under_way(facts: Facts) -> Standing | None:
    if not facts.running:
        return None
    run = facts.running
    sentence = "Comparing your roll with Constant Contact."
    if run.planned:
        sentence = f"{count(run.done)} of {count(run.planned, 'change')} made."
    return Standing(
        mood="going", headline="Making your lists true", sentence=sentence, turning=True
    )


def _at_the_beginning(facts: Facts) -> Standing | None:
    """What comes next, unless a question is asked already."""
    if facts.holds:
        return None
    if facts.connection == ConnectionState.DISCONNECTED:
        since = clock(facts.connection_since, facts.now)
        return Standing(
            mood="off",
            headline="Disconnected from Constant Contact",
            sentence=f"That was {since}. Nothing is sent, and unsubscribes there are "
            "not learnt. What you change here is kept until you connect again.",
            action=RECONNECT,
        )
    if facts.connection != ConnectionState.CONNECTED:
        return Standing(
            mood="off",
            headline="Not connected yet",
            sentence="Nothing leaves your roll until you connect Constant Contact.",
            action=CONNECT,
        )
    if not facts.lists_on:
        return Standing(
            mood="need",
            headline="Choose the lists to keep true",
            sentence="Constant Contact is connected, but no list is switched on, "
            "so nothing is sent.",
            action=CHOOSE,
        )
    only_single_lists = (
        facts.last_true_at is None and facts.last and facts.last.state in ENDED_WELL
    )
    if (facts.last is None or only_single_lists) and not facts.waiting_since:
        return Standing(
            mood="need",
            headline="Ready for the first sync",
            sentence=f"{count(facts.lists_on, 'list')} switched on. Look at what a "
            "sync would do, then start it.",
            action=FIRST,
        )
    return None


def _stuck(facts: Facts) -> Standing | None:
    """Something ended badly, or does not begin."""
    if facts.connection != ConnectionState.CONNECTED:
        return None
    last, since = facts.last, facts.waiting_since
    if last and last.state == RunState.FAILED:
        return Standing(
            mood="stop",
            headline="The last sync failed",
            sentence=last.message or "It left no message.",
            action=LOOK,
        )
    if last and last.state == RunState.WILL_TRY_AGAIN:
        again = clock(last.retry_at, facts.now) if last.retry_at else "in a moment"
        return Standing(
            mood="going",
            headline=f"Will try again {again}",
            sentence=f"{last.message} No change is lost.".strip(),
        )
    if since and facts.now - since > PATIENCE:
        return Standing(
            mood="need",
            headline="Changes are waiting, and nobody takes them up",
            sentence=f"The oldest was made {ago(since, facts.now)}. The part that does "
            "the work, “rollkeeper worker”, seems not to be running: ask whoever "
            "looks after Rollkeeper for you.",
        )
    if facts.pulled_at and facts.now - facts.pulled_at > PATIENCE_FOR_PULLS:
        return Standing(
            mood="need",
            headline="Unsubscribes are not being fetched",
            sentence=f"The last time was {ago(facts.pulled_at, facts.now)}. Until it "
            "works again nobody new is added. Ask whoever looks after Rollkeeper for "
            "you whether “rollkeeper worker” is running.",
            action=LOOK,
        )
    return None


def _held(facts: Facts) -> Standing | None:
    if not facts.holds:
        return None
    return Standing(
        mood="need",
        headline=f"{count(facts.holds, 'decision waits', 'decisions wait')} for you",
        sentence=f"{facts.newest_hold}. Nothing of it is done until you decide. "
        "Everything else goes on.",
        action=DECIDE,
    )


def _on_its_way(facts: Facts) -> Standing | None:
    if not facts.waiting_since:
        return None
    return Standing(
        mood="going",
        headline="On its way",
        sentence="What you changed here reaches Constant Contact within minutes.",
        turning=True,
    )


def _true(facts: Facts) -> Standing:
    if facts.unmade:
        return Standing(
            mood="need",
            headline=f"True, but for {count(facts.unmade, 'address', 'addresses')}",
            sentence="Refused by Constant Contact, or waiting for a person to decide. "
            "Everybody else is right.",
            action=PEOPLE,
        )
    return Standing(
        mood="true",
        headline="Everything is true",
        sentence=f"Constant Contact matches your roll: "
        f"{count(facts.lists_on, 'list')} kept true, "
        f"last checked {ago(facts.last_true_at, facts.now)}.",
    )
