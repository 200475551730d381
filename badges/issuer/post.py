"""Sends what waits in the outbox, beside the requests, and never gives up at the first "not now".

A message is claimed in one short transaction, handed over outside any, and settled in another. A kill between the two
last steps sends one letter twice, under one Message-ID, and loses none (``security.md``, A5): SMTP allows no better. In
a folder the second letter takes the place of the first.

A *refusal* (5xx about the recipient or the letter) is final and shown to the staff; so is a *bounce*, a report that
came back later and that the operator's mail server leaves in the folder of bounces (:meth:`Post.read_bounces`).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message as ParsedMail
from pathlib import Path

from ..clock import Clock
from .beside import PASSING, going_on, tell_defect
from .letters import Attachment, Letterhead, letter_of
from .mail import Mailer, NotNow, NoWayOut, Undeliverable
from .notices import BOUNCED, CANCELLED, KINDS, LINK, REFUSED, SENT, WAITING
from .storage import Message, Register, Storage

log = logging.getLogger("badges.issuer")

TRIES_AGAIN_AFTER = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3),
    timedelta(hours=6), timedelta(hours=12), timedelta(hours=24),
)  # fmt: skip
"""After each try that met "not now"; after the last, about two days, the message is refused."""
LEASE = timedelta(minutes=5)
"""A claimed message is free again after this: longer than any try takes."""
KEPT = timedelta(days=90)
"""What was sent or refused longer ago is forgotten: the journal says that it was, and needs no address."""
LOOKS_AGAIN_AFTER = 5.0
LARGEST_REPORT = 1_000_000

BadgeFile = Callable[[str], Attachment | None]
"""Award uuid → its picture, or None when it is not kept any more."""


class Post:
    """The outbox of one deployment, and its way out."""

    def __init__(
        self, storage: Storage, mailer: Mailer, head: Letterhead, clock: Clock, badge: BadgeFile, bounces: Path
    ) -> None:
        self._storage = storage
        self._mailer = mailer
        self._head = head
        self._clock = clock
        self._badge = badge
        self._bounces = bounces

    def send_due(self, keep_going: Callable[[], bool] = lambda: True) -> int:
        """Try every message that is due, oldest first; how many left. Stops where nothing can leave at all."""
        sent = 0
        try:
            while keep_going() and (message := self._claim()):
                try:
                    sent += self._try(message)
                except NoWayOut as refusal:
                    self._put_off(message, refusal.answer)
                    log.warning("mail: nothing leaves, the server answers %s", refusal.answer)
                    break
                except PASSING:
                    raise
                except Exception as defect:  # of this message, or met with it: it holds no other back
                    tell_defect(f"mail {message.id}", defect)
                    self._put_off(message, type(defect).__name__)
        finally:
            self._mailer.rest()
        return sent

    def read_bounces(self) -> int:
        """Mark what came back, from the reports in the folder of bounces (RFC 3464), which are then removed."""
        found = 0
        for file in sorted(self._bounces.glob("*")) if self._bounces.is_dir() else ():
            if file.is_file() and not file.name.startswith("."):
                with going_on("bounce kept"):  # one that cannot be read today holds no other back
                    found += self._read_bounce(file)
        return found

    def _read_bounce(self, file: Path) -> bool:
        found = False
        if file.stat().st_size <= LARGEST_REPORT:
            try:
                found = self._bounced(file.read_bytes())
            except PASSING:
                raise
            except Exception as defect:  # the next reading would meet it too
                tell_defect("bounce", defect)
        file.unlink(missing_ok=True)
        return found

    def forget_old(self) -> None:
        """Forget messages settled long ago, and the copies of letters whose message is gone: too old, or erased with
        the person."""
        before = self._now() - KEPT
        with self._storage.reading() as register:
            oldest = register.list(Message, order="created_at", limit=1000)
        old = [message for message in oldest if message.settled_at and message.settled_at < before]
        if old:
            with self._storage.writing() as register:
                register.remove(Message, id=[message.id for message in old])
        copies = self._mailer.kept()
        with self._storage.reading() as register:
            known = {id for (id,) in register.tally(Message, "id", id=copies)} if copies else set()
        for copy in set(copies) - known:
            self._mailer.forget(copy)

    # -- one message ----------------------------------------------------------------------------------------------

    def _claim(self) -> Message | None:
        """The one that is due first, ours for the time of a lease."""
        now = self._now()
        with self._storage.reading() as register:
            if not _is_due(register, now):
                return None
        with self._storage.writing() as register:
            found = _is_due(register, now)
            return register.change(found, due=now + LEASE, attempts=found.attempts + 1) if found else None

    def _try(self, message: Message) -> bool:
        kind = KINDS[message.kind]
        badge = self._badge(message.about) if kind.carries_badge else None
        if kind.carries_badge and badge is None:  # erased in the meantime: there is nothing to tell any more
            self._settle(message, CANCELLED)
            return False
        try:
            letter = letter_of(message, self._head, badge)
        except (MessageError, ValueError) as error:  # an address that no header can hold, today or later
            self._settle(message, REFUSED, type(error).__name__)
            return False
        try:
            self._mailer.deliver(letter, message.recipient)
        except Undeliverable as refusal:
            self._settle(message, REFUSED, refusal.answer)
            return False
        except NotNow as refusal:
            self._put_off(message, refusal.answer)
            return False
        self._settle(message, SENT)
        return True

    def _settle(self, message: Message, state: str, answer: str = "") -> None:
        values = message.values | {LINK: ""} if KINDS[message.kind].secret else message.values
        with self._storage.writing() as register:
            register.change(message, state=state, answer=answer, settled_at=self._now(), values=values)

    def _put_off(self, message: Message, answer: str) -> None:
        if message.attempts > len(TRIES_AGAIN_AFTER):
            self._settle(message, REFUSED, answer)
            return
        with self._storage.writing() as register:
            register.change(message, due=self._now() + TRIES_AGAIN_AFTER[message.attempts - 1], answer=answer)

    def _bounced(self, content: bytes) -> bool:
        report = _read_report(content)
        if report is None:
            return False
        message_id, answer = report
        with self._storage.writing() as register:
            message = register.find(Message, message_id=message_id, state=SENT)
            if message:
                register.change(message, state=BOUNCED, answer=answer, settled_at=self._now())
            return message is not None

    def _now(self) -> datetime:
        return self._clock.now().replace(microsecond=0)


class Postman:
    """One thread that sends. Any number of processes may have one: they share the outbox."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="post", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the letter being handed over, and no more."""
        self._stopping.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            with going_on("post paused"):
                self._post.send_due(keep_going=lambda: not self._stopping.is_set())
            with going_on("bounces paused"):
                self._post.read_bounces()
            self._stopping.wait(LOOKS_AGAIN_AFTER)


def _is_due(register: Register, now: datetime) -> Message | None:
    first = next(iter(register.list(Message, order="due", limit=1, state=WAITING)), None)
    return first if first and first.due <= now else None


def _read_report(content: bytes) -> tuple[str, str] | None:
    """(Message-ID, status) of a letter that a delivery report says failed; None for anything else.

    Nothing else of the report is believed: the Message-ID holds 120 random bits, so only who had the letter knows it.
    """
    mail = message_from_bytes(content, policy=policy.compat32)
    if mail.get_content_type() != "multipart/report":
        return None
    status, message_id = "", ""
    for part in _parts(mail):
        if str(part.get("Action", "")).strip().lower() == "failed":  # bytes that are no ASCII make it no str
            status = str(part.get("Status", "")).strip()
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            payload = part.get_payload()
            original = payload[0] if isinstance(payload, list) else message_from_bytes(str(payload).encode())
            if isinstance(original, ParsedMail):
                message_id = str(original.get("Message-ID", "")).strip()
    digits = status.replace(".", "")
    return (message_id, status[:12]) if message_id and status.startswith("5") and digits.isdigit() else None


def _parts(mail: ParsedMail) -> Iterator[ParsedMail]:
    """The parts of a report, and the blocks of its delivery status, not those of the letter that it brings back."""
    for part in mail.get_payload() if mail.is_multipart() else ():
        if not isinstance(part, ParsedMail):
            continue
        yield part
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from (block for block in part.get_payload() if isinstance(block, ParsedMail))
