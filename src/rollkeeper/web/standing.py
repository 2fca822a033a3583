"""The first glance: is everything true, is it on its way, or does it need a person?

`judge` looks at the facts in the order of how much they matter and says one thing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import field, frozen
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rollkeeper.connections.models import ConnectionState
from rollkeeper.engine.stored import told
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
    label: str | Promise
    page: str
    """Name of the page that has the next step."""


CONNECT = Action(
    label=gettext_lazy("Connect Constant Contact"), page="constant_contact"
)
RECONNECT = Action(label=gettext_lazy("Reconnect"), page="constant_contact")
CHOOSE = Action(label=gettext_lazy("Choose lists"), page="list_sync")
BEGIN = Action(label=gettext_lazy("Choose lists"), page="first_sync")
LOOK = Action(label=gettext_lazy("See what happened"), page="constant_contact")
FIRST = Action(label=gettext_lazy("Look, then sync"), page="first_sync")
PEOPLE = Action(label=gettext_lazy("See who and why"), page="exceptions")
DECIDE = Action(label=gettext_lazy("Look and decide"), page="holds")


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
        headline=_("Constant Contact no longer lets us in"),
        sentence=_(
            "It ended %(since)s. Nothing is lost: what you change here is kept, and"
            " sent once you connect again."
        )
        % {"since": since},
        action=RECONNECT,
    )


def _under_way(facts: Facts) -> Standing | None:
    if not facts.running:
        return None
    run = facts.running
    sentence = _("Comparing your roll with Constant Contact.")
    if run.planned:
        sentence = _("%(done)s of %(planned)s made.") % {
            "done": count(run.done),
            "planned": count(run.planned, "change"),
        }
    return Standing(
        mood="going",
        headline=_("Making your lists true"),
        sentence=sentence,
        turning=True,
    )


def _at_the_beginning(facts: Facts) -> Standing | None:
    """What comes next, unless a question is asked already."""
    if facts.holds:
        return None
    if facts.connection == ConnectionState.DISCONNECTED:
        since = clock(facts.connection_since, facts.now)
        return Standing(
            mood="off",
            headline=_("Disconnected from Constant Contact"),
            sentence=_(
                "That was %(since)s. Nothing is sent, and unsubscribes there are not"
                " learnt. What you change here is kept until you connect again."
            )
            % {"since": since},
            action=RECONNECT,
        )
    if facts.connection != ConnectionState.CONNECTED:
        return Standing(
            mood="off",
            headline=_("Not connected yet"),
            sentence=_("Nothing leaves your roll until you connect Constant Contact."),
            action=CONNECT,
        )
    if not facts.lists_on:
        return Standing(
            mood="need",
            headline=_("Choose the lists to keep true"),
            sentence=_(
                "Constant Contact is connected, but no list is switched on, so"
                " nothing is sent."
            ),
            action=CHOOSE if facts.last else BEGIN,
        )
    only_single_lists = (
        facts.last_true_at is None and facts.last and facts.last.state in ENDED_WELL
    )
    if (facts.last is None or only_single_lists) and not facts.waiting_since:
        return Standing(
            mood="need",
            headline=_("Ready for the first sync"),
            sentence=_(
                "%(lists_on)s switched on. Look at what a sync would do, then start it."
            )
            % {"lists_on": count(facts.lists_on, "list")},
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
            headline=_("The last sync failed"),
            sentence=told(last.message) or _("It left no message."),
            action=LOOK,
        )
    if last and last.state == RunState.WILL_TRY_AGAIN:
        again = clock(last.retry_at, facts.now) if last.retry_at else _("in a moment")
        return Standing(
            mood="going",
            headline=_("Will try again %(again)s") % {"again": again},
            sentence=(
                _("%(message)s No change is lost.") % {"message": told(last.message)}
            ).strip(),
        )
    if since and facts.now - since > PATIENCE:
        return Standing(
            mood="need",
            headline=_("Changes are waiting, and nobody takes them up"),
            sentence=_(
                "The oldest was made %(since)s. The part that does the work,"
                " “rollkeeper worker”, seems not to be running: ask whoever looks"
                " after Rollkeeper for you."
            )
            % {"since": ago(since, facts.now)},
        )
    if facts.pulled_at and facts.now - facts.pulled_at > PATIENCE_FOR_PULLS:
        return Standing(
            mood="need",
            headline=_("Unsubscribes are not being fetched"),
            sentence=_(
                "The last time was %(pulled_at)s. Until it works again nobody new is"
                " added. Ask whoever looks after Rollkeeper for you whether"
                " “rollkeeper worker” is running."
            )
            % {"pulled_at": ago(facts.pulled_at, facts.now)},
            action=LOOK,
        )
    return None


def _held(facts: Facts) -> Standing | None:
    if not facts.holds:
        return None
    return Standing(
        mood="need",
        headline=_("%(holds)s for you")
        % {"holds": count(facts.holds, "decision waits", "decisions wait")},
        sentence=_(
            "%(newest_hold)s. Nothing of it is done until you decide. Everything else"
            " goes on."
        )
        % {"newest_hold": facts.newest_hold},
        action=DECIDE,
    )


def _on_its_way(facts: Facts) -> Standing | None:
    if not facts.waiting_since:
        return None
    return Standing(
        mood="going",
        headline=_("On its way"),
        sentence=_("What you changed here reaches Constant Contact within minutes."),
        turning=True,
    )


def _true(facts: Facts) -> Standing:
    if facts.unmade:
        return Standing(
            mood="need",
            headline=_("True, but for %(unmade)s")
            % {"unmade": count(facts.unmade, "address", "addresses")},
            sentence=_(
                "Refused by Constant Contact, or waiting for a person to decide."
                " Everybody else is right."
            ),
            action=PEOPLE,
        )
    return Standing(
        mood="true",
        headline=_("Everything is true"),
        sentence=_(
            "Constant Contact matches your roll: %(lists_on)s kept true, last checked"
            " %(last_true_at)s."
        )
        % {
            "lists_on": count(facts.lists_on, "list"),
            "last_true_at": ago(facts.last_true_at, facts.now),
        },
    )
