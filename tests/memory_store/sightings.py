"""What reads of the provider change in the observed view."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from attrs import define, evolve, field
from tests.memory_store.audiences import is_kept_true
from tests.memory_store.drift import Drift
from tests.memory_store.effects import mailboxes_of
from tests.memory_store.memory import Memory, Violated
from tests.memory_store.rows import RemoteContact, RemoteMembership

from rollkeeper.core.values import AudienceId, ContactId, Mailbox, ProviderContactId
from rollkeeper.core.views import Observed, Permission
from rollkeeper.ledger.services.sightings import LAG


@define
class Sightings:
    memory: Memory
    sighted: dict[Mailbox, Observed] = field(factory=dict)
    """Of the read under way; lost with the database session."""

    def begin(self) -> None:
        self.sighted = {}

    def note(self, sightings: Iterable[tuple[Mailbox, Observed]]) -> int:
        shown = dict(sightings)
        self.sighted.update(shown)
        return len(shown)

    def conclude(
        self,
        *,
        association_id: int,
        connection_id: int,
        seen_at: datetime,
        complete: bool,
        drift_of: int | None = None,
    ) -> Mapping[str, int]:
        settled_before = seen_at - LAG
        found: Mapping[str, int] = {}
        with self.memory.transaction("conclude read"):
            if drift_of is not None:
                found = Drift(
                    tables=self.memory.tables,
                    sighted=self.sighted,
                    settled_before=settled_before,
                ).record(drift_of)
            self._remember_renamed(seen_at)
            self._free_moved_ids()
            for mailbox, observed in self.sighted.items():
                self._record(mailbox, observed, seen_at, settled_before)
                self._record_lists(mailbox, observed, seen_at)
            self._claim_renamed()
            self._off_the_list(
                lambda remote, audience, one: self._not_there(
                    remote, audience, one, settled_before
                )
            )
            if complete:
                self._record_gone(settled_before)
                self._off_the_list(lambda remote, *_: _deleted(remote))
        self.sighted = {}
        return found

    def _remember_renamed(self, seen_at: datetime) -> None:
        """Who has an address there that we did not give them, and nobody has here, is
        still the contact whom we brought."""
        tables = self.memory.tables
        held = {one.mailbox for one in tables.contacts.values()}
        moving = mailboxes_of(one for some in tables.subjects.values() for one in some)
        brought: dict[ProviderContactId | None, RemoteContact] = {
            one.provider_id: one
            for one in tables.remotes.values()
            if one.provider_id and one.agreed_person and one.carried_by is not None
        }
        for mailbox, observed in self.sighted.items():
            former = brought.get(observed.provider_id)
            if former is None or former.mailbox == mailbox or mailbox in held:
                continue
            if moving.isdisjoint({former.mailbox, mailbox}):
                self._rename(former, mailbox, observed, seen_at)

    def _rename(
        self,
        former: RemoteContact,
        mailbox: Mailbox,
        observed: Observed,
        seen_at: datetime,
    ) -> None:
        remotes = self.memory.tables.remotes
        now = remotes.get(mailbox) or RemoteContact(
            id=self.memory.new_id(),
            mailbox=mailbox,
            provider_id=None,
            permission=observed.permission,
            elsewhere=observed.elsewhere,
            person=observed.person,
            seen_at=seen_at,
        )
        if now.agreed_person is None:
            remotes[mailbox] = evolve(
                now,
                agreed_person=former.agreed_person,
                carried_by=former.carried_by,
                renamed_from=former.renamed_from or former.mailbox,
            )

    def _claim_renamed(self) -> None:
        """What was ours by the former address is ours by the one over there."""
        remotes = self.memory.tables.remotes
        for mailbox in self.sighted:
            former = remotes.get(remotes[mailbox].renamed_from or Mailbox(""))
            if former:
                self._claim_as(former, remotes[mailbox])

    def _claim_as(self, former: RemoteContact, renamed: RemoteContact) -> None:
        memberships = self.memory.tables.memberships
        for (remote, audience), one in list(memberships.items()):
            claim = memberships.get((former.id, audience))
            if remote == renamed.id and claim and claim.ours:
                memberships[remote, audience] = evolve(one, ours=True)

    def _free_moved_ids(self) -> None:
        shown = {one.provider_id: mailbox for mailbox, one in self.sighted.items()}
        for remote in list(self.memory.tables.remotes.values()):
            if remote.provider_id and shown.get(
                remote.provider_id, remote.mailbox
            ) not in (remote.mailbox,):
                self._change(remote, provider_id=None)

    def _record(
        self,
        mailbox: Mailbox,
        observed: Observed,
        seen_at: datetime,
        settled_before: datetime,
    ) -> None:
        known = self.memory.tables.remotes.get(mailbox)
        self._check_id_once(mailbox, observed.provider_id)
        if known is None:
            self.memory.tables.remotes[mailbox] = RemoteContact(
                id=self.memory.new_id(),
                mailbox=mailbox,
                provider_id=observed.provider_id,
                permission=observed.permission,
                elsewhere=observed.elsewhere,
                person=observed.person,
                seen_at=seen_at,
            )
            return
        fresh = known.seen_at > settled_before
        believed = not fresh or observed.permission is Permission.UNSUBSCRIBED
        self._change(
            known,
            provider_id=observed.provider_id,
            elsewhere=observed.elsewhere,
            person=observed.person,
            seen_at=max(known.seen_at, seen_at),
            permission=observed.permission if believed else known.permission,
        )

    def _check_id_once(
        self, mailbox: Mailbox, provider_id: ProviderContactId | None
    ) -> None:
        if provider_id and any(
            one.provider_id == provider_id and one.mailbox != mailbox
            for one in self.memory.tables.remotes.values()
        ):
            raise Violated("remote_id_once")

    def _record_lists(
        self, mailbox: Mailbox, observed: Observed, seen_at: datetime
    ) -> None:
        remote = self.memory.tables.remotes[mailbox]
        if remote.permission is Permission.DELETED:
            return
        memberships = self.memory.tables.memberships
        for audience in sorted(observed.audiences):
            known = memberships.get((remote.id, audience))
            if known is None:
                memberships[remote.id, audience] = RemoteMembership(
                    there=True, ours=False, since=seen_at
                )
            elif not known.there:
                memberships[remote.id, audience] = evolve(known, there=True)

    def _not_there(
        self,
        remote: RemoteContact,
        audience: AudienceId,
        membership: RemoteMembership,
        settled_before: datetime,
    ) -> bool:
        shown = self.sighted.get(remote.mailbox)
        return (
            shown is not None
            and audience not in shown.audiences
            and is_kept_true(self.memory.tables.audiences[audience])
            and (
                membership.since < settled_before
                or shown.permission is Permission.UNSUBSCRIBED
            )
        )

    def _off_the_list(
        self, is_off: Callable[[RemoteContact, AudienceId, RemoteMembership], bool]
    ) -> None:
        """A stranger's membership that ended is forgotten; ours is remembered."""
        tables = self.memory.tables
        remotes = {one.id: one for one in tables.remotes.values()}
        for (remote, audience), one in list(tables.memberships.items()):
            if one.there and is_off(remotes[remote], audience, one):
                if one.ours:
                    tables.memberships[remote, audience] = evolve(one, there=False)
                else:
                    del tables.memberships[remote, audience]

    def _record_gone(self, settled_before: datetime) -> None:
        for remote in list(self.memory.tables.remotes.values()):
            if (
                remote.seen_at < settled_before
                and not _deleted(remote)
                and remote.mailbox not in self.sighted
            ):
                self._change(remote, permission=Permission.DELETED, elsewhere=False)

    def learn_ids(
        self, connection_id: int, known: Iterable[tuple[Mailbox, ProviderContactId]]
    ) -> int:
        new = 0
        with self.memory.transaction("learn ids"):
            for mailbox, provider_id in known:
                remote = self.memory.tables.remotes.get(mailbox)
                if remote and remote.provider_id is None:
                    self._check_id_once(mailbox, provider_id)
                    self._change(remote, provider_id=provider_id)
                    new += 1
        return new

    def record_opt_outs(
        self, *, association_id: int, connection_id: int, mailboxes: Iterable[Mailbox]
    ) -> None:
        with self.memory.transaction("record opt-outs"):
            for mailbox in mailboxes:
                remote = self.memory.tables.remotes.get(mailbox)
                if remote is None:
                    continue
                if not _deleted(remote):
                    self._change(remote, permission=Permission.UNSUBSCRIBED)
                self._forget_memberships(remote.id)

    def record_opt_ins(
        self, *, connection_id: int, mailboxes: Iterable[Mailbox]
    ) -> None:
        with self.memory.transaction("opt ins"):
            for remote in list(self.memory.tables.remotes.values()):
                unsubscribed = remote.permission is Permission.UNSUBSCRIBED
                if unsubscribed and remote.mailbox in set(mailboxes):
                    self._change(remote, permission=Permission.MAILABLE)

    def carriers(
        self, connection_id: int, mailboxes: Collection[Mailbox]
    ) -> dict[Mailbox, ContactId]:
        remotes = self.memory.tables.remotes
        return {
            mailbox: remote.carried_by
            for mailbox in mailboxes
            if (remote := remotes.get(mailbox)) and remote.carried_by is not None
        }

    def known(self, connection_id: int) -> int:
        return len(self.memory.tables.remotes)

    def oldest_without_id(self, connection_id: int) -> datetime | None:
        return min(
            (
                one.seen_at
                for one in self.memory.tables.remotes.values()
                if not one.provider_id and one.agreed_person and not _deleted(one)
            ),
            default=None,
        )

    def forget(self, connection_id: int, mailboxes: Iterable[Mailbox]) -> None:
        with self.memory.transaction("forget contacts"):
            for mailbox in mailboxes:
                if remote := self.memory.tables.remotes.pop(mailbox, None):
                    self._forget_memberships(remote.id)

    def give_up(self, audience_id: int, mailboxes: Iterable[Mailbox]) -> None:
        tables = self.memory.tables
        with self.memory.transaction("give up"):
            for mailbox in mailboxes:
                if remote := tables.remotes.get(mailbox):
                    key = remote.id, AudienceId(audience_id)
                    if key in tables.memberships and not tables.memberships[key].there:
                        del tables.memberships[key]

    def give_up_deleted(
        self, connection_id: int, mailboxes: Collection[Mailbox]
    ) -> None:
        tables = self.memory.tables
        holders = {
            one.id for one in tables.contacts.values() if one.mailbox in mailboxes
        }
        with self.memory.transaction("give up deleted"):
            for remote in tables.remotes.values():
                concerned = remote.mailbox in mailboxes or remote.carried_by in holders
                if _deleted(remote) and concerned:
                    self._forget_memberships(remote.id)

    def _forget_memberships(self, remote_id: int) -> None:
        memberships = self.memory.tables.memberships
        for key in [key for key in memberships if key[0] == remote_id]:
            del memberships[key]

    def _change(self, remote: RemoteContact, **fields: Any) -> None:
        self.memory.tables.remotes[remote.mailbox] = evolve(remote, **fields)


def _deleted(remote: RemoteContact) -> bool:
    return remote.permission is Permission.DELETED
