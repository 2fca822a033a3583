"""How properties are searched: the same way each time, and never against the clock.

`pytest tests/core --hypothesis-profile=search` looks further, and elsewhere each time.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

NOT_TIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("search", NOT_TIMED, max_examples=5_000)
settings.register_profile("repeatable", NOT_TIMED, derandomize=True, max_examples=300)
if settings.get_current_profile_name() == "default":
    settings.load_profile("repeatable")
