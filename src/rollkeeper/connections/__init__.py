"""Applications (API keys with their quota), connections to accounts, and their tokens."""

from __future__ import annotations
