"""The lists at the provider: which are ours, what fills them, and who else is there."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from rollkeeper.connections.models import Connection
from rollkeeper.directory.models import ContactList
from rollkeeper.directory.sorting import in_order
from rollkeeper.engine.lists_there import lists_there
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import Audience


@frozen(kw_only=True)
class ProviderListRow:
    name: str
    size: int | None
    """None where the provider does not say."""
    strangers: int | None
    """Of those, put there by somebody else; None on lists that are not ours."""
    audience_id: int | None
    """What fills it; None when it is not ours."""
    follows: str
    """The list here that it follows; empty when there is none any more."""
    list_id: int | None
    state: str


def ours(connection: Connection) -> Sequence[ProviderListRow]:
    """Return the provider lists that audiences fill, as last seen, by name."""
    figures = ledger.figures_by_list(connection.pk)
    made = Audience.objects.filter(
        connection=connection, provider_list_id__isnull=False
    )
    names = dict(ContactList.objects.values_list("pk", "name"))
    return [
        _row(audience, figures[audience.list_id], names)
        for audience in made.order_by(in_order(), "pk")
    ]


def all_there(connection: Connection) -> Sequence[ProviderListRow]:
    """Read the lists of the account, and say of each whether it is ours. Raises
    `engine.lists_there.CannotRead`."""
    figures = ledger.figures_by_list(connection.pk)
    made = {
        one.provider_list_id: one
        for one in Audience.objects.filter(connection=connection)
        if one.provider_list_id
    }
    names = dict(ContactList.objects.values_list("pk", "name"))
    return [
        _row(audience, figures[audience.list_id], names, name=one.name)
        if (audience := made.get(one.list_id))
        else ProviderListRow(
            name=one.name,
            size=one.members,
            strangers=None,
            audience_id=None,
            follows="",
            list_id=None,
            state="",
        )
        for one in lists_there(connection.pk)
    ]


def _row(
    audience: Audience,
    figures: ledger.AudienceFigures,
    names: dict[int, str],
    *,
    name: str = "",
) -> ProviderListRow:
    return ProviderListRow(
        name=name or audience.name,
        size=figures.ours + figures.strangers,
        strangers=figures.strangers,
        audience_id=audience.pk,
        follows=names.get(audience.list_id, ""),
        list_id=audience.list_id if audience.list_id in names else None,
        state=audience.get_state_display(),
    )
