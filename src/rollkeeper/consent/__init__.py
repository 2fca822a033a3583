"""Who must not be mailed, by their own act: append-only facts, never undone here."""

from __future__ import annotations
