"""The same history over both stores: PostgreSQL and memory."""

from __future__ import annotations
