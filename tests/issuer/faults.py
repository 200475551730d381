"""A storage that dies where it is told to: before a given statement, or before the commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from badges.issuer.storage import Register, Storage


class Killed(BaseException):
    """What ``kill -9`` looks like from inside: nobody catches it, nothing runs after it."""


class _Counting:
    def __init__(self, register: Register, count: Any) -> None:
        self._register, self._count = register, count

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._register, name)

        def counted(*args: Any, **options: Any) -> Any:
            self._count(name)
            return method(*args, **options)

        return counted


class MortalStorage:
    """Counts every statement and commit of a writing transaction; dies at the ``dies_at``-th, once."""

    def __init__(self, storage: Storage, dies_at: int | None = None) -> None:
        self.storage = storage
        self.dies_at = dies_at
        self.steps: list[str] = []

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if self.dies_at is not None and len(self.steps) == self.dies_at:
            self.dies_at = None
            raise Killed(name)

    @contextmanager
    def reading(self) -> Iterator[Any]:
        with self.storage.reading() as register:
            yield register

    @contextmanager
    def writing(self) -> Iterator[Any]:
        with self.storage.writing() as register:
            yield _Counting(register, self._step)
            self._step("commit")
