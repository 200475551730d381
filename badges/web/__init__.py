"""What the doors share: pages, refusals, security headers, languages, static files, and the public criteria pages.

Start at :mod:`.pages` (how any room shows a page), then :mod:`.errors` (how any refusal is told), then
:mod:`.security` (what every answer carries). :mod:`.home` and :mod:`.criteria` are the pages anyone may read.
"""
