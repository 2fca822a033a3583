"""Applications (API keys with their quota), connected accounts, and their tokens."""

from __future__ import annotations
