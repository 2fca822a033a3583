"""The command line. `commands` says what there is; the other modules do it.

The other modules import Django and are loaded only when a command runs.
"""

from __future__ import annotations
