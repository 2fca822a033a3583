"""How properties are searched: the same way each time, and never against the clock.

`pytest tests/core --hypothesis-profile=search` looks further, and elsewhere each time;
`make check` looks less far.
"""

from __future__ import annotations

from hypothesis import settings

if settings.get_current_profile_name() == "default":
    settings.load_profile("repeatable")
