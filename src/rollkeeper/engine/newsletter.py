"""Changes of the newsletter settings, with what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from rollkeeper.connections.models import Connection
from rollkeeper.core.automatic import AutomaticKind
from rollkeeper.core.values import ListId
from rollkeeper.directory import marks
from rollkeeper.directory.models import ContactList
from rollkeeper.engine.postgres import directory
from rollkeeper.engine.reconcile import follower_name
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.services.newsletter import (
    Newsletter,
    SettingsRefused,
    change_newsletter,
    newsletter_of,
)


@transaction.atomic
def change(*, association_id: int, changes: Mapping[str, Any], by: str) -> None:
    """Set some of the settings, and have the next run compare the lists concerned.

    The association is in scope. Raises `SettingsRefused`.
    """
    before = newsletter_of(association_id)
    wanted = changes.get("representatives_name", before.representatives_name)
    if wanted != before.representatives_name and representatives_made():
        raise SettingsRefused(
            _(
                "The list of all representatives is made, and keeps the name"
                " %(representatives_name)s."
            )
            % {"representatives_name": f"{before.representatives_name!r}"}
        )
    change_newsletter(association_id=association_id, changes=changes, by=by)
    after = newsletter_of(association_id)
    for connection in Connection.objects.all():
        follower = directory.follower(follower_name(connection.pk))
        if follower is not None:  # else its first run compares all of them
            for list_id in _concerned(before, after, connection.provider):
                marks.mark_list(follower=follower, list_id=list_id)


def representatives_made() -> bool:
    """Does the list of all representatives exist at a provider of the scoped
    association? From then on it keeps its name."""
    ids = ContactList.objects.filter(kind=AutomaticKind.REPRESENTATIVES)
    return Audience.objects.filter(
        list_id__in=ids.values("pk"), provider_list_id__isnull=False
    ).exists()


def _concerned(
    before: Newsletter, after: Newsletter, provider: str
) -> Iterator[ListId]:
    """Yield the lists with a switch that is on, which are kept from now on, or are not
    any more, or are to be called otherwise."""
    renamed = before.representatives_name != after.representatives_name
    for one in ContactList.objects.filter(sync=True).order_by("id"):
        turned = before.keeps(one.kind, provider) != after.keeps(one.kind, provider)
        if turned or (renamed and one.kind == AutomaticKind.REPRESENTATIVES):
            yield ListId(one.pk)
