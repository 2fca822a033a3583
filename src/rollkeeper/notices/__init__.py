"""What staff are told: events they subscribe to, incidents, messages as sent."""

from __future__ import annotations
