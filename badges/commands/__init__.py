"""One file for each command: ``arguments`` says what it takes, the functions below do it.

``verify`` is not here: it lives in :mod:`badges.verify.command`, because it must start fast.
"""
