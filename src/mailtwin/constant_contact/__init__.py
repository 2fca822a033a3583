"""Constant Contact V3, as its documents and its users describe it."""

from __future__ import annotations
