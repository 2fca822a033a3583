"""Mutants: small changes to a module, each of which some test must notice.

operators   which changes there are
installing  one of them, into modules that are imported already
worker      a pytest session that forks for every mutant
groups      which modules are mutated, and which tests must notice

    python -m tests.prove.mutation.worker decide            all mutants of a group
    python -m tests.prove.mutation.worker decide --every 9  each ninth
"""

from __future__ import annotations
