"""Writes of the ledger: runs, audiences, operations and their effects, sightings."""

from __future__ import annotations
