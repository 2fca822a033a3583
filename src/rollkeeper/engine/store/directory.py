"""What the engine asks of the directory: who wants what, and what has changed."""

from __future__ import annotations

from collections.abc import (
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Protocol

from attrs import frozen

from rollkeeper.core.eligibility import Holder
from rollkeeper.core.policy import Policies
from rollkeeper.core.values import (
    AssociationId,
    AudienceId,
    ContactId,
    ListId,
    Mailbox,
)
from rollkeeper.core.views import Views
from rollkeeper.directory.marks import ClaimedMarks, Following


class Directory(Protocol):
    """What the engine asks of the directory beside the views."""

    def follow(self, *, association_id: AssociationId, name: str) -> Following:
        """From now on every change leaves marks for who has this name."""
        ...

    def follower(self, name: str) -> Following | None: ...

    def list_names(self) -> Mapping[ListId, str]: ...

    def holders_by_mailbox(
        self, mailboxes: Collection[Mailbox]
    ) -> Mapping[Mailbox, Sequence[ContactId]]:
        """Return the contacts of each mailbox that has any."""
        ...

    def mailboxes_of(self, contacts: Collection[ContactId]) -> Collection[Mailbox]:
        """Return the mailboxes that these contacts have now."""
        ...


class Marks(Protocol):
    """`directory.marks` says what each promises."""

    def claim(
        self, *, follower: Following, lease: timedelta, limit: int
    ) -> ClaimedMarks: ...

    def settle(self, claimed: ClaimedMarks) -> None: ...

    def release(self, claimed: ClaimedMarks) -> None: ...

    def mark_mailboxes(
        self, *, follower: Following, mailboxes: Collection[Mailbox]
    ) -> None: ...

    def mark_list(self, *, follower: Following, list_id: ListId) -> None: ...

    def let_go(self, follower: Following) -> None: ...

    def mark_everything(self, *, follower: Following) -> None: ...


@frozen(kw_only=True)
class Scope:
    """Which mailboxes a pass looks at: all, or those that the store was last told."""

    everything: bool


EVERYTHING = Scope(everything=True)


@frozen(kw_only=True)
class Question:
    """Whose views are asked for."""

    association_id: int
    connection_id: int
    lists: Mapping[ListId, AudienceId]
    policies: Policies
    field_length: int | None
    """Longest value of a field that the provider takes; longer ones are cut. None
    where nothing is to be sent."""


@frozen(kw_only=True)
class Held:
    """A mailbox and everybody whose primary address it is."""

    mailbox: Mailbox
    holders: tuple[Holder, ...]
    refused: bool
    """Did the mailbox itself refuse all mail?"""


class Sights(Protocol):
    """The three views of each mailbox."""

    def narrow(
        self,
        *,
        connection_id: int,
        mailboxes: Collection[Mailbox],
        lists: Collection[ListId],
        contacts: Collection[ContactId] = (),
    ) -> Scope:
        """Make these mailboxes, and all that are or should be on these lists, the
        scope, until the next call.

        With a mailbox go the others that its contact has, or had, over there; so do
        those of *contacts*.
        """
        ...

    def views(
        self, question: Question, *, scope: Scope, after: Mailbox | None = None
    ) -> AbstractContextManager[Iterator[Views]]:
        """Open the stream of views, sorted by mailbox, as of one moment.

        Mailboxes with an operation under way are left out: they come again when it is
        settled. Close it before anything is sent.
        """
        ...

    def holders(
        self, question: Question, only: Sequence[Mailbox]
    ) -> Iterator[Held]: ...


class Capture(Protocol):
    """`postgres.capture` says what it promises."""

    def missed(
        self,
        *,
        connection_id: int,
        run_id: int,
        follower: Following,
        changed: Iterable[tuple[Mailbox, frozenset[AudienceId]]],
    ) -> frozenset[Mailbox]: ...
