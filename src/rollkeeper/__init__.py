"""Rollkeeper keeps newsletter lists true to a membership roll."""

from __future__ import annotations

__version__ = "0.1.0"
