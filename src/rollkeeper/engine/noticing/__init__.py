"""Telling staff: what happened is found, messages are made, and mail is sent.

    looking      finds incidents in what is stored, for all associations at once
    telling      makes the messages of an incident, one for each who is to be told
    digests      makes each morning's digest of those who chose one
    delivering   sends what is due, and tries again what failed

Nothing calls these but the clock. Each step is a transaction, and each row it makes is
unique by what it is about: killed anywhere, nothing is lost and nothing told twice.
"""

from __future__ import annotations
