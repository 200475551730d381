"""How the service's own verifier reads what the service publishes: the same documents, without going out and back in.

A :class:`~badges.verify.fetcher.Fetcher` over the issuer's published facts. It hands out what a stranger would get at
these addresses and nothing else; every other address goes ``elsewhere``. It stands outside both rooms, because neither
may know the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from .addresses import Addresses
from .clock import Clock
from .errors import FetchError, NotFound
from .issuer import documents
from .issuer.assertion import payload_of
from .issuer.endorsing import Endorsing
from .issuer.issuer import Issuer, IssuerProfile
from .issuer.publishing import JOSE, JSON_LD, revocation_list
from .verify.fetcher import CachingFetcher, Fetched

REMEMBERED = timedelta(seconds=1)
"""A withdrawal is seen within a second (``security.md``, §7): nothing of ours is remembered longer than that."""

_MOST = 4096
_ISSUER = re.compile(r"/issuers/([A-Za-z0-9_-]{1,64})(/.*)?")
_BADGE_CLASS = re.compile(r"/badges/([a-z0-9-]{1,80})/([0-9.]{1,20})")
_TWIN = re.compile(r"/assertions/([0-9a-f-]{36})")
_ENDORSEMENT = re.compile(r"/endorsements/([0-9a-f]{1,64})/([A-Za-z0-9_-]{1,64})")
_ENDORSER = re.compile(r"/endorsers/([A-Za-z0-9_-]{1,64})(/key|/revocations)?")


class OwnDocuments:
    """Our own documents at hand, always; another's through the memory of ``elsewhere``."""

    def __init__(
        self,
        elsewhere: CachingFetcher,
        issuer: Issuer,
        endorsing: Endorsing,
        addresses: Addresses,
        clock: Clock,
    ) -> None:
        self._elsewhere = elsewhere
        self._issuer = issuer
        self._endorsing = endorsing
        self._addresses = addresses
        self._clock = clock
        self._kept: dict[str, Fetched] = {}

    def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
        return self.find(url, accept, max_bytes) or self._elsewhere.get(url, accept, max_bytes)

    def find(self, url: str, accept: str, max_bytes: int) -> Fetched | None:
        """Without asking the network. Raises :class:`FetchError` for one of ours that is larger than asked for."""
        if not url.startswith(self._addresses.base_url + "/"):
            return self._elsewhere.find(url, accept, max_bytes)
        now = self._clock.now()
        kept = self._kept.get(url)
        if kept is None or not timedelta(0) <= now - kept.fetched_at <= REMEMBERED:
            kept = self._read(url, now)
            if len(self._kept) >= _MOST:
                self._kept = {}
            self._kept[url] = kept
        if len(kept.body) > max_bytes:
            raise FetchError(f"expected at most {max_bytes} bytes, found {len(kept.body)}", code="fetch_too_large")
        return kept

    def _read(self, url: str, now: datetime) -> Fetched:
        path = url.removeprefix(self._addresses.base_url)
        if found := _ENDORSEMENT.fullmatch(path):
            return self._signed_word(url, now, *found.groups())
        status, document = next(self._published(path), (404, {}))
        return Fetched(url, status, JSON_LD, orjson.dumps(document), now, good_until=now + REMEMBERED)

    def _signed_word(self, url: str, now: datetime, endorsement: str, profile: str) -> Fetched:
        try:
            status, body = 200, self._endorsing.require_token(endorsement, profile).encode()
        except NotFound:
            status, body = 404, b""
        return Fetched(url, status, JOSE, body, now, good_until=now + REMEMBERED)

    def _published(self, path: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        if found := _TWIN.fullmatch(path):
            yield from self._twin(found[1])
        elif (found := _ISSUER.fullmatch(path)) and (speaker := self._issuer.find_profile(found[1])):
            yield from self._of_issuer(speaker, found[2] or "")
        elif found := _ENDORSER.fullmatch(path):
            yield from self._of_endorser(found[1], found[2] or "")

    def _of_endorser(self, id: str, rest: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        try:
            endorser = self._endorsing.require_endorser(id)
        except NotFound:
            return
        of_it = {"": self._endorsing.profile, "/key": self._endorsing.key}
        yield 200, of_it.get(rest, self._endorsing.revocation_list)(endorser)

    def _of_issuer(self, speaker: IssuerProfile, rest: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        if rest == "":
            named = self._endorsing.named_by_profile(speaker.profile.id, speaker.structure.id)
            has_logo = self._issuer.has_logo(speaker.structure.id)
            yield 200, documents.profile(speaker, self._addresses, named, has_logo=has_logo)
        elif rest == "/key":
            yield 200, documents.key(speaker, self._addresses)
        elif rest == "/revocations":
            yield 200, revocation_list(self._issuer, speaker.profile.id)
        elif found := _BADGE_CLASS.fullmatch(rest):
            try:
                entry = self._issuer.require_published(found[1], found[2])
            except NotFound:
                return
            named = self._endorsing.named_by_badge(speaker.profile.id, entry.slug, entry.version)
            yield 200, documents.badge_class(speaker.profile.id, entry, self._addresses, named)

    def _twin(self, uuid: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        view = self._issuer.find_hosted_twin(uuid)
        if view is not None and view.revocation is not None:
            yield 410, documents.revoked_twin(view, self._addresses)
        elif view is not None and view.kept:
            signed = payload_of(self._issuer.require_token(uuid))
            yield 200, documents.hosted_twin(signed, uuid, self._addresses)
