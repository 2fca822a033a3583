"""LC: consent alone. People refuse and come back, and everything else happens to them.

people    what they do, here and over there, and a log of it that no code of ours wrote
heard     who must be left in peace, by that log and by what the engine was shown of it
history   one history, held to the laws of L1 and to these
"""

from __future__ import annotations
