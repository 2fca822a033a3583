"""Settings from the environment, the database on first run, and the wiring.

Call `setup` before anything of Django is used outside a web server.
"""

from __future__ import annotations

from rollkeeper.config.startup import setup

__all__ = ["setup"]
