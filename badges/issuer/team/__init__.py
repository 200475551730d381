"""The pages of the staff, under ``/equipe``: one module for each thing that people come to do.

:mod:`.door` knows who is there and how a page is shown; every other module is a ``router(team)`` that reads a form,
asks the issuer to act, and says what happened. Nothing here decides who may do what: the acts do.
"""
