"""Seeded bugs: mistakes that somebody could make, each of which the proof must find.

bug         what one is: a text of the product, and what stands there instead
in_core, in_engine, in_postgres
            the bugs
hunting     living through histories with a bug until one breaks a promise
over_both_stores
            the same for bugs in SQL: do both stores still agree?
"""

from __future__ import annotations
