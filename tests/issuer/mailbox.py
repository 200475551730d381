"""A real mail server on loopback, that says what it is told to say and keeps what it took."""

from __future__ import annotations

import ssl
from asyncio.base_events import Server
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class AnyPort(Controller):
    """Listens where the machine has room: the library looks whether it answers, at the port it was asked for."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@dataclass
class MailServer:
    """Answers ``250`` unless told otherwise: ``says`` maps a stage (``MAIL``, ``RCPT``, ``DATA``) to its answer.

    ``falls`` cuts the connection once, ``before`` or ``after`` the letter was taken, without a word.
    """

    tls: ssl.SSLContext | None = None
    password: str = ""
    says: dict[str, str] = field(default_factory=dict)
    falls: str = ""
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    in_clear: int = 0
    asked: Callable[[], None] = lambda: None

    def start(self) -> int:
        """The port it listens on."""
        options: dict[str, Any] = {"tls_context": self.tls, "require_starttls": self.tls is not None}
        if self.password:
            options |= {"authenticator": self._may_enter, "auth_required": True}
        self._controller = AnyPort(self, hostname="127.0.0.1", port=0, **options)
        self._controller.start()
        return self._controller.port

    def stop(self) -> None:
        self._controller.stop()

    def _may_enter(self, server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        return AuthResult(success=data.password.decode() == self.password)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        envelope.mail_from = address
        return self.says.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if "RCPT" in self.says:
            return self.says["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.in_clear += session.ssl is None
        self.asked()
        falls, self.falls = self.falls, ""
        if falls != "before" and "DATA" not in self.says:
            letter = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            self.taken.append(letter)
            self.recipients += envelope.rcpt_tos
        if falls:
            server.transport.abort()
        return self.says.get("DATA", "250 OK")


def certificate(folder: Path, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """A server's own certificate for loopback, and the file that makes it known to a client."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    alternative: x509.GeneralName = x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = folder / "server.key"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, private)
    return context, pem
