"""What provider lists are called: as their lists are here.

A list is found by its name once and known by its id from then on. When it is renamed
here, its provider list is renamed; one that somebody over there called something else
keeps that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import Final
from unicodedata import normalize

import structlog

from rollkeeper.core.values import ListId, ProviderListId, one_line
from rollkeeper.engine.session import Session
from rollkeeper.ledger.services.audiences import ActiveAudience
from rollkeeper.providers.errors import ChangeRefused
from rollkeeper.providers.port import ProviderList

NAMES_TRIED: Final = 20

_NUMBER = re.compile(r" \(\d+\)$")

log = structlog.get_logger()


def key(name: str) -> str:
    """By what two names are one: case, spaces, forms of letters count for nothing."""
    return one_line(normalize("NFKC", name)).casefold()


def names_for(wanted: str) -> Iterator[str]:
    """Yield the names to try, in order: two lists here may have one name, and others
    over there may have it."""
    yield wanted
    for number in count(2):
        yield f"{wanted} ({number})"


def names_here(session: Session) -> dict[ListId, str]:
    """Return what a provider list should be called for each list of the directory."""
    names = session.store.directory.list_names()
    return {list_id: one_line(name) for list_id, name in names.items()}


def note_names(session: Session, there: Iterable[ProviderList]) -> None:
    """Remember what lists are called over there, and which were renamed there."""
    shown = {one.list_id: one.name for one in there}
    here = names_here(session)
    for audience in _named(session, here):
        name = shown.get(_provider_list(audience))
        if name is None or name == audience.name:
            continue
        with session.store.transaction():
            if _is_called(name, here[audience.list_id]):
                session.store.audiences.note_name(
                    audience.audience_id, name=name, named_after=here[audience.list_id]
                )
            else:
                session.store.audiences.note_renamed_there(
                    audience.audience_id, name=name
                )
                session.store.runs.note_count(session.run_id, "lists_renamed_there", 1)


def rename_lists(session: Session) -> None:
    """Give the lists that were renamed here their new names over there."""
    here = names_here(session)
    for audience in _named(session, here):
        wanted = here[audience.list_id]
        if audience.named_after == wanted or audience.renamed_there:
            continue
        name = _rename(session, audience, wanted)
        with session.store.transaction():
            session.store.audiences.note_name(
                audience.audience_id, name=name, named_after=wanted
            )


def _rename(session: Session, audience: ActiveAudience, wanted: str) -> str:
    """Return what the provider list is called now."""
    if key(audience.name) == key(wanted):
        return audience.name
    for name in islice(names_for(wanted), NAMES_TRIED):
        try:
            there = session.provider.rename_list(_provider_list(audience), name)
        except ChangeRefused:
            continue
        if not there:
            return audience.name
        session.store.runs.note_count(session.run_id, "lists_renamed", 1)
        return name
    log.warning("list_not_renamed", connection_id=session.connection_id)
    return audience.name


def _named(session: Session, here: dict[ListId, str]) -> list[ActiveAudience]:
    """Those that have a list on both sides."""
    return [
        one
        for one in session.store.audiences.active(session.connection_id)
        if one.provider_list_id and not one.list_deleted and one.list_id in here
    ]


def _provider_list(audience: ActiveAudience) -> ProviderListId:
    assert audience.provider_list_id is not None
    return audience.provider_list_id


def _is_called(name: str, wanted: str) -> bool:
    """Is it that name, perhaps with the number that a second list of it gets?"""
    return key(wanted) in (key(name), key(_NUMBER.sub("", name)))
