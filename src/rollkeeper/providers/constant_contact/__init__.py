"""Constant Contact, API version 3. `NOTES.md` says how we use it and why."""

from __future__ import annotations
