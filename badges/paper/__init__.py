"""What is handed over on paper: attestation, card, ceremony sheet, passport, criteria to take outdoors, receipt.

Facts in, the bytes of a PDF out, the same each time. Start at :class:`~badges.paper.press.Press` (what can be printed),
then :mod:`.facts` (what each paper needs to know) and :mod:`.language` (in which words). The typesetting engine gets
data and never a source made of it: ``docs/decisions/0009-paper.md``.
"""
