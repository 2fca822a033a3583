"""A provider's account that carries out calls, knowing nothing of changes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import assert_never

from attrs import define, field

from rollkeeper.core.calls import (
    Call,
    Create,
    Delete,
    Import,
    Join,
    Leave,
    Rewrite,
    Row,
    Target,
)
from rollkeeper.core.values import Mailbox, Person, ProviderContactId, ProviderListId
from rollkeeper.core.views import Permission

FIELDS = ("first_name", "last_name", "company")


@define(kw_only=True)
class Kept:
    """A contact in the account."""

    mailbox: Mailbox
    permission: Permission = Permission.MAILABLE
    lists: set[ProviderListId] = field(factory=set)
    person: Person = field(factory=Person)


@define(kw_only=True)
class Account:
    contacts: dict[ProviderContactId, Kept] = field(factory=dict)
    _numbers: Iterator[int] = field(factory=lambda: count(1), init=False)

    def perform(self, call: Call) -> None:
        match call:
            case Import():
                for row in call.rows:
                    self._upsert(row, call.lists)
            case Create():
                assert self.find(call.row.mailbox) is None, "409: it exists"
                self._upsert(call.row, call.lists)
            case Rewrite():
                self._rewrite(call)
            case Join() | Leave() | Delete():
                for target in call.targets:
                    self._change_lists(target, call)
            case _:
                assert_never(call)

    def find(self, mailbox: Mailbox) -> Kept | None:
        same = (each for each in self.contacts.values() if each.mailbox == mailbox)
        return next(same, None)

    def _change_lists(self, target: Target, call: Join | Leave | Delete) -> None:
        kept = self.contacts[target.provider_id]
        assert kept.mailbox == target.mailbox
        match call:
            case Join():
                self._join(kept, call.lists)
            case Leave():
                kept.lists -= set(call.lists)
            case Delete():
                kept.permission, kept.lists = Permission.DELETED, set()

    def _upsert(self, row: Row, lists: tuple[ProviderListId, ...]) -> None:
        assert lists, "an import needs a list"
        kept = self.find(row.mailbox)
        if kept is None:
            kept = Kept(mailbox=row.mailbox)
            self.contacts[ProviderContactId(f"made {next(self._numbers)}")] = kept
        self._write(kept, {name: getattr(row.person, name) for name in FIELDS})
        self._join(kept, lists)

    def _join(self, kept: Kept, lists: tuple[ProviderListId, ...]) -> None:
        if kept.permission is Permission.UNSUBSCRIBED:
            return
        if kept.permission is Permission.DELETED:
            kept.permission = Permission.MAILABLE
        kept.lists |= set(lists)

    def _write(self, kept: Kept, fields: dict[str, str]) -> None:
        """Blanks do not overwrite."""
        there = {name: getattr(kept.person, name) for name in FIELDS}
        written = {name: value for name, value in fields.items() if value}
        kept.person = Person(**{**there, **written})

    def _rewrite(self, call: Rewrite) -> None:
        kept = self.contacts[call.target.provider_id]
        other = self.find(call.target.mailbox)
        assert other is None or other is kept, "409: the address is another's"
        kept.mailbox = call.target.mailbox
        kept.person = call.person_over(kept.person)
        if call.lists:
            self._join(kept, call.lists)
