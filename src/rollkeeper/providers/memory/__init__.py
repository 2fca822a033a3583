"""A newsletter service inside this process, honest about how the real ones behave."""

from __future__ import annotations

from rollkeeper.providers.memory.account import MemoryAccount
from rollkeeper.providers.memory.asking import MemoryAsking
from rollkeeper.providers.memory.provider import MemoryProvider
from rollkeeper.providers.memory.work import finish_jobs

__all__ = ["MemoryAccount", "MemoryAsking", "MemoryProvider", "finish_jobs"]
