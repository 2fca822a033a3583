"""How each language writes dates, times and numbers."""

from __future__ import annotations
