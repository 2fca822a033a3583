"""Asking somebody who unsubscribed to come back: one mail, an administrator's wish.

invitation     who would be asked, and onto which lists; or why nobody can be
ask            keep the wish; a worker takes it up
waiting        the connections with wishes that wait
send_waiting   have the provider send the mails that wait. Only for the coordinator

Only the person lifts their refusal. The mail asks them; what they do with it shows at
the provider, and is read back like everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scopes_disabled

from rollkeeper.audit.actors import name_of
from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.consent.kinds import Kind
from rollkeeper.core.values import (
    ConnectionId,
    ContactId,
    Mailbox,
    ProviderContactId,
    ProviderListId,
)
from rollkeeper.core.views import Permission
from rollkeeper.directory.mailboxes import do_not_contact_among, holders_by_mailbox
from rollkeeper.directory.models import Contact, EmailAddress, PlaceOnList, Standing
from rollkeeper.engine.refusals import Refused, refusals_of
from rollkeeper.engine.session import Session
from rollkeeper.engine.switches import kept
from rollkeeper.engine.words import provider_name
from rollkeeper.ledger.models import Audience, RemoteContact, ResubscribeRequest
from rollkeeper.ledger.services import resubscribing
from rollkeeper.ledger.services.resubscribing import AskedBefore
from rollkeeper.ledger.states import AudienceState, ResubscribeState, RunState
from rollkeeper.providers.errors import (
    AnswerLost,
    ChangeRefused,
    ForbiddenCall,
    ReconnectNeeded,
    TryLater,
)
from rollkeeper.providers.port import Asking

COUNT: Final = "asked_back"
"""Under this name a run counts the mails that were sent."""


class CannotAsk(Exception):
    """Nobody is asked. The message says why and, where there is a way, which."""


@frozen(kw_only=True)
class Invitation:
    """Whom the one mail would go to, and what they would come back to."""

    contact_id: ContactId
    mailbox: Mailbox
    provider_id: ProviderContactId
    lists: Mapping[ProviderListId, str]
    """The provider's ids, with our names."""


def invitation(connection: Connection, contact: Contact) -> Invitation:
    """Return what asking the contact would mean. Raises `CannotAsk`.

    The association must be in scope.
    """
    mailbox = _mailbox_of(contact)
    before = resubscribing.request_for(connection.pk, mailbox)
    if before is not None:
        raise CannotAsk(_asked(before))
    there = RemoteContact.objects.filter(
        connection=connection, mailbox=mailbox, permission=Permission.UNSUBSCRIBED
    ).first()
    if there is None or there.provider_id is None:
        raise CannotAsk(
            _(
                "%(mailbox)s is not known as unsubscribed at %(there)s, so there is"
                " nothing to ask for. If they unsubscribed with another address, only"
                " that one can be asked."
            )
            % {"mailbox": mailbox, "there": provider_name(connection.provider)}
        )
    if obstacle := _obstacle(mailbox):
        raise CannotAsk(obstacle)
    lists = _lists(connection, contact)
    if not lists:
        raise CannotAsk(
            _(
                "%(contact)s is on no list that is kept true at %(there)s: there is"
                " nothing to come back to. Put the contact on a list first."
            )
            % {"contact": contact, "there": provider_name(connection.provider)}
        )
    return Invitation(
        contact_id=ContactId(contact.pk),
        mailbox=mailbox,
        provider_id=ProviderContactId(there.provider_id),
        lists=lists,
    )


def ask(connection: Connection, contact: Contact, *, by: str) -> ResubscribeRequest:
    """Keep the wish that the contact be asked; it cannot be taken back, nor repeated.

    Raises `CannotAsk`. The association must be in scope.
    """
    meant = invitation(connection, contact)
    try:
        return resubscribing.ask(
            association_id=connection.association_id,
            connection_id=connection.pk,
            mailbox=meant.mailbox,
            contact_id=meant.contact_id,
            provider_id=meant.provider_id,
            lists=meant.lists,
            by=by,
        )
    except AskedBefore as error:
        raise CannotAsk(
            _("%(mailbox)s has just been asked.") % {"mailbox": meant.mailbox}
        ) from error


def waiting() -> list[ConnectionId]:
    """Return the usable connections with somebody still to ask, of all associations."""
    with scopes_disabled():
        rows = ResubscribeRequest.objects.filter(
            state=ResubscribeState.ASKED, connection__state=ConnectionState.CONNECTED
        )
        ids = rows.order_by().values_list("connection_id", flat=True).distinct()
        return [ConnectionId(one) for one in ids]


def send_waiting(session: Session, asking: Asking) -> RunState:
    """Have each mail that waits sent. What stops the run leaves the rest waiting."""
    while row := _take_next(session):
        _send(session, asking, row)
    return RunState.DONE


def _take_next(session: Session) -> ResubscribeRequest | None:
    with session.store.transaction():
        return resubscribing.take_next(session.connection_id)


def _send(session: Session, asking: Asking, row: ResubscribeRequest) -> None:
    """Send one, which is unknown already, and note what is known of it then.

    An answer that makes no sense leaves it unknown, and ends the run.
    """
    if obstacle := _obstacle(Mailbox(row.mailbox)):
        _conclude(session, row, ResubscribeState.REFUSED, obstacle)
        return
    lists = [ProviderListId(one) for one in row.lists]
    try:
        asking.ask_to_resubscribe(ProviderContactId(row.provider_id), lists)
    except (ChangeRefused, ForbiddenCall) as error:
        _conclude(session, row, ResubscribeState.REFUSED, str(error))
    except AnswerLost as error:
        words = f"{error} The mail may have been sent."
        _conclude(session, row, ResubscribeState.UNKNOWN, words)
    except (TryLater, ReconnectNeeded):
        _conclude(session, row, ResubscribeState.ASKED)
        raise
    else:
        _conclude(session, row, ResubscribeState.SENT)
        session.store.runs.note_count(session.run_id, COUNT, 1)


def _conclude(
    session: Session, row: ResubscribeRequest, state: ResubscribeState, words: str = ""
) -> None:
    with session.store.transaction():
        resubscribing.conclude(row.pk, state, words)


def _mailbox_of(contact: Contact) -> Mailbox:
    primary = EmailAddress.objects.filter(contact=contact, primary=True).first()
    if primary is None or primary.mailbox is None:
        raise CannotAsk(
            _("%(contact)s has no primary address that mail can be sent to.")
            % {"contact": contact}
        )
    return Mailbox(primary.mailbox)


def _asked(row: ResubscribeRequest) -> str:
    return _(
        "%(mailbox)s was asked by %(who)s on %(day)s, and can be asked only once."
    ) % {
        "mailbox": row.mailbox,
        "who": name_of(row.asked_by),
        "day": f"{timezone.localtime(row.asked_at):%Y-%m-%d}",
    }


def _obstacle(mailbox: Mailbox) -> str | None:
    """Return why nobody should write to the mailbox, beside its unsubscribe."""
    said = {"mailbox": mailbox}
    holders = holders_by_mailbox([mailbox]).get(mailbox, [])
    if not holders:
        return _("Nobody here has the address %(mailbox)s any more.") % said
    if do_not_contact_among(holders):
        return (
            _("%(mailbox)s is set to Do Not Contact. Clear that first, if it is wrong.")
            % said
        )
    if any(_of_all_mail_by_staff(one) for one in refusals_of([mailbox], holders)):
        return (
            _("They asked us not to mail %(mailbox)s, so they are not asked again.")
            % said
        )
    return None


def _of_all_mail_by_staff(one: Refused) -> bool:
    return one.kind is Kind.STAFF and one.list_id is None


def _lists(connection: Connection, contact: Contact) -> Mapping[ProviderListId, str]:
    """Return the lists that are ours over there and that the contact stands on here,
    but for those they left."""
    on = PlaceOnList.objects.filter(
        contact=contact,
        status=Standing.ACTIVE,
        no_mass_email=False,
        list__in=kept(connection.association_id, connection.provider),
    ).values_list("list_id", flat=True)
    mailbox = _mailbox_of(contact)
    left = {one.list_id for one in refusals_of([mailbox], [contact.pk])}
    rows = Audience.objects.filter(
        connection=connection,
        list_id__in=set(on) - left,
        state=AudienceState.ACTIVE,
        provider_list_id__isnull=False,
    )
    return {
        ProviderListId(row.provider_list_id or ""): row.name
        for row in rows.order_by("name", "pk")
    }
