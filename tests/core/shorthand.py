"""Views said in few words, for tables and properties."""

from __future__ import annotations

from attrs import evolve

from rollkeeper.core.policy import (
    LIVE,
    EditedThere,
    Leaving,
    NewAddress,
    NoneLeft,
    Strangers,
)
from rollkeeper.core.values import (
    AudienceId,
    ContactId,
    Mailbox,
    Person,
    ProviderContactId,
    ProviderListId,
)
from rollkeeper.core.views import (
    Desired,
    Gone,
    Move,
    Observed,
    Permission,
    Stop,
    Synced,
    Views,
)

A, B, C = AudienceId(1), AudienceId(2), AudienceId(3)
UNKEPT = AudienceId(9)
"""An audience that is switched off: it has no policy."""

ME, OLD = Mailbox("new@members.example"), Mailbox("old@members.example")
HOLDER, OTHER = ContactId(11), ContactId(12)
ID, OLD_ID = ProviderContactId("id-new"), ProviderContactId("id-old")

NAMED = Person(first_name="Given", last_name="Family", company="Works")
RENAMED = Person(first_name="Given", last_name="Changed", company="Works")
SHORTER = Person(first_name="Given", last_name="Family")

EVERYWHERE_LIVE = {A: LIVE, B: LIVE, C: LIVE}
KEEP_LEAVING = {A: evolve(LIVE, leaving=Leaving.KEEP)}
KEEP_LAST = {A: evolve(LIVE, none_left=NoneLeft.KEEP)}
REPLACE = {A: evolve(LIVE, strangers=Strangers.REMOVE)}
RESTORE = {A: evolve(LIVE, edited_there=EditedThere.RESTORE)}
KEEP_OLD_ADDRESS = {A: evolve(LIVE, new_address=NewAddress.ADD_NEW)}


def wants(
    *audiences: AudienceId,
    person: Person = NAMED,
    carried_by: ContactId = HOLDER,
    off: AudienceId | None = None,
) -> Desired:
    return Desired(
        audiences=frozenset(audiences),
        person=person,
        carried_by=carried_by if audiences else None,
        off=frozenset() if off is None else frozenset({off}),
    )


def gone(fate: Gone | None, *, stop: Stop | None = None) -> Desired:
    """What is wanted for a mailbox that nobody has any more."""
    return Desired(
        audiences=frozenset(), person=Person(), carried_by=None, stop=stop, gone=fate
    )


def stopped(stop: Stop) -> Desired:
    return Desired(audiences=frozenset(), person=NAMED, carried_by=None, stop=stop)


def shows(
    *audiences: AudienceId,
    permission: Permission = Permission.MAILABLE,
    elsewhere: bool = False,
    person: Person = NAMED,
    provider_id: ProviderContactId | None = ID,
) -> Observed:
    return Observed(
        provider_id=provider_id,
        permission=permission,
        audiences=frozenset(audiences),
        elsewhere=elsewhere,
        person=person,
    )


def had(
    *audiences: AudienceId,
    person: Person = NAMED,
    carried_by: ContactId | None = HOLDER,
    disabled: bool = False,
) -> Synced:
    return Synced(
        audiences=frozenset(audiences),
        person=person,
        carried_by=carried_by,
        disabled=disabled,
    )


def views(
    desired: Desired | None = None,
    observed: Observed | None = None,
    synced: Synced | None = None,
    *,
    moved_from: Move | None = None,
    moved_to: Mailbox | None = None,
) -> Views:
    return Views(
        mailbox=ME,
        desired=desired,
        observed=observed,
        synced=synced,
        moved_from=moved_from,
        moved_to=moved_to,
    )


def moved(observed: Observed, synced: Synced) -> Move:
    return Move(
        mailbox=OLD, observed=evolve(observed, provider_id=OLD_ID), synced=synced
    )


def provider_list(audience: AudienceId) -> ProviderListId:
    return ProviderListId(f"list-{audience}")
