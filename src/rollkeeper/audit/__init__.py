"""Who did what, when: append-only and hash-linked."""

from __future__ import annotations
