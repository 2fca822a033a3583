"""What changed at the provider behind our back, as a full read shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property

from attrs import asdict, define
from tests.memory_store.audiences import is_kept_true
from tests.memory_store.rows import RemoteContact, Tables

from rollkeeper.core.values import AudienceId, Mailbox
from rollkeeper.core.views import Observed, Permission
from rollkeeper.ledger.services.drift import count_key
from rollkeeper.ledger.states import DriftKind

_OUT = (Permission.UNSUBSCRIBED, Permission.DELETED)


@define(slots=False, kw_only=True)
class Drift:
    """Compares what was *sighted* with the tables, before they follow it."""

    tables: Tables
    sighted: Mapping[Mailbox, Observed]
    settled_before: datetime

    def record(self, run_id: int) -> Mapping[str, int]:
        """Remember for the run whom it is about; return how many of each kind."""
        found = {
            DriftKind.ADDED: [mailbox for mailbox, _ in self._added()],
            DriftKind.REMOVED: [mailbox for mailbox, _ in self._removed()],
            DriftKind.EDITED: self._of_settled(self._is_edited),
            DriftKind.READDRESSED: self._of_settled(self._is_readdressed),
            DriftKind.DELETED: self._of_settled(self._is_deleted),
            DriftKind.UNSUBSCRIBED: list(set(self._unsubscribed(run_id))),
        }
        self.tables.drift.update(
            (run_id, mailbox) for some in found.values() for mailbox in some
        )
        return +Counter({count_key(kind): len(some) for kind, some in found.items()})

    def _of_settled(self, differs: Callable[[RemoteContact], bool]) -> list[Mailbox]:
        return [one.mailbox for one in self._settled if differs(one)]

    @cached_property
    def _moving(self) -> set[Mailbox | None]:
        subjects = [one for some in self.tables.subjects.values() for one in some]
        return {one.mailbox for one in subjects} | {one.before for one in subjects}

    @cached_property
    def _known(self) -> dict[Mailbox, RemoteContact]:
        remotes = self.tables.remotes.items()
        return {mailbox: one for mailbox, one in remotes if mailbox not in self._moving}

    @cached_property
    def _settled(self) -> list[RemoteContact]:
        return [
            one
            for one in self._known.values()
            if one.agreed_person is not None and one.seen_at < self.settled_before
        ]

    @cached_property
    def _shown(self) -> dict[Mailbox, Observed]:
        return {
            mailbox: one
            for mailbox, one in self.sighted.items()
            if one.permission not in _OUT and mailbox not in self._moving
        }

    def _added(self) -> Iterator[tuple[Mailbox, AudienceId]]:
        lagging = self._took_somebody_off_lately()
        for mailbox, observed in self._shown.items():
            known = self._known.get(mailbox)
            if known and (lagging or known.seen_at >= self.settled_before):
                continue
            if self._known_by_another_address(mailbox, observed):
                continue
            for audience in observed.audiences:
                filled = self.tables.audiences[audience].filled_at is not None
                listed = known and self._is_known_there(known, audience)
                if filled and not listed and not self._belongs(mailbox, audience):
                    yield mailbox, audience

    def _is_known_there(self, known: RemoteContact, audience: AudienceId) -> bool:
        """Who was deleted over there and comes back is added anew."""
        place = self.tables.memberships.get((known.id, audience))
        if place is None:
            return False
        return place.there or known.permission is not Permission.DELETED

    def _took_somebody_off_lately(self) -> bool:
        return any(
            one.kind in ("leave", "delete")
            and one.settled_at is not None
            and one.settled_at >= self.settled_before
            for one in self.tables.operations.values()
        )

    def _known_by_another_address(self, mailbox: Mailbox, observed: Observed) -> bool:
        return any(
            one.provider_id == observed.provider_id and one.mailbox != mailbox
            for one in self._known.values()
            if one.provider_id is not None
        )

    def _belongs(self, mailbox: Mailbox, audience: AudienceId) -> bool:
        list_id = self.tables.audiences[audience].list_id
        places = self.tables.places()
        holders = [
            one for one in self.tables.contacts.values() if one.mailbox == mailbox
        ]
        standings = [
            place for one in holders if (place := places.get((one.id, list_id)))
        ]
        return (
            not any(one.do_not_contact for one in holders)
            and not any(place.no_mass_email for place in standings)
            and any(not place.disabled for place in standings)
        )

    def _removed(self) -> Iterator[tuple[Mailbox, AudienceId]]:
        for mailbox, observed in self._shown.items():
            known = self._known.get(mailbox)
            for (remote, audience), one in self.tables.memberships.items():
                if (
                    known
                    and remote == known.id
                    and one.there
                    and one.ours
                    and one.since < self.settled_before
                    and is_kept_true(self.tables.audiences[audience])
                    and audience not in observed.audiences
                ):
                    yield mailbox, audience

    def _is_edited(self, remote: RemoteContact) -> bool:
        observed = self._shown.get(remote.mailbox)
        if observed is None or remote.agreed_person is None:
            return False
        told = asdict(remote.agreed_person)
        return any(
            getattr(observed.person, name) not in (getattr(remote.person, name), value)
            for name, value in told.items()
            if value
        )

    def _is_readdressed(self, remote: RemoteContact) -> bool:
        carrier = remote.carried_by and self.tables.contacts.get(remote.carried_by)
        return any(
            one.provider_id == remote.provider_id
            and mailbox != remote.mailbox
            and not (carrier and carrier.mailbox == mailbox)
            for mailbox, one in self._shown.items()
            if one.provider_id is not None
        )

    def _is_deleted(self, remote: RemoteContact) -> bool:
        observed = self.sighted.get(remote.mailbox)
        gone = observed is None or observed.permission is Permission.DELETED
        elsewhere = remote.provider_id is not None and any(
            one.provider_id == remote.provider_id and mailbox != remote.mailbox
            for mailbox, one in self.sighted.items()
        )
        return gone and not elsewhere and remote.permission not in _OUT

    def _unsubscribed(self, run_id: int) -> Iterator[Mailbox]:
        for fact in self.tables.facts.values():
            known = self._known.get(fact.mailbox)
            if (
                known
                and known.agreed_person is not None
                and fact.kind.value == "unsubscribed"
                and fact.run_id == run_id
            ):
                yield fact.mailbox
