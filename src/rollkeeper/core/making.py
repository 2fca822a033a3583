"""The changes that the rows of `decide` call for."""

from __future__ import annotations

from collections.abc import Iterator

from rollkeeper.core.changes import (
    Add,
    Agree,
    Cause,
    Change,
    Disable,
    Hold,
    Left,
    Readdress,
    Remove,
    Update,
)
from rollkeeper.core.situation import NONE, Situation
from rollkeeper.core.values import ProviderContactId
from rollkeeper.core.views import Gone


def nothing(_: Situation) -> Iterator[Change]:
    yield from ()


def fewer_claims(s: Situation) -> Iterator[Change]:
    """Claim no list that it is not on."""
    if not s.ours <= s.there:
        yield Agree(
            mailbox=s.views.mailbox,
            audiences=s.ours & s.there,
            person=s.synced.person,
            carried_by=s.synced.carried_by,
        )


def end(s: Situation) -> Iterator[Change]:
    yield Disable(
        mailbox=s.views.mailbox,
        provider_id=_known_as(s),
        audiences=s.there,
        cause=Cause.DO_NOT_CONTACT,
    )


def readdress(s: Situation) -> Iterator[Change]:
    if move := s.views.moved_from:
        yield Readdress(
            mailbox=s.views.mailbox,
            before=move.mailbox,
            provider_id=move.observed.provider_id,
            person=s.desired.person,
            person_before=move.synced.person,
            carried_by=s.desired.carrier,
            audiences=s.wanted,
        )


def hold(s: Situation) -> Iterator[Change]:
    yield Hold(
        mailbox=s.views.mailbox,
        audiences=s.wanted,
        cause=Cause.READDRESSED_OVER_THERE
        if s.views.known_as
        else Cause.DELETED_OVER_THERE,
    )


def bring(s: Situation) -> Iterator[Change]:
    if s.ours:
        yield Agree(
            mailbox=s.views.mailbox,
            audiences=NONE,
            person=s.synced.person,
            carried_by=s.synced.carried_by,
        )
    yield Add(
        mailbox=s.views.mailbox,
        provider_id=_known_as(s),
        audiences=s.wanted,
        person=s.desired.person,
        carried_by=s.desired.carrier,
        cause=Cause.BACK_AGAIN if s.synced.disabled else Cause.JOINED,
        renames=True,
        before=s.synced.person,
    )


def left(s: Situation) -> Iterator[Change]:
    yield Left(mailbox=s.views.mailbox, audiences=s.vanished)


def agree(s: Situation) -> Iterator[Change]:
    yield Agree(
        mailbox=s.views.mailbox,
        audiences=s.claims,
        person=s.agreed,
        carried_by=s.carrier,
    )


def add(s: Situation) -> Iterator[Change]:
    elsewhere = s.views.observed is not None and s.views.observed.elsewhere
    yield Add(
        mailbox=s.views.mailbox,
        provider_id=_known_as(s),
        audiences=s.missing,
        person=s.desired.person,
        carried_by=s.desired.carrier,
        cause=Cause.JOINED,
        renames=s.renamed,
        before=s.agreed,
        already_on=len(s.there) + elsewhere,
    )


def update(s: Situation) -> Iterator[Change]:
    yield _update(s, Cause.FIELDS_CHANGED)


def restore(s: Situation) -> Iterator[Change]:
    yield _update(s, Cause.EDITED_OVER_THERE)


def _update(s: Situation, cause: Cause) -> Update:
    return Update(
        mailbox=s.views.mailbox,
        provider_id=_known_as(s),
        audiences=s.staying,
        person=s.desired.person,
        before=s.agreed,
        carried_by=s.desired.carrier,
        cause=cause,
    )


def remove(s: Situation) -> Iterator[Change]:
    yield Remove(
        mailbox=s.views.mailbox,
        provider_id=_known_as(s),
        audiences=s.leaving_first,
        cause=_cause_of_leaving(s),
        more_to_come=s.leaving_first != s.leaving,
    )


def disable(s: Situation) -> Iterator[Change]:
    yield Disable(
        mailbox=s.views.mailbox,
        provider_id=_known_as(s),
        audiences=s.leaving,
        cause=Cause.NO_LIST_LEFT,
    )


def _known_as(s: Situation) -> ProviderContactId | None:
    return s.views.observed.provider_id if s.views.observed else None


def _cause_of_leaving(s: Situation) -> Cause:
    if s.desired.stop:
        return Cause.NO_MASS_EMAILS
    match s.desired.gone:
        case Gone.DELETED:
            return Cause.DELETED_HERE
        case Gone.MOVED:
            return Cause.ADDRESS_CHANGED
        case _:
            return Cause.NOT_WANTED
