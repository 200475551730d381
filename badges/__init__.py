"""Badges IAE: issue and verify Open Badges whose criteria anyone can replay.

Start reading at :mod:`badges.openbadges` (the standard), then :mod:`badges.catalogue` (the criteria and the
award rule), then the two rooms that never look at each other: :mod:`badges.issuer` and :mod:`badges.verify`.
"""

__version__ = "0.1.0"
