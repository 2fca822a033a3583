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
    page: str = ""
    button: str = ""


@frozen(kw_only=True)
class Progress:
    """What is there already."""

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
                "Send the files that the system you use now exports, CSV or Excel. You"
                " see what comes of them before anything is kept. Or add people by"
                " hand under Contacts."
            ),
            page="import",
            button=_("Import files"),
            result=_("%(contacts)s on your roll.")
            % {"contacts": count(progress.contacts, "contact")},
        ),
        Step(
            title=_("Connect Constant Contact"),
            how=_(
                "Sign in there and press Allow. Connecting sends nobody anything and"
                " changes no list."
            ),
            page="constant_contact",
            button=_("Connect Constant Contact"),
            result=_("Connected to %(account)s.") % {"account": progress.account},
        ),
        Step(
            title=_("Choose the lists to keep true"),
            how=_(
                "All are off until you tick them. You are asked about each name that"
                " the account has already."
            ),
            page="first_sync",
            button=_("Choose lists"),
            result=_("%(lists_on)s switched on.")
            % {"lists_on": count(progress.lists_on, "list")},
        ),
        Step(
            title=_("Look at what a sync would do, then start it"),
            how=_(
                "You see who would be added, and who not and why, before anything is"
                " sent. After the first sync, changes follow by themselves within"
                " minutes."
            ),
            page="first_sync",
            button=_("Look, then sync"),
            result=_("Your lists have been made true."),
        ),
    )
