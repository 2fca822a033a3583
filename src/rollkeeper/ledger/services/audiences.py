"""Audiences: one for each list switched on, and the provider list that it fills."""

from __future__ import annotations

from collections.abc import Collection

from attrs import asdict, fields, frozen
from django.db import connection as database
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from rollkeeper.audit.services import record
from rollkeeper.core.automatic import AutomaticKind
from rollkeeper.core.policy import (
    EditedThere,
    Leaving,
    ListDeleted,
    Namesake,
    NewAddress,
    NoneLeft,
    Parting,
    Policy,
    Strangers,
    When,
)
from rollkeeper.core.values import AudienceId, ListId, ProviderListId, one_line
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.services.newsletter import newsletter_of
from rollkeeper.ledger.states import AudienceState

_KEPT = """
    (list.sync AND CASE list.kind WHEN 'representatives' THEN %(representatives)s
                                  WHEN 'membership_type' THEN %(membership_types)s
                                  ELSE %(lists)s END)
"""

_FOLLOW_THE_SWITCHES = f"""
    UPDATE ledger_audience AS audience SET state = now.state
      FROM (SELECT a.id, CASE WHEN list.id IS NULL THEN 'list_deleted'
                              WHEN {_KEPT} THEN 'active'
                              ELSE 'switched_off' END AS state
              FROM ledger_audience AS a
              LEFT JOIN directory_contactlist AS list ON list.id = a.list_id
             WHERE a.connection_id = %(connection)s) AS now
     WHERE audience.id = now.id AND audience.state <> now.state
"""

_VALUES = tuple(one.name for one in fields(Policy))

_NAME = """
    CASE list.kind WHEN 'representatives' THEN %(all_representatives)s
                   ELSE list.name END
"""

_NAME_THE_UNMADE = """
    UPDATE ledger_audience AS audience SET name = %(all_representatives)s
      FROM directory_contactlist AS list
     WHERE audience.connection_id = %(connection)s
       AND audience.provider_list_id IS NULL AND audience.list_id = list.id
       AND list.kind = 'representatives' AND audience.name <> %(all_representatives)s
"""

_MAKE_MISSING = f"""
    INSERT INTO ledger_audience (association_id, connection_id, list_id, name, state,
                                 {", ".join(f'"{name}"' for name in _VALUES)})
    SELECT list.association_id, %(connection)s, list.id, {_NAME}, 'active',
           {", ".join(f"%({name})s" for name in _VALUES)}
      FROM directory_contactlist AS list
     WHERE list.association_id = %(association)s AND {_KEPT}
       AND (list.kind IN ('representatives', 'membership_type')) = %(automatic)s
     ORDER BY list.id
        ON CONFLICT (connection_id, list_id) DO NOTHING
"""


def follow_switches(
    *,
    association_id: int,
    connection_id: int,
    policy: Policy,
    of_automatic: Policy,
) -> None:
    """Make an audience for each list switched on that has none, under *policy*, or
    *of_automatic* for one that fills itself; and note which lists were switched off or
    deleted. Nothing is removed.

    A list whose kind the association's settings leave out counts as switched off. The
    list of all representatives is called as they say until it has been made."""
    values = {
        "association": association_id,
        "connection": connection_id,
        **_chosen(association_id, connection_id),
    }
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute(_FOLLOW_THE_SWITCHES, values)
        for automatic, begins_with in ((False, policy), (True, of_automatic)):
            said = asdict(begins_with, value_serializer=lambda _, __, value: str(value))
            cursor.execute(_MAKE_MISSING, {**values, **said, "automatic": automatic})
        cursor.execute(_NAME_THE_UNMADE, values)


def _chosen(association_id: int, connection_id: int) -> dict[str, bool | str]:
    chosen = newsletter_of(association_id)
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT provider FROM connections_connection WHERE id = %s", [connection_id]
        )
        (provider,) = cursor.fetchone()
    return {
        "representatives": chosen.keeps(AutomaticKind.REPRESENTATIVES, provider),
        "membership_types": chosen.keeps(AutomaticKind.MEMBERSHIP_TYPE, provider),
        "lists": chosen.keeps("list", provider),
        "all_representatives": one_line(chosen.representatives_name),
    }


@frozen(kw_only=True)
class ActiveAudience:
    """An audience that is kept true."""

    audience_id: AudienceId
    list_id: ListId
    name: str
    """Of the provider list."""
    provider_list_id: ProviderListId | None
    policy: Policy
    list_deleted: bool = False
    """Is its list gone from the directory? Then nobody belongs to it any more."""
    asked: bool = False
    """Did somebody ask for it by hand?"""
    namesake: Namesake = Namesake.ADOPT
    """What is done about a provider list of its name: as staff chose, else by the
    policy."""
    undecided: bool = False
    """Is there one, and does it wait for staff to choose?"""
    named_after: str = ""
    """What the list here was called when its provider list was last named."""
    renamed_there: bool = False
    """Has somebody over there given it another name?"""


def active(connection_id: int) -> list[ActiveAudience]:
    """Return the audiences that are kept true, oldest first.

    One whose list was deleted here is among them while its policy wants its provider
    list to go, and there is one.
    """
    to_go = Q(state=AudienceState.LIST_DELETED, provider_list_id__isnull=False)
    rows = Audience.objects.filter(
        Q(state=AudienceState.ACTIVE) | to_go & ~Q(list_deleted=ListDeleted.KEEP),
        connection_id=connection_id,
    )
    return [
        ActiveAudience(
            audience_id=AudienceId(row.pk),
            list_id=ListId(row.list_id),
            name=row.name,
            provider_list_id=(
                ProviderListId(row.provider_list_id) if row.provider_list_id else None
            ),
            policy=policy_of(row),
            list_deleted=row.state == AudienceState.LIST_DELETED,
            asked=row.asked_at is not None,
            namesake=Namesake(row.namesake_choice or row.namesake),
            undecided=row.namesake_id is not None
            and (row.namesake_choice or row.namesake) == Namesake.ASK,
            named_after=row.named_after,
            renamed_there=row.renamed_there_at is not None,
        )
        for row in rows.order_by("id")
    ]


@frozen(kw_only=True)
class EmptiedAudience:
    """One whose list was deleted here, and that nobody of ours is on any more."""

    audience_id: AudienceId
    list_id: ListId
    provider_list_id: ProviderListId
    strangers: int
    """How many others were last seen on its provider list."""


_EMPTIED = """
    SELECT audience.id, audience.list_id, audience.provider_list_id,
           count(membership.id)
      FROM ledger_audience AS audience
      LEFT JOIN ledger_remotemembership AS membership
        ON membership.audience_id = audience.id AND membership.there
     WHERE audience.connection_id = %(connection)s
       AND audience.state = 'list_deleted' AND audience.provider_list_id IS NOT NULL
       AND (audience.list_deleted = 'delete'
            OR audience.list_deleted = 'ask' AND EXISTS (
                SELECT FROM ledger_hold AS hold
                 WHERE hold.audience_id = audience.id AND hold.guard = 'list_deleted'
                   AND hold.state IN ('approved', 'applied')))
     GROUP BY audience.id
    HAVING count(membership.id) FILTER (WHERE membership.ours) = 0
     ORDER BY audience.id
"""


def emptied(connection_id: int) -> list[EmptiedAudience]:
    """Return the audiences whose provider lists may go: by the policy, or because a
    person said so."""
    with database.cursor() as cursor:
        cursor.execute(_EMPTIED, {"connection": connection_id})
        return [
            EmptiedAudience(
                audience_id=AudienceId(audience),
                list_id=ListId(list_id),
                provider_list_id=ProviderListId(there),
                strangers=strangers,
            )
            for audience, list_id, there, strangers in cursor.fetchall()
        ]


def taken(connection_id: int) -> frozenset[ProviderListId]:
    """Return the provider lists of all audiences, those not kept true as well."""
    rows = Audience.objects.filter(
        connection_id=connection_id, provider_list_id__isnull=False
    )
    ids = rows.values_list("provider_list_id", flat=True)
    return frozenset(ProviderListId(one) for one in ids if one)


def policy_of(row: Audience) -> Policy:
    return Policy(
        leaving=Leaving(row.leaving),
        none_left=NoneLeft(row.none_left),
        deleted=Parting(row.deleted),
        new_address=NewAddress(row.new_address),
        list_deleted=ListDeleted(row.list_deleted),
        strangers=Strangers(row.strangers),
        edited_there=EditedThere(row.edited_there),
        when=When(row.when),
        namesake=Namesake(row.namesake),
    )


def fill(
    audience_id: int, *, provider_list_id: ProviderListId, name: str, named_after: str
) -> None:
    """The audience fills that provider list from now on."""
    Audience.objects.filter(pk=audience_id).update(
        provider_list_id=provider_list_id,
        name=name,
        named_after=named_after,
        renamed_there_at=None,
        namesake_id=None,
        namesake_members=None,
        namesake_choice="",
    )


def note_name(audience_id: int, *, name: str, named_after: str) -> None:
    """The provider list is called as its list is here."""
    Audience.objects.filter(pk=audience_id).update(
        name=name, named_after=named_after, renamed_there_at=None
    )


def note_renamed_there(audience_id: int, *, name: str) -> None:
    """Somebody over there called the provider list something else."""
    Audience.objects.filter(pk=audience_id).update(name=name, renamed_there_at=Now())


def lose_list(audience_id: int) -> None:
    """The provider list is gone over there: nobody is on it any more."""
    with transaction.atomic():
        audience = Audience.objects.select_for_update().get(pk=audience_id)
        audience.remotemembership_set.all().delete()
        audience.provider_list_id = None
        audience.save(update_fields=["provider_list_id"])


def ask(connection_id: int, list_id: int | None) -> None:
    """Somebody wants this list, or all, made true now, whatever their policies say
    about when."""
    rows = Audience.objects.filter(connection_id=connection_id)
    if list_id is not None:
        rows = rows.filter(list_id=list_id)
    rows.update(asked_at=Now())


def answered(audience_ids: Collection[int]) -> None:
    """What somebody asked for is done, or was made durable."""
    Audience.objects.filter(pk__in=audience_ids).update(asked_at=None)


def note_compared(audience_ids: Collection[int]) -> None:
    """Everybody on these was compared, and what follows from it was made durable."""
    Audience.objects.filter(pk__in=audience_ids).update(compared_at=Now())


def note_namesake(
    audience_id: int, *, provider_list_id: ProviderListId | None, members: int | None
) -> None:
    """There is a provider list of its name, with people on it; or, None, no more."""
    Audience.objects.filter(pk=audience_id).exclude(
        namesake_id=provider_list_id, namesake_members=members
    ).update(namesake_id=provider_list_id, namesake_members=members, namesake_choice="")


@transaction.atomic
def choose_namesake(*, audience_id: int, choice: Namesake, by: str) -> None:
    """Adopt the provider list of the audience's name, or make a new one."""
    audience = Audience.objects.select_for_update().get(pk=audience_id)
    audience.namesake_choice = choice
    audience.save(update_fields=["namesake_choice"])
    record(
        association_id=audience.association_id,
        by=by,
        action="namesake_chosen",
        subject=f"list:{audience.list_id}",
        details={"provider_list": audience.namesake_id, "choice": choice},
    )


@transaction.atomic
def set_policy(*, audience_id: int, policy: Policy, by: str) -> None:
    """Keep the audience true by *policy* from now on.

    What it would remove waits for a person once: see `rule_decided`.
    """
    audience = Audience.objects.select_for_update().get(pk=audience_id)
    wanted = asdict(policy, value_serializer=lambda _, __, value: str(value))
    before = {name: getattr(audience, name) for name in wanted}
    changed = {name: value for name, value in wanted.items() if before[name] != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(audience, name, value)
    audience.rule_changed_at = Now()
    audience.rule_changed_by = by
    audience.save()
    record(
        association_id=audience.association_id,
        by=by,
        action="policy_changed",
        subject=f"list:{audience.list_id}",
        details={"before": {name: before[name] for name in changed}, "after": changed},
    )


def rule_decided(audience_ids: Collection[int]) -> None:
    """What the changed policies of these remove was decided on, or is nothing."""
    Audience.objects.filter(pk__in=audience_ids).update(rule_changed_at=None)


def note_filled(audience_ids: Collection[int]) -> None:
    """These were filled to the end: from now on, many who join at once are held."""
    Audience.objects.filter(pk__in=audience_ids, filled_at=None).update(filled_at=Now())
