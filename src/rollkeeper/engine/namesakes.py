"""Provider lists that have a list's name already, with people on them: staff choose."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen
from django.db import transaction
from django.utils.translation import gettext as _

from rollkeeper.core.policy import Namesake
from rollkeeper.core.values import AudienceId, ListId, ProviderListId
from rollkeeper.directory.sorting import in_order
from rollkeeper.engine import reconcile
from rollkeeper.engine.beginning import is_begun
from rollkeeper.engine.postgres import STORE
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.services import audiences


class NothingToChoose(Exception):
    """The message says why there is nothing to choose for this list."""


@frozen(kw_only=True)
class Undecided:
    """A list that waits, and what was found over there."""

    audience_id: AudienceId
    list_id: ListId
    name: str
    provider_list_id: ProviderListId
    members: int | None
    """How many people the provider says are on it; None when it does not say."""


def undecided(connection_id: int) -> Sequence[Undecided]:
    """Return the lists that wait for staff to choose, by name."""
    rows = Audience.objects.filter(
        connection_id=connection_id,
        state="active",
        provider_list_id=None,
        namesake_id__isnull=False,
        namesake_choice="",
        namesake=Namesake.ASK,
    )
    return [
        Undecided(
            audience_id=AudienceId(row.pk),
            list_id=ListId(row.list_id),
            name=row.name,
            provider_list_id=ProviderListId(row.namesake_id or ""),
            members=row.namesake_members,
        )
        for row in rows.order_by(in_order(), "pk")
    ]


@transaction.atomic
def choose(*, audience_id: AudienceId, choice: Namesake, by: str) -> None:
    """Use the provider list that was found, or have a new one made, and fill it soon;
    before the first sync nothing is sent, and that fills it.

    Who is on the one that is used stays there, unless the list's policy takes off whom
    others put there; what that takes off is held first. Raises `NothingToChoose`.
    """
    if choice is Namesake.ASK:
        raise NothingToChoose(_("Choose to use the list that is there, or a new one."))
    audience = Audience.objects.select_for_update().get(pk=audience_id)
    if audience.namesake_id is None:
        raise NothingToChoose(
            _(
                "%(name)s waits for nothing: there is no other list of its name, or"
                " somebody has chosen already."
            )
            % {"name": audience.name}
        )
    audiences.choose_namesake(audience_id=audience_id, choice=choice, by=by)
    if not is_begun(audience.connection_id):
        return
    reconcile.request(
        STORE,
        connection_id=audience.connection_id,
        list_id=ListId(audience.list_id),
        by_hand=True,
    )
