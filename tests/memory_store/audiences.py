"""Audiences, one for each list that is switched on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from attrs import evolve, frozen
from tests.memory_store.memory import Memory, Violated
from tests.memory_store.rows import Audience, ContactList, RemoteMembership

from rollkeeper.core.guards import Guard
from rollkeeper.core.policy import ListDeleted, Namesake, Policy
from rollkeeper.core.values import AudienceId, ListId, ProviderListId
from rollkeeper.ledger.services.audiences import ActiveAudience, EmptiedAudience
from rollkeeper.ledger.states import AudienceState, HoldState


@frozen
class Audiences:
    memory: Memory

    def follow_switches(
        self,
        *,
        association_id: int,
        connection_id: int,
        policy: Policy,
        of_automatic: Policy,
    ) -> None:
        rows = self.memory.tables.audiences
        changed = [one for one in rows.values() if one.state is not self._state(one)]
        taken = {one.list_id for one in rows.values()}
        missing = [
            one
            for one in self.memory.tables.lists.values()
            if self._is_kept(one) and one.id not in taken
        ]
        if not changed and not missing:
            return
        with self.memory.transaction("follow switches"):
            for one in changed:
                self._change(one.id, state=self._state(one))
            for made in sorted(missing, key=lambda one: one.kind != "list"):
                self._make(
                    made.id, made.name, of_automatic if made.kind != "list" else policy
                )

    def _state(self, audience: Audience) -> AudienceState:
        its_list = self.memory.tables.lists.get(audience.list_id)
        if its_list is None:
            return AudienceState.LIST_DELETED
        kept = self._is_kept(its_list)
        return AudienceState.ACTIVE if kept else AudienceState.SWITCHED_OFF

    def _is_kept(self, one: ContactList) -> bool:
        return one.sync and self.memory.tables.chosen.keeps(one)

    def _make(self, list_id: ListId, name: str, policy: Policy) -> None:
        audience_id = AudienceId(self.memory.new_id())
        self.memory.tables.audiences[audience_id] = Audience(
            id=audience_id,
            list_id=list_id,
            name=name,
            state=AudienceState.ACTIVE,
            policy=policy,
        )

    def active(self, connection_id: int) -> list[ActiveAudience]:
        """Also those that are to go, because their list was deleted."""
        return [
            ActiveAudience(
                audience_id=one.id,
                list_id=one.list_id,
                name=one.name,
                provider_list_id=one.provider_list_id,
                policy=one.policy,
                list_deleted=one.state is AudienceState.LIST_DELETED,
                asked=one.asked_at is not None,
                namesake=one.namesake_choice or one.policy.namesake,
                undecided=one.namesake_id is not None
                and (one.namesake_choice or one.policy.namesake) is Namesake.ASK,
                named_after=one.named_after,
                renamed_there=one.renamed_there_at is not None,
            )
            for one in self.memory.tables.audiences.values()
            if is_kept_true(one)
        ]

    def emptied(self, connection_id: int) -> list[EmptiedAudience]:
        return [
            EmptiedAudience(
                audience_id=one.id,
                list_id=one.list_id,
                provider_list_id=one.provider_list_id,
                strangers=len(self._there(one)),
            )
            for one in self.memory.tables.audiences.values()
            if one.provider_list_id is not None
            and self._may_go(one)
            and not any(there.ours for there in self._there(one))
        ]

    def _may_go(self, audience: Audience) -> bool:
        if audience.state is not AudienceState.LIST_DELETED:
            return False
        if audience.policy.list_deleted is not ListDeleted.ASK:
            return audience.policy.list_deleted is ListDeleted.DELETE
        return any(
            one.guard is Guard.LIST_DELETED
            and one.audience == audience.id
            and one.state in (HoldState.APPROVED, HoldState.APPLIED)
            for one in self.memory.tables.holds.values()
        )

    def _there(self, audience: Audience) -> list[RemoteMembership]:
        return [
            one
            for (_, on), one in self.memory.tables.memberships.items()
            if on == audience.id and one.there
        ]

    def taken(self, connection_id: int) -> frozenset[ProviderListId]:
        return frozenset(
            one.provider_list_id
            for one in self.memory.tables.audiences.values()
            if one.provider_list_id
        )

    def fill(
        self,
        audience_id: int,
        *,
        provider_list_id: ProviderListId,
        name: str,
        named_after: str,
    ) -> None:
        rows = self.memory.tables.audiences
        if any(
            one.provider_list_id == provider_list_id and one.id != audience_id
            for one in rows.values()
        ):
            raise Violated("provider_list_fills_one_audience")
        with self.memory.transaction("fill audience"):
            self._change(
                audience_id,
                provider_list_id=provider_list_id,
                name=name,
                named_after=named_after,
                renamed_there_at=None,
                namesake_id=None,
                namesake_choice=None,
            )

    def note_name(self, audience_id: int, *, name: str, named_after: str) -> None:
        with self.memory.transaction("note name"):
            self._change(
                audience_id, name=name, named_after=named_after, renamed_there_at=None
            )

    def note_renamed_there(self, audience_id: int, *, name: str) -> None:
        with self.memory.transaction("note renamed there"):
            self._change(audience_id, name=name, renamed_there_at=self.memory.now())

    def lose_list(self, audience_id: int) -> None:
        with self.memory.transaction("lose list"):
            memberships = self.memory.tables.memberships
            for key in [key for key in memberships if key[1] == audience_id]:
                del memberships[key]
            self._change(audience_id, provider_list_id=None)

    def ask(self, connection_id: int, list_id: int | None) -> None:
        asked = [
            one.id
            for one in self.memory.tables.audiences.values()
            if list_id in (None, one.list_id)
        ]
        if asked:
            with self.memory.transaction("ask"):
                for one in asked:
                    self._change(one, asked_at=self.memory.now())

    def answered(self, audience_ids: Collection[int]) -> None:
        if audience_ids:
            with self.memory.transaction("answered"):
                for one in audience_ids:
                    self._change(one, asked_at=None)

    def note_compared(self, audience_ids: Collection[int]) -> None:
        """Only pages ask when it was."""

    def note_namesake(
        self,
        audience_id: int,
        *,
        provider_list_id: ProviderListId | None,
        members: int | None,
    ) -> None:
        known = self.memory.tables.audiences[AudienceId(audience_id)]
        if known.namesake_id != provider_list_id:
            self._change(
                audience_id, namesake_id=provider_list_id, namesake_choice=None
            )

    def choose_namesake(self, audience_id: int, choice: Namesake) -> None:
        """Done by staff."""
        self._change(audience_id, namesake_choice=choice)

    def rule_decided(self, audience_ids: Collection[int]) -> None:
        if audience_ids:
            with self.memory.transaction("rule decided"):
                for one in audience_ids:
                    self._change(one, rule_changed_at=None)

    def note_filled(self, audience_ids: Collection[int]) -> None:
        rows = self.memory.tables.audiences
        new = [one for one in audience_ids if not rows[AudienceId(one)].filled_at]
        if new:
            with self.memory.transaction("note filled"):
                for one in new:
                    self._change(one, filled_at=self.memory.now())

    def set_policy(self, audience_id: int, policy: Policy) -> None:
        """Done by staff."""
        if self.memory.tables.audiences[AudienceId(audience_id)].policy != policy:
            self._change(audience_id, policy=policy, rule_changed_at=self.memory.now())

    def _change(self, audience_id: int, **fields: Any) -> None:
        rows = self.memory.tables.audiences
        rows[AudienceId(audience_id)] = evolve(rows[AudienceId(audience_id)], **fields)


def is_kept_true(audience: Audience) -> bool:
    """Also while it is to go, because its list was deleted."""
    to_go = (
        audience.state is AudienceState.LIST_DELETED
        and audience.provider_list_id is not None
        and audience.policy.list_deleted is not ListDeleted.KEEP
    )
    return to_go or audience.state is AudienceState.ACTIVE
