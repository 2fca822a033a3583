"""What a confirmed operation, or an agreement, changes in the remembered views."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from attrs import evolve, frozen
from tests.memory_store.memory import Memory, Violated
from tests.memory_store.rows import RemoteContact, RemoteMembership, Tables

from rollkeeper.core.changes import Agree
from rollkeeper.core.policy import ListDeleted
from rollkeeper.core.values import (
    AudienceId,
    ContactId,
    Mailbox,
    Person,
    ProviderContactId,
)
from rollkeeper.core.views import Permission
from rollkeeper.ledger.services.operations import OpenOperation, Subject
from rollkeeper.ledger.states import AudienceState, OutcomeKind


@frozen
class Effects:
    memory: Memory

    def confirm(
        self, operation: OpenOperation, *, positions: Sequence[int] | None = None
    ) -> list[Mailbox]:
        with self.memory.transaction("confirm"):
            tables = self.memory.tables
            picked = [
                one
                for row, one in enumerate(tables.subjects[operation.id])
                if positions is None or row in positions
            ]
            if len({one.mailbox for one in picked}) < len(picked):
                raise Violated("a mailbox twice in one statement")
            match operation.kind:
                case "leave":
                    self._leave(picked)
                case "delete":
                    self._disable(picked)
                case kind:
                    if kind == "rewrite":
                        self._rename(picked)
                    self._bring(picked, with_fields=kind != "join")
            return self._forget_refused(mailboxes_of(picked))

    def _forget_refused(self, mailboxes: Iterable[Mailbox]) -> list[Mailbox]:
        outcomes = self.memory.tables.outcomes
        refused = [
            mailbox
            for mailbox in mailboxes
            if (known := outcomes.get(mailbox)) and known.kind is OutcomeKind.REFUSED
        ]
        for mailbox in refused:
            del outcomes[mailbox]
        return refused

    def claim(self, operation: OpenOperation, *, positions: Sequence[int]) -> None:
        tables = self.memory.tables
        with self.memory.transaction("claim lists"):
            for row in positions:
                subject = tables.subjects[operation.id][row]
                if remote := tables.remotes.get(subject.mailbox):
                    self._claim(remote, subject)

    def _claim(self, remote: RemoteContact, subject: Subject) -> None:
        tables = self.memory.tables
        for key, one in list(tables.memberships.items()):
            if key[0] == remote.id and one.there and key[1] in subject.audiences:
                tables.memberships[key] = evolve(one, ours=True)
        if any(
            key[0] == remote.id and one.ours for key, one in tables.memberships.items()
        ):
            carried_by = remote.carried_by or subject.carried_by
            tables.remotes[remote.mailbox] = evolve(
                remote,
                agreed_person=remote.agreed_person or remote.person,
                carried_by=None if carried_by is None else ContactId(carried_by),
            )

    def _rename(self, picked: Collection[Subject]) -> None:
        remotes = self.memory.tables.remotes
        for one in picked:
            if one.before in remotes and one.mailbox not in remotes:
                remotes[one.mailbox] = evolve(
                    remotes.pop(one.before), mailbox=one.mailbox
                )
            elif (
                one.before
                and one.provider_id
                and (before := remotes.get(one.before))
                and before.provider_id in (None, one.provider_id)
            ):
                self._carry_on(before, remotes[one.mailbox])

    def _carry_on(self, before: RemoteContact, now: RemoteContact) -> None:
        tables = self.memory.tables
        del tables.remotes[before.mailbox]
        for contact, audience in list(tables.memberships):
            if contact == before.id:
                one = tables.memberships.pop((contact, audience))
                known = tables.memberships.get((now.id, audience))
                tables.memberships[now.id, audience] = (
                    evolve(known, ours=known.ours or one.ours) if known else one
                )

    def _bring(self, picked: Collection[Subject], *, with_fields: bool) -> None:
        now = self.memory.now()
        for one in picked:
            remote = self._brought(one, now, with_fields=with_fields)
            self.memory.tables.remotes[one.mailbox] = remote
            if remote.provider_id and any(
                other.provider_id == remote.provider_id and other.id != remote.id
                for other in self.memory.tables.remotes.values()
            ):
                raise Violated("remote_id_once")
            for audience in one.audiences:
                if audience in self.memory.tables.audiences:
                    self.memory.tables.memberships[remote.id, AudienceId(audience)] = (
                        RemoteMembership(there=True, ours=True, since=now)
                    )

    def _brought(
        self, subject: Subject, now: datetime, *, with_fields: bool
    ) -> RemoteContact:
        known = self.memory.tables.remotes.get(subject.mailbox)
        agreed = None if subject.person is None else Person(**subject.person)
        provider_id = (
            ProviderContactId(subject.provider_id) if subject.provider_id else None
        )
        carried_by = (
            None if subject.carried_by is None else ContactId(subject.carried_by)
        )
        if known is None:
            return RemoteContact(
                id=self.memory.new_id(),
                mailbox=subject.mailbox,
                provider_id=provider_id,
                permission=Permission.MAILABLE,
                elsewhere=False,
                person=agreed or Person(),
                agreed_person=agreed,
                carried_by=carried_by,
                seen_at=now,
            )
        deleted = known.permission is Permission.DELETED
        return evolve(
            known,
            person=(agreed or Person()) if with_fields else known.person,
            agreed_person=agreed,
            carried_by=carried_by,
            disabled_at=None,
            seen_at=now,
            provider_id=provider_id or known.provider_id,
            permission=Permission.MAILABLE if deleted else known.permission,
        )

    def _leave(self, picked: Collection[Subject]) -> None:
        tables = self.memory.tables
        for one in picked:
            if remote := tables.remotes.get(one.mailbox):
                for audience in one.audiences:
                    tables.memberships.pop((remote.id, AudienceId(audience)), None)

    def _disable(self, picked: Collection[Subject]) -> None:
        tables, now = self.memory.tables, self.memory.now()
        for one in picked:
            if remote := tables.remotes.get(one.mailbox):
                for key in [key for key in tables.memberships if key[0] == remote.id]:
                    del tables.memberships[key]
                tables.remotes[one.mailbox] = evolve(
                    remote,
                    permission=Permission.DELETED,
                    disabled_at=now,
                    elsewhere=False,
                    seen_at=now,
                )

    def agree(self, connection_id: int, agreements: Iterable[Agree]) -> None:
        agreed = list(agreements)
        if agreed:
            with self.memory.transaction("agree"):
                for change in agreed:
                    _agree(self.memory.tables, change)


def _agree(tables: Tables, change: Agree) -> None:
    remote = tables.remotes.get(change.mailbox)
    if remote is None:
        return
    tables.remotes[change.mailbox] = evolve(
        remote, agreed_person=change.person, carried_by=change.carried_by
    )
    for (contact, audience), one in list(tables.memberships.items()):
        if contact == remote.id and _is_kept_true(tables, audience):
            ours = audience in change.audiences
            if ours or one.there:
                tables.memberships[contact, audience] = evolve(one, ours=ours)
            else:
                del tables.memberships[contact, audience]


def _is_kept_true(tables: Tables, audience: AudienceId) -> bool:
    """Also one that is to go, because its list was deleted."""
    known = tables.audiences.get(audience)
    return known is not None and (
        known.state is AudienceState.ACTIVE
        or (
            known.state is AudienceState.LIST_DELETED
            and known.policy.list_deleted is not ListDeleted.KEEP
        )
    )


def mailboxes_of(subjects: Iterable[Subject]) -> frozenset[Mailbox]:
    """Return every mailbox that these are about, old addresses too."""
    return frozenset(
        mailbox for one in subjects for mailbox in (one.mailbox, one.before) if mailbox
    )
