"""How a letter leaves: by SMTP, or into a folder of the home where no mail server was named.

:class:`Mailer` is the seam. Three things can come out of it besides success, and they are not the same: this letter is
refused for good (:class:`Undeliverable`), not now (:class:`NotNow`), or nothing can leave at all (:class:`NoWayOut`).
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal, Protocol

from ..durable import write_whole
from ..errors import BadgesError

TIMEOUT = 30.0
"""Seconds for each answer of the mail server (``security.md``, W11)."""


class MailError(BadgesError):
    """What the other side said. ``answer`` is its code and nothing of its text, which may name people."""

    code = "mail"

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


class Undeliverable(MailError):
    """Refused for good (5xx about this recipient or this letter)."""


class NotNow(MailError):
    """Perhaps later: 4xx, a connection that fell, an answer that never came. The letter may have been taken."""


class NoWayOut(MailError):
    """The server refuses us, whatever we send: no TLS, a wrong password, a sender it does not take."""


class Mailer(Protocol):
    """Hands letters over, one at a time."""

    def deliver(self, letter: EmailMessage, recipient: str) -> None:
        """Return once the other side answers for the letter. Raises :class:`MailError`."""

    def rest(self) -> None:
        """Nothing more to send for now."""

    def kept(self) -> tuple[str, ...]:
        """The ids of the messages of which a copy is kept."""

    def forget(self, message: str) -> None:
        """Keep no copy of this message."""


@dataclass(frozen=True)
class SmtpServer:
    """Where letters leave, and as whom. ``security``: STARTTLS, TLS from the first byte, or none at all."""

    host: str
    port: int
    sender: str
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    read_password: Callable[[], str] = lambda: ""
    authorities: Path | None = None
    """Certificates to trust besides the machine's own, for a private mail server."""


class SmtpMailer:
    """Real SMTP. The certificate is checked against the name; without TLS where TLS is asked, nothing is sent."""

    def __init__(self, server: SmtpServer, *, timeout: float = TIMEOUT) -> None:
        self._server = server
        self._timeout = timeout
        self._connection: smtplib.SMTP | None = None

    def deliver(self, letter: EmailMessage, recipient: str) -> None:
        try:
            self._send(self._connected(), letter, recipient)
        except MailError:
            raise
        except smtplib.SMTPResponseException as error:
            self._drop()
            raise _by_code(error.smtp_code, NoWayOut) from None
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise NotNow(type(error).__name__) from None

    def rest(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
            self._connection = None

    def kept(self) -> tuple[str, ...]:
        return ()

    def forget(self, message: str) -> None:
        """No copy was kept."""

    def _send(self, connection: smtplib.SMTP, letter: EmailMessage, recipient: str) -> None:
        options = []
        if not recipient.isascii():
            if not connection.has_extn("smtputf8"):
                raise Undeliverable("SMTPUTF8")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        code, _ = connection.mail(self._server.sender, options)
        self._require(connection, code, NoWayOut)
        code, _ = connection.rcpt(recipient)
        self._require(connection, code, Undeliverable)
        rules = policy.SMTPUTF8 if options else policy.SMTP
        code, _ = connection.data(letter.as_bytes(policy=rules))
        self._require(connection, code, Undeliverable)

    def _require(self, connection: smtplib.SMTP, code: int, refused: type[MailError]) -> None:
        if not 200 <= code < 300:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.rset()
            raise _by_code(code, refused)

    def _connected(self) -> smtplib.SMTP:
        """The connection at hand if it still answers, else a new one: at most one letter is lost with an old one."""
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                if self._connection.noop()[0] == 250:
                    return self._connection
            self._drop()
        server = self._server
        tls = ssl.create_default_context()
        if server.authorities:
            tls.load_verify_locations(server.authorities)
        connection: smtplib.SMTP
        if server.security == "tls":
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout, context=tls)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        self._connection = connection
        connection.ehlo()
        if server.security == "starttls":
            if not connection.has_extn("starttls"):
                self._drop()
                raise NoWayOut("STARTTLS")
            connection.starttls(context=tls)
            connection.ehlo()
        if server.user:
            connection.login(server.user, server.read_password())
        return connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class FolderMailer:
    """Keeps each letter as a file, for a service without a mail server. Who reads the folder reads the letters."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, letter: EmailMessage, recipient: str) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._file(str(letter["Message-ID"])), letter.as_bytes(policy=policy.SMTP), mode=0o600)
        except OSError as error:
            raise NotNow(type(error).__name__) from None

    def rest(self) -> None:
        pass

    def kept(self) -> tuple[str, ...]:
        return tuple(file.stem for file in self._folder.glob("*.eml"))

    def forget(self, message: str) -> None:
        self._file(message).unlink(missing_ok=True)

    def find(self, message_id: str) -> EmailMessage | None:
        """The letter as it was kept."""
        try:
            found = message_from_bytes(self._file(message_id).read_bytes(), policy=policy.default)
        except OSError:
            return None
        assert isinstance(found, EmailMessage)
        return found

    def _file(self, message_id: str) -> Path:
        """Named for the random half of the Message-ID, which is ours and hexadecimal."""
        name = message_id.strip("<>").partition("@")[0]
        assert name.isalnum()
        return self._folder / f"{name}.eml"


def _by_code(code: int, refused: type[MailError]) -> MailError:
    """A 4xx is "later", whatever it is about; 421 closes the door for now."""
    return refused(str(code)) if 500 <= code < 600 else NotNow(str(code))
