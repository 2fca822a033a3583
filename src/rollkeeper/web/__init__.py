"""The pages: thin views over selectors, services, the engine and the queue."""

from __future__ import annotations
