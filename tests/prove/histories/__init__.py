"""L1: whole-engine histories in memory, with a fault at any effect point.

clocks    one time, which each party reads off its own clock
chamber   an association, its account over there, and the engine between them
acts      what people do, here and over there, by the seed
faults    what goes wrong, and at which effect point
refusing  people refuse at the last moment: does each look for that hold alone?
watch     looks at the account after every effect: was somebody wronged?
witness   right before the provider: what was it asked for, what became of answers?
truth     what the lists must be in the end, by code that knows no engine
history   one history, from its seed to what is left of it
"""

from __future__ import annotations
