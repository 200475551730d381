"""The Open Badges standard, and nothing of ours: pure, without input or output.

Start with :mod:`~badges.openbadges.model` (the documents of Open Badges 2.0). :mod:`~badges.openbadges.jws` signs
and verifies them, :mod:`~badges.openbadges.png` and :mod:`~badges.openbadges.svg` carry them in a picture,
:mod:`~badges.openbadges.identity` says whose they are.
"""
