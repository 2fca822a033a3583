"""The link in an invitation: made, mailed, and found again."""

from __future__ import annotations

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scopes_disabled

from rollkeeper.directory.models import Invitation
from rollkeeper.engine.noticing.delivering import goes_nowhere


def _signer() -> Signer:
    return Signer(salt="rollkeeper.invitation", sep="~")


def link_of(invitation: Invitation) -> str:
    """Return the whole address that lets somebody in. It is a secret."""
    token = _signer().sign(str(invitation.pk))
    return f"{settings.BASE_URL}{reverse('invitation', args=[token])}"


def open_one(token: str) -> Invitation | None:
    """Return the invitation that the link stands for; None when it is over."""
    try:
        number = int(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None
    with scopes_disabled():
        found: Invitation | None = (
            Invitation.objects.select_related("association")
            .filter(pk=number, accepted_at=None)
            .first()
        )
    return found if found and found.ends_at > timezone.now() else None


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
