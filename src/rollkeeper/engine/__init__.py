"""Joins the core, the apps and the providers: gather, plan, apply, confirm."""

from __future__ import annotations
