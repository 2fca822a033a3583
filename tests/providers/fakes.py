"""What the engine lends to a provider, remembering what it was asked."""

from __future__ import annotations

from collections.abc import Collection

from attrs import define, field

from rollkeeper.core.values import Mailbox
from rollkeeper.providers.errors import QuotaSpent, ReconnectNeeded
from rollkeeper.providers.port import Purpose


@define
class Counter:
    """A gate that counts, and opens *left* times more."""

    left: int = 1_000_000
    purposes: list[Purpose] = field(factory=list)
    closed: bool = False

    def debit(self, purpose: Purpose) -> None:
        if self.left == 0:
            raise QuotaSpent("The day's requests are spent.")
        self.left -= 1
        self.purposes.append(purpose)

    def close_until_tomorrow(self) -> None:
        self.closed = True


@define
class Keyring:
    """Access tokens, handed out in order as each is refused."""

    tokens: list[str] = field(factory=lambda: ["first-token", "second-token"])
    refused: list[str] = field(factory=list)

    def access(self) -> str:
        return self.tokens[0]

    def renew(self, refused: str) -> str:
        self.refused.append(refused)
        self.tokens.pop(0)
        if not self.tokens:
            raise ReconnectNeeded("Nobody is signed in any more.")
        return self.tokens[0]


@define
class Refusals:
    """A screen that knows who refused, and remembers whom it was asked about."""

    mailboxes: set[Mailbox] = field(factory=set)
    asked: list[frozenset[Mailbox]] = field(factory=list)

    def suppressed(self, mailboxes: Collection[Mailbox]) -> frozenset[Mailbox]:
        self.asked.append(frozenset(mailboxes))
        return frozenset(mailboxes) & self.mailboxes
