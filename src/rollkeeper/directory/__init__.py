"""The directory: members, contacts, addresses, lists, and who is on them.

Every change to it leaves marks, by database trigger, for those who follow it.
"""

from __future__ import annotations
