"""The person's own door: their badges by a secret link, the files to take away, and what a printed code opens.

Start at :mod:`.shelf` (what this room needs to know, and nothing more), then :mod:`.routes`.
"""
