"""A local twin of mailing services, for trying and testing what talks to them.

It plays Constant Contact V3 over HTTP: its contract, limits, delays and moods.
"""

from __future__ import annotations
