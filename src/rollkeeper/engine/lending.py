"""What the engine lends to a provider, made from what the apps have.

The apps know no provider and the providers no database; here the words of the one are
turned into those of the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain

from attrs import frozen
from django_scopes import scope

from rollkeeper.connections.quota import DatabaseGate, Spent
from rollkeeper.connections.tokens import (
    GrantOver,
    GrantRefused,
    StoredTokens,
    Unreachable,
)
from rollkeeper.consent.selectors import suppressed_among, suppressed_contacts_among
from rollkeeper.core.values import Mailbox
from rollkeeper.directory.mailboxes import do_not_contact_among, holders_by_mailbox
from rollkeeper.providers.errors import (
    GrantInvalid,
    QuotaSpent,
    ReconnectNeeded,
    TryLater,
)
from rollkeeper.providers.oauth import OAuthClient, TokenSet
from rollkeeper.providers.port import Purpose


@frozen(kw_only=True)
class CountingGate:
    """Counts in the database, and says no in the words of the port."""

    gate: DatabaseGate

    def debit(self, purpose: Purpose) -> None:
        try:
            self.gate.debit(purpose)
        except Spent as spent:
            raise QuotaSpent(str(spent), retry_after=spent.wait) from spent

    def close_until_tomorrow(self) -> None:
        self.gate.close_until_tomorrow()


@frozen(kw_only=True)
class KeptTokens:
    """A connection's tokens in the words of the port."""

    stored: StoredTokens

    def access(self) -> str:
        with _in_words_of_the_port():
            return self.stored.access()

    def renew(self, refused: str) -> str:
        with _in_words_of_the_port():
            return self.stored.renew(refused)

    def use(self, *, unused_for: timedelta) -> None:
        """Refresh when the sign-in was not used for so long."""
        with _in_words_of_the_port():
            self.stored.use(unused_for=unused_for)


@contextmanager
def _in_words_of_the_port() -> Iterator[None]:
    try:
        yield
    except GrantOver as over:
        raise ReconnectNeeded(str(over)) from over
    except Unreachable as error:
        raise TryLater(str(error)) from error


@frozen(kw_only=True)
class TokenEndpoint:
    """The provider's token endpoint in the words of connections."""

    client: OAuthClient

    def refresh(self, refresh_token: str) -> TokenSet:
        try:
            return self.client.refresh(refresh_token)
        except GrantInvalid as error:
            raise GrantRefused from error
        except TryLater as error:
            raise Unreachable(str(error)) from error


@frozen(kw_only=True)
class NewTokens:
    """Tokens that nobody keeps yet, because we do not know whose they are."""

    tokens: TokenSet

    def access(self) -> str:
        return self.tokens.access

    def renew(self, refused: str) -> str:
        raise ReconnectNeeded("The provider did not take the token it just gave.")


@frozen(kw_only=True)
class ConsentScreen:
    """Asks who must be left in peace, by queries of its own, before a body leaves."""

    association_id: int

    def suppressed(self, mailboxes: Collection[Mailbox]) -> frozenset[Mailbox]:
        with scope(association=self.association_id):
            holders = holders_by_mailbox(mailboxes)
            people = frozenset(chain.from_iterable(holders.values()))
            barred = suppressed_contacts_among(
                self.association_id, people
            ) | do_not_contact_among(people)
            return suppressed_among(self.association_id, mailboxes) | {
                mailbox
                for mailbox, held_by in holders.items()
                if not barred.isdisjoint(held_by)
            }
