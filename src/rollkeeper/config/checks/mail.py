"""Mail: whether the mail server can be reached, and whether messages leave."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import get_connection
from django_scopes import scopes_disabled

from rollkeeper.config.checks.check import Check
from rollkeeper.engine.noticing.delivering import failure_of, goes_nowhere
from rollkeeper.notices.events import MessageState
from rollkeeper.notices.models import Message


def mail() -> Check:
    if goes_nowhere():
        return Check(
            name="mail",
            ok=True,
            message=f"goes nowhere yet: it is written to {settings.EMAIL_FILE_PATH}",
            remedy="Set ROLLKEEPER_EMAIL_URL (docs/settings.md).",
        )
    server = get_connection()
    try:
        server.open()
    except (OSError, ValueError) as error:  # smtplib's own are OSErrors
        return Check.bad(
            name="mail",
            message=f"{settings.EMAIL_HOST} does not take any:"
            f" {failure_of(error).words}",
            remedy="See whether ROLLKEEPER_EMAIL_URL is right; nothing is lost"
            " meanwhile. 'rollkeeper mail-test ADDRESS' tries it.",
        )
    finally:
        server.close()
    waiting = _not_sent()
    stuck = f"; {waiting} messages were refused and wait" if waiting else ""
    return Check.good(name="mail", message=f"{settings.EMAIL_HOST} takes mail{stuck}")


def _not_sent() -> int:
    with scopes_disabled():
        return Message.objects.filter(state=MessageState.FAILED).count()
