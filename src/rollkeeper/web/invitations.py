"""An invitation by mail."""

from __future__ import annotations

from smtplib import SMTPException

from django.core.mail import send_mail
from django.utils.translation import gettext as _

from rollkeeper.directory.invitations import link_of
from rollkeeper.directory.models import Invitation
from rollkeeper.engine.noticing.delivering import goes_nowhere


def mail(invitation: Invitation, *, who: str) -> bool:
    """Send the link; false when it has to be handed over by hand."""
    if goes_nowhere():
        return False
    words = {
        "who": who,
        "association": invitation.association,
        "link": link_of(invitation),
    }
    try:
        send_mail(
            _("%(association)s: come and join the staff") % words,
            _(
                "%(who)s invites you to work for %(association)s in Rollkeeper, which"
                " keeps its newsletter lists true.\n\nOpen this link to begin. It is"
                " good once, and for seven days:\n%(link)s\n\nIf you do not know what"
                " this is about, do nothing."
            )
            % words,
            None,
            [invitation.address],
        )
    except (OSError, SMTPException):
        return False
    return True
