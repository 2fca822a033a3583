"""What can go wrong at a provider, named for what the caller must do.

ProviderError
    TryLater            the same call may work after *retry_after*; it had no effect
        QuotaSpent      the day's requests are gone; nothing more before *retry_after*
        QueueFull       too many bulk jobs wait over there
    AnswerLost          it may or may not have had its effect; find out, do not assume
    ReconnectNeeded     a person must sign in again; stop this connection
        GrantInvalid    the sign-in itself is over, or its code was no good
    ChangeRefused       this one change cannot work; note it, go on with the rest
    ProtocolBroken      the answer makes no sense, or the call was one we never make
        ForbiddenCall   refused before it left, by the rules of this product

Messages are for people and never hold a token or a payload.
"""

from __future__ import annotations

from datetime import timedelta


class ProviderError(Exception):
    """Anything a provider, or the way to it, did not do as asked."""


class TryLater(ProviderError):
    """The call had no effect and may work later."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QuotaSpent(TryLater):
    """The application's requests of this day are spent, or kept for what is urgent."""


class QueueFull(TryLater):
    """The account has as many bulk jobs waiting as the provider takes."""


class AnswerLost(ProviderError):
    """The request left and no whole answer came back."""


class ReconnectNeeded(ProviderError):
    """The provider no longer lets us in."""


class GrantInvalid(ReconnectNeeded):
    """The sign-in service says that this grant is over."""


class ChangeRefused(ProviderError):
    """The provider took the request and said no to this one change.

    *conflicting_id* is the contact that already has the address, when it said so.
    """

    def __init__(self, message: str, *, conflicting_id: str | None = None) -> None:
        super().__init__(message)
        self.conflicting_id = conflicting_id


class ProtocolBroken(ProviderError):
    """The answer is none that the provider's contract allows."""


class ForbiddenCall(ProtocolBroken):
    """A call that a sync must never make was about to leave, and did not."""
