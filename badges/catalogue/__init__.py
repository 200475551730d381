"""The criteria, and what it means to meet them.

Start at :mod:`.definition` (what is asked), then :mod:`.record` (what was seen), then :mod:`.rule` (one pure
function that compares the two, shared by issuer and verifier). :mod:`.proof` is how both travel in a badge.
:mod:`.library` reads ``criteria/``; :mod:`.publishing` makes a version immutable; :mod:`.artwork`,
:mod:`.picture` and :mod:`.strip` draw it.
"""
