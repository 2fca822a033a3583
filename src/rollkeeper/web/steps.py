"""The way from an empty chamber to true lists, and how far along it somebody is."""

from __future__ import annotations

from attrs import evolve, frozen
from django.utils.translation import gettext as _

from rollkeeper.web.words import count


@frozen(kw_only=True)
class Step:
    title: str
    how: str
    result: str
    """What to say once it is done."""
    state: str = "later"
    """One of done, now, later."""
    command: str = ""
    page: str = ""
    button: str = ""


@frozen(kw_only=True)
class Progress:
    """What is there already."""

    slug: str
    contacts: int
    lists_on: int
    account: str
    """Name of the account we are connected to; empty when we are not."""
    synced: bool


@frozen(kw_only=True)
class Steps:
    steps: tuple[Step, ...]

    @property
    def all_done(self) -> bool:
        return all(step.state == "done" for step in self.steps)


def steps(progress: Progress) -> Steps:
    """Return the four steps; the first that is not done is the one to take now."""
    done = (
        progress.contacts > 0,
        bool(progress.account),
        progress.lists_on > 0,
        progress.synced,
    )
    now = done.index(False) if False in done else None
    return Steps(
        steps=tuple(
            evolve(step, state="done" if done[n] else "now" if n == now else "later")
            for n, step in enumerate(_all(progress))
        )
    )


def _all(progress: Progress) -> tuple[Step, ...]:
    return (
        Step(
            title=_("Bring in your members, contacts and lists"),
            how=_(
                "Put members.csv, contacts.csv, lists.csv and list_memberships.csv"
                " into a folder. Then, on the machine that runs Rollkeeper:"
            ),
            command=_("rollkeeper import FOLDER --association %(slug)s")
            % {"slug": progress.slug},
            result=_("%(contacts)s on your roll.")
            % {"contacts": count(progress.contacts, "contact")},
        ),
        Step(
            title=_("Connect Constant Contact"),
            how=_(
                "Log in there and press Allow. Connecting sends nobody anything and"
                " changes no list."
            ),
            page="constant_contact",
            button=_("Connect Constant Contact"),
            result=_("Connected to %(account)s.") % {"account": progress.account},
        ),
        Step(
            title=_("Choose the lists to keep true"),
            how=_(
                "Each list, committee or group has its own switch. All are off until"
                " you switch them on."
            ),
            page="list_sync",
            button=_("Choose lists"),
            result=_("%(lists_on)s switched on.")
            % {"lists_on": count(progress.lists_on, "list")},
        ),
        Step(
            title=_("Look at what a sync would do, then start it"),
            how=_(
                "You see who would be added before anything is sent. After the first"
                " sync, changes follow by themselves within minutes."
            ),
            page="constant_contact",
            button=_("Look, then sync"),
            result=_("Your lists have been made true."),
        ),
    )
