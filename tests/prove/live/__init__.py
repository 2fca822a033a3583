"""L3: real processes on one machine, killed and cut off while they work.

    PostgreSQL  the embedded one; killed with its data left as they were
    workers     `rollkeeper worker`, killed and started again
    proxy       between workers and twin: delays, cuts, doubles, refuses, garbles
    twin        `mailtwin serve`; people act in it while all of this goes on

A *history* is a round of one association: a few transactions of another program on its
directory, a few acts of people over there, and then, when nothing is left to be done, a
comparison of every list with what the directory's tables ask for, worked out by code
that shares nothing with the product's. A *session* is a house with many associations,
whose rounds, kills and faults follow from one seed as far as real processes let them.
"""

from __future__ import annotations
