"""What the engine asks of the directory beside the views."""

from __future__ import annotations

from rollkeeper.core.values import ListId
from rollkeeper.directory.mailboxes import holders_by_mailbox, mailboxes_of
from rollkeeper.directory.models import ContactList, Follower, ListKind
from rollkeeper.directory.services import follow
from rollkeeper.ledger.services.newsletter import newsletter_of

__all__ = ["follow", "follower", "holders_by_mailbox", "list_names", "mailboxes_of"]


def follower(name: str) -> Follower | None:
    return Follower.objects.filter(name=name).first()


def list_names() -> dict[ListId, str]:
    """Return what each list is to be called over there."""
    return {ListId(row.pk): _name_of(row) for row in ContactList.objects.all()}


def _name_of(row: ContactList) -> str:
    if row.kind == ListKind.REPRESENTATIVES:
        return newsletter_of(row.association_id).representatives_name
    return row.name
