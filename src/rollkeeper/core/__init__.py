"""Decides. Pure values and functions: no Django, network, clock or log."""

from __future__ import annotations
