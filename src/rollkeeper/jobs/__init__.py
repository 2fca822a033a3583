"""What workers do: one task per use case, its arguments ids."""

from __future__ import annotations
