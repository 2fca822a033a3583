"""The sums of a connection's lists, all as of one moment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import connection as database
from django.db import transaction
from django.db.models import Count

from rollkeeper.connections.models import Connection
from rollkeeper.core.sorting import sorting_key
from rollkeeper.core.values import AudienceId, ListId
from rollkeeper.directory.models import ContactList, PlaceOnList
from rollkeeper.engine.equation import Sum, Tally, Target, judge
from rollkeeper.engine.postgres.spots import Around, alike, unreachable
from rollkeeper.engine.postgres.statistics import refresh_statistics
from rollkeeper.engine.switches import kept
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.selectors import figures_by_list
from rollkeeper.ledger.services.audiences import policy_of
from rollkeeper.ledger.states import AudienceState


def targets(
    connection_id: int, *, among: Collection[int] | None = None
) -> list[Target]:
    """Return the lists that are, or were, kept true through a connection, by name.

    Those that are gone here and over there are left out. The association must be in
    scope.
    """
    lists = {row.pk: row for row in ContactList.objects.all()}
    audiences = {
        row.list_id: row for row in Audience.objects.filter(connection_id=connection_id)
    }
    connection = Connection.objects.get(pk=connection_id)
    rows = kept(connection.association_id, connection.provider)
    switched_on = set(rows.values_list("pk", flat=True))
    wanted = switched_on | {
        pk for pk, row in audiences.items() if pk in lists or row.provider_list_id
    }
    if among is not None:
        wanted &= set(among)
    found = [
        _target(one, lists.get(one), audiences.get(one), on=one in switched_on)
        for one in wanted
    ]
    return sorted(found, key=lambda one: (sorting_key(one.name), one.list_id))


def _target(
    list_id: int, row: ContactList | None, audience: Audience | None, *, on: bool
) -> Target:
    if row is None:
        state = AudienceState.LIST_DELETED
    else:
        state = AudienceState.ACTIVE if on else AudienceState.SWITCHED_OFF
    return Target(
        list_id=ListId(list_id),
        name=row.name if row else str(audience),
        name_there=str(audience or row),
        state=state,
        audience_id=AudienceId(audience.pk) if audience else None,
        policy=policy_of(audience) if audience else None,
        made=audience is not None and audience.provider_list_id is not None,
        automatic=row is not None and row.automatic,
        of_type=row.membership_type_id if row else None,
    )


def sums(connection: Connection, *, among: Collection[int] | None = None) -> list[Sum]:
    """Return the sum of each list, or of those *among* these, by name. All as of one
    moment.

    The association must be in scope.
    """
    with _one_moment():
        wanted = targets(connection.pk, among=among)
        return list(_add_up(connection, wanted)) if wanted else []


def _add_up(connection: Connection, wanted: Sequence[Target]) -> Iterator[Sum]:
    around = Around(
        association_id=connection.association_id, connection_id=connection.pk
    )
    by_list = {one.list_id: one for one in wanted}
    tallies = {list_id: Tally() for list_id in by_list}
    for list_id, spot, times in alike(around, wanted):
        tallies[list_id].count(judge(spot, by_list[list_id]), times)
    for list_id, reason, times in unreachable(around, wanted):
        tallies[list_id].put_away([reason], times)
    members, figures = _members(wanted), figures_by_list(connection.pk)
    for list_id, target in by_list.items():
        there = figures.get(list_id)
        yield Sum(
            target=target,
            members=members.get(list_id, 0),
            not_there=dict(tallies[list_id].not_there),
            still_there=dict(tallies[list_id].still_there),
            there=there.ours if there else 0,
            strangers=there.strangers if there else 0,
        )


def _members(wanted: Sequence[Target]) -> Mapping[int, int]:
    rows = PlaceOnList.objects.filter(list_id__in=[one.list_id for one in wanted])
    counted = rows.order_by().values_list("list_id").annotate(Count("contact_id"))
    return dict(counted)


@contextmanager
def _one_moment() -> Iterator[None]:
    """See nothing of what is written meanwhile, with plans for what there is now."""
    outermost = not database.in_atomic_block
    if outermost:
        refresh_statistics()
    with transaction.atomic():
        if outermost:
            with database.cursor() as cursor:
                cursor.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
                )
        yield
