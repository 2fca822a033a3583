"""What there is to set, each with how it stands now."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollkeeper.audit.models import Entry as Recorded
from rollkeeper.core.guards import Limits
from rollkeeper.directory.models import Import, Invitation, Staff
from rollkeeper.engine.noticing.delivering import goes_nowhere
from rollkeeper.ledger import figures
from rollkeeper.ledger.models.newsletter import Solution
from rollkeeper.ledger.services.newsletter import newsletter_of
from rollkeeper.notices import selectors
from rollkeeper.notices.events import How
from rollkeeper.web.permissions import Permission
from rollkeeper.web.situation import count_kept, is_connected, the_connection


@frozen(kw_only=True)
class Entry:
    title: str
    icon: str
    page: str
    about: str
    state: str
    needs: Permission = Permission.LOOK


def entries(staff: Staff) -> Iterator[Entry]:
    """Yield the pages of settings, in the order of the menu."""
    yield from _what_is_kept(staff)
    yield from _people_and_acts(staff)


def _what_is_kept(staff: Staff) -> Iterator[Entry]:
    yield Entry(
        title=_("Integrations"),
        icon="refresh-cw",
        page="constant_contact",
        about=_("Constant Contact: connect an account, sync, see every run."),
        state=_account(),
    )
    yield Entry(
        title=_("Newsletter"),
        icon="newspaper",
        page="newsletter",
        about=_("Which lists are kept true, where, and when everything is compared."),
        state=str(Solution(newsletter_of(staff.association_id).solution).label),
    )
    yield Entry(
        title=_("Policies"),
        icon="scale",
        page="policies",
        about=_("What happens at Constant Contact when something changes here."),
        state=_policies(),
    )
    yield Entry(
        title=_("Limits"),
        icon="gauge",
        page="limits",
        about=_("How much may change within a day before a person is asked."),
        state=_limits(staff),
    )
    yield Entry(
        title=_("Import"),
        icon="file-up",
        page="import",
        about=_("Bring in members, contacts and lists from files, as often as needed."),
        state=_last_import(),
        needs=Permission.EDIT,
    )


def _people_and_acts(staff: Staff) -> Iterator[Entry]:
    yield Entry(
        title=_("Users"),
        icon="user-cog",
        page="users",
        about=_("Who signs in and what they may do. Invite somebody here."),
        state=_people(),
        needs=Permission.ADMINISTER,
    )
    yield Entry(
        title=_("Your account"),
        icon="key-round",
        page="account",
        about=_("Your password, two-step sign-in, and where you are signed in."),
        state=_("Signed in as %(user)s") % {"user": staff},
    )
    yield Entry(
        title=_("What you are told"),
        icon="bell-ring",
        page="notice_settings",
        about=_("Which events you are told of, by mail or only here."),
        state=_told(staff),
    )
    yield Entry(
        title=_("Record"),
        icon="scroll-text",
        page="audit",
        about=_("Who did what, and when. Nothing in it can be changed."),
        state=_recorded(),
        needs=Permission.ADMINISTER,
    )


def _account() -> str:
    connection = the_connection()
    if connection is None:
        return _("Not connected yet")
    if not is_connected(connection):
        return _("No longer connected")
    return _("Connected to %(account)s") % {"account": connection}


def _people() -> str:
    number = Staff.objects.count()
    said = ngettext("%(number)s person", "%(number)s people", number)
    invited = Invitation.objects.filter(accepted_at=None).count()
    if not invited:
        return said % {"number": number}
    return _("%(people)s, %(invited)s invited") % {
        "people": said % {"number": number},
        "invited": invited,
    }


def _told(staff: Staff) -> str:
    mine = selectors.subscriptions_of(staff.pk)
    number = sum(how is not How.NEVER for how in mine.values())
    if goes_nowhere():
        return _("No mail server is set: you are told here only")
    said = ngettext("Told of %(number)s event", "Told of %(number)s events", number)
    return said % {"number": number}


def _last_import() -> str:
    last = Import.objects.order_by("-pk").first()
    if last is None:
        return _("Nothing was imported on this page yet")
    return _("Last on %(day)s") % {"day": date_format(localtime(last.made_at))}


def _policies() -> str:
    number = count_kept(the_connection())
    said = ngettext(
        "%(number)s list is kept true", "%(number)s lists are kept true", number
    )
    return said % {"number": number}


def _limits(staff: Staff) -> str:
    as_shipped = figures.limits(staff.association_id) == Limits()
    return _("As they came") if as_shipped else _("Changed")


def _recorded() -> str:
    newest = Recorded.objects.order_by("-pk").values_list("at", flat=True).first()
    if newest is None:
        return _("Nothing yet")
    return _("Newest entry: %(day)s") % {"day": date_format(localtime(newest))}
