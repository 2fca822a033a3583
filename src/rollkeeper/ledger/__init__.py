"""What providers showed us, what we agreed with them, and every call we made."""

from __future__ import annotations
