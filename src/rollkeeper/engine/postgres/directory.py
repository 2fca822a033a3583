"""What the engine asks of the directory beside the views."""

from __future__ import annotations

from rollkeeper.core.values import ListId
from rollkeeper.directory.mailboxes import holders_by_mailbox, mailboxes_of
from rollkeeper.directory.models import ContactList, Follower
from rollkeeper.directory.services import follow

__all__ = ["follow", "follower", "holders_by_mailbox", "list_names", "mailboxes_of"]


def follower(name: str) -> Follower | None:
    return Follower.objects.filter(name=name).first()


def list_names() -> dict[ListId, str]:
    return {
        ListId(list_id): name
        for list_id, name in ContactList.objects.values_list("pk", "name")
    }
