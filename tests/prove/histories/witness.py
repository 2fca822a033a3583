"""Stands right before the provider: what was it asked for, and what became of answers?

The `Line` is where things go wrong; the witness only looks, at what got through.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from datetime import datetime
from typing import Any

from attrs import frozen
from tests.prove.histories.truth import Truth
from tests.prove.histories.watch import Watch
from tests.prove.level import Promise

from rollkeeper.core.calls import BulkCall, Delete
from rollkeeper.core.values import Mailbox, ProviderListId
from rollkeeper.providers.memory.account import Held
from rollkeeper.providers.port import Accepted, Page, Provider


@frozen
class Witness:
    """Implements `providers.port.Provider` by another one."""

    provider: Provider
    watch: Watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self.provider, name)

    def opted_out(self, *, after: datetime | None = None) -> Iterator[Page]:
        """Whoever had opted out when a pull began is known when it has ended."""
        held = self.watch.chamber.account.held.values()
        revived = self.watch.buried
        out = [one.mailbox for one in held if _is_out(one, revived)]
        self.watch.buried = {one.mailbox for one in held if one.deleted}
        yield from self.provider.opted_out(after=after)
        truth = Truth(self.watch.chamber.memory.tables)
        missing = [one for one in out if not truth.is_suppressed(one)]
        if missing:
            self.watch.note(Promise.MAILABLE, "pull", f"{missing} opted out unheard")

    def delete_list(self, list_id: ProviderListId) -> Accepted | None:
        """No list is to be deleted of which we know that somebody is on it."""
        tables = self.watch.chamber.memory.tables
        known = [
            one
            for (_, audience), one in tables.memberships.items()
            if one.there and tables.audiences[audience].provider_list_id == list_id
        ]
        if known:
            self.watch.note(Promise.LAWS, "strangers untouched", f"{list_id} is to go")
        return self.provider.delete_list(list_id)

    def start(self, call: BulkCall) -> Accepted:
        """Who is on a list of theirs is not ended for want of one of ours."""
        if isinstance(call, Delete) and not self.watch.injector.racing:
            for target in call.targets:
                held = self.watch.chamber.account.held.get(target.provider_id)
                if held and self._is_elsewhere(held) and not self._must_end(held):
                    what = f"{held.mailbox} is ended, and on {held.lists}"
                    self.watch.note(Promise.LAWS, "strangers untouched", what)
        return self.provider.start(call)

    def _is_elsewhere(self, held: Held) -> bool:
        audiences = self.watch.chamber.memory.tables.audiences.values()
        return not held.lists <= {one.provider_list_id for one in audiences}

    def _must_end(self, held: Held) -> bool:
        """May somebody not be contacted who has the mailbox, or had it?"""
        tables = self.watch.chamber.memory.tables
        had = {who for who, mailbox in self.watch.had if mailbox == held.mailbox}
        return any(
            one.do_not_contact and (one.mailbox == held.mailbox or one.id in had)
            for one in tables.contacts.values()
        )


def _is_out(held: Held, revived: Set[Mailbox]) -> bool:
    """One that was deleted when we asked last may have opted out before that; what we
    do with it tells."""
    return held.unsubscribed and not held.deleted and held.mailbox not in revived
