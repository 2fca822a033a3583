"""Sentences that were stored in English, told in the language of who reads them.

Runs, outcomes, nights and holds keep what a worker or a provider said when it happened.
A sentence that is not among these is told as it was stored, as the provider's own are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

SENTENCES: Final = (
    # runs
    _("An error of ours; the log has it."),
    _("Stopped half-way; the run after it takes up what was left."),
    _("The provider is still working on what it was sent."),
    _("The provider is still deleting a list."),
    _("The provider ended the job without deleting the list."),
    _(
        "The provider counts %(there)s contacts and showed %(shown)s of them. What was"
        " read proves nothing about the others, and is read again."
    ),
    _(
        "The requests of this day are used up, or kept for unsubscribes. Work goes on"
        " at"
        " %(until)s UTC."
    ),
    _(
        "This account has had its share of the day's requests, and others wait for"
        " theirs. Work goes on when they leave some, else at midnight UTC."
    ),
    # outcomes
    _("The provider did not take this address and did not say why."),
    _("The provider ended the job without doing it."),
    _("The provider never said that it ended."),
    _("The process ended while this was being sent."),
    _("Suppressed meanwhile."),
    _("The address is longer than the provider takes."),
    _("On %(lists)s more lists than the provider allows a contact."),
    # nights
    _("No worker ran in its window."),
    _("The window was changed when this night's had passed."),
    _("Another run was at work when its time came."),
    _("The night of %(night)s makes up for it."),
    _("Makes up for the night of %(night)s."),
    _("Makes up for the nights of %(first)s to %(last)s."),
    _(
        "It takes about %(takes)s requests, and %(left)s are left for this account"
        " today."
    ),
    _("Nightly runs were switched off before it was made up."),
    # what changed last before a hold
    _("Nobody wrote down what changed: rows were changed in the database."),
    _("On %(day)s at %(time)s UTC %(act)s, by %(who)s."),
    _(
        "%(file)s has %(rows)s rows, and lacks %(missing)s of the %(before)s that were"
        " known."
    ),
    _("In %(rows)s rows it cannot be read who they are."),
    _("files were imported"),
    _("a contact was added"),
    _("a contact was changed"),
    _("a contact was deleted"),
    _("contacts missing from a complete file were taken out"),
    _("Do Not Contact was set"),
    _("Do Not Contact was cleared"),
    _("a primary address was changed"),
    _("a list was added"),
    _("a list was changed"),
    _("a list was deleted"),
    _("a list was switched on"),
    _("a list was switched off"),
    _("a contact was put on a list"),
    _("a contact was taken off a list"),
    _("how a contact stands on a list was changed"),
    _("the policy of a list was changed"),
    _("a limit was changed"),
    _("the account was connected"),
    # connections
    _("The provider ended the sign-in, or it was not used for long."),
    _("The provider no longer accepts this sign-in. Connect again."),
    _(
        "The API key of this installation was changed since the account was connected."
        " Connect it again."
    ),
    _("Constant Contact no longer accepts our sign-in."),
    _(
        "Constant Contact does not let this sign-in manage contacts: an Account Owner"
        " or"
        " Account Manager has to connect and allow all rights."
    ),
    _("Constant Contact takes no more requests today."),
    _("Constant Contact takes fewer requests a second."),
    _("Constant Contact's job queue is full."),
    _("%(request)s: the provider cannot be reached."),
    _("%(request)s was answered %(how)s."),
    # refusals of single contacts
    _("This person has unsubscribed and joins no list."),
    _("This contact was deleted; changing it would revive it."),
    _("The contact is not unsubscribed at Constant Contact."),
    _("Constant Contact has no contact of this id any more."),
    _("Constant Contact has no contact of this id."),
    # where a fact was learnt
    _("opt-out pull"),
    _("full read"),
    _("staff"),
    # mails
    _("There is no e-mail address; it is shown here only."),
    _("Nobody is subscribed, and there is no administrator who could be told instead."),
    _("No mail server is set: it was written to a file."),
    _("The mail server cannot be reached: %(error)s"),
    _("The address cannot be written to: %(error)s"),
    _("No answer came. The mail may have been sent."),
    _("The mail may have been sent."),
    # addresses that cannot be
    _("An email address must have an @-sign."),
    _("There must be something before the @-sign."),
    _("There must be something after the @-sign."),
    _("The part after the @-sign is not valid. It should have a period."),
    _("An email address cannot have a period immediately after the @-sign."),
    _("An email address cannot have two periods in a row."),
    _("An email address cannot end with a period."),
    _(
        "The email address is too long before the @-sign (%(more)s characters too"
        " many)."
    ),
    _("The email address is too long (%(more)s characters too many)."),
    _("The part after the @-sign contains invalid characters: %(which)s."),
    _("The email address contains invalid characters before the @-sign: %(which)s."),
)
"""The sentences as they are stored, each value in its place."""

_PLACE: Final = re.compile(r"%\((\w+)\)s")
_END: Final = re.compile(r"(?<=[.!?]) ")


def told(stored: str) -> str:
    """Return what was stored, as far as it is known, in the language that is active."""
    if (get_language() or "en").startswith("en"):
        return stored
    whole = _told(stored)
    if whole is not None:
        return whole
    return " ".join(_told(one) or one for one in _END.split(stored))


def _told(sentence: str) -> str | None:
    for marked, pattern in _patterns():
        if found := pattern.fullmatch(sentence):
            values = {name: _told(said) or said for name, said in _named(found)}
            return gettext(marked) % values if values else gettext(marked)
    return None


def _named(found: re.Match[str]) -> Iterator[tuple[str, str]]:
    yield from found.groupdict().items()


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((one, _pattern(one)) for one in SENTENCES)


def _pattern(marked: str) -> re.Pattern[str]:
    """Return what matches the sentence with any values in its places."""
    plain = _PLACE.split(marked)
    parts = [
        re.escape(part) if n % 2 == 0 else f"(?P<{part}>(?:(?!{_END.pattern}).)+?)"
        for n, part in enumerate(plain)
    ]
    return re.compile("".join(parts))
