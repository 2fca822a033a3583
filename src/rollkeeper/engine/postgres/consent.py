"""Who must be left in peace."""

from __future__ import annotations

from rollkeeper.consent.selectors import refusals_about
from rollkeeper.consent.services import lift, suppress

__all__ = ["lift", "refusals_about", "suppress"]
