"""L2: named scenarios, each with every fault at every effect point of its run.

world       an association in memory, in the words that scenarios are told in
scenario    what one is: how it begins, what happens, what must be the case in the end
coming, going, moving, over_there, frightening
            the scenarios themselves
points      the effect points of a run: found by living through it once, struck by name
cases       scenario x point x fault, numbered; living through one of them
matrix      scenario x fault as a table
"""

from __future__ import annotations
