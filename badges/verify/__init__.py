"""Whether to believe a badge: any Open Badge, ours or not, judged from what is published and whom the reader trusts.

Start at :class:`.Verifier`: ``Verifier(fetcher, clock, Policy(trust=…)).verify(data)`` gives a :class:`.Report`.

:mod:`.verifier` says the checks and their order; :mod:`.examination` does them; :mod:`.report` turns findings into an
answer; :mod:`.wording` says it in words; :mod:`.fetcher` is the only way to the network. :mod:`.command`, :mod:`.api`
and :mod:`.page` are the doors. The room never imports :mod:`badges.issuer`: it learns about our own badges as a
stranger would.
"""
