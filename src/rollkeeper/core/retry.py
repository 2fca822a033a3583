"""How long to wait before asking a provider again, and when to stop asking.

Every wait has chance in it, so that many who failed together do not return together.
"""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen


@frozen(kw_only=True)
class Backoff:
    """Waits that double with each attempt, up to *cap*."""

    attempts: int
    """How often to ask in all, the first time among them."""
    base: timedelta
    cap: timedelta
    certain: float
    """The share of a wait that chance does not touch: 0 spreads returns the widest."""

    def wait(self, *, attempt: int, chance: float) -> timedelta | None:
        """Return how long to wait after *attempt* failed, counted from 1.

        None when it was the last one. *chance* is from 0 up to 1.
        """
        if attempt >= self.attempts:
            return None
        doubled = min(attempt - 1, 30)  # longer than any cap by then
        longest = min(self.cap, self.base * (1 << doubled))
        return longest * (self.certain + (1 - self.certain) * chance)


TRANSIENT = Backoff(
    attempts=3,
    base=timedelta(seconds=1),
    cap=timedelta(seconds=60),
    certain=0.0,
)
"""After a failure that may be gone at once, such as a broken connection."""

THROTTLED = Backoff(
    attempts=4,
    base=timedelta(seconds=2),
    cap=timedelta(seconds=300),
    certain=0.5,
)
"""After being told to slow down: half of each wait is certain, so never below 1 s."""
