"""A message as it travels: an e-mail with its text, the same in HTML, and the badge where one goes with it.

The same message gives the same letter each time, under the same Message-ID: a letter that was sent twice by accident is
known as one by those who receive it (``security.md``, A5). Headers are written by the standard library from values that
hold no line of their own (W11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from html import escape

from ..typography import french
from .notices import KINDS, LINK
from .storage import Message

PASSED_ON = "Ce message part d’un service automatique : répondez plutôt à votre structure."
NOT_A_DIPLOMA = "Un badge est une déclaration datée d’une structure. Ce n’est ni un diplôme, ni un titre."


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: the name people know, and the address that bounces come back to."""

    product: str
    address: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PNG picture that goes with a letter."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Words:
    """A message in French: what a mailbox shows, and what a page of the staff shows."""

    subject: str
    lines: tuple[str, ...]
    button: str
    link: str


def words_of(message: Message) -> Words:
    """``link`` is empty when it was a secret and the message was delivered."""
    kind = KINDS[message.kind]
    values: Mapping[str, str] = {name: message.values.get(name, "") for name in kind.values}
    return Words(
        subject=french(kind.subject.format(**values)),
        lines=tuple(french(line.format(**values)) for line in kind.lines),
        button=french(kind.button),
        link=values[LINK],
    )


def letter_of(message: Message, head: Letterhead, badge: Attachment | None = None) -> EmailMessage:
    """The e-mail, ready to be sent."""
    words = words_of(message)
    kind = KINDS[message.kind]
    not_a_diploma = (french(NOT_A_DIPLOMA),) if kind.carries_badge else ()
    foot = (*not_a_diploma, french(PASSED_ON), f"{head.product} · {head.base_url}")
    letter = EmailMessage()
    letter["Message-ID"] = message.message_id
    letter["Date"] = message.created_at
    letter["From"] = Address(display_name=head.product, addr_spec=head.address)
    letter["To"] = Address(addr_spec=message.recipient)
    letter["Subject"] = words.subject
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(_as_text(words, foot), cte="quoted-printable")
    letter.add_alternative(_as_html(words, foot), subtype="html", cte="quoted-printable")
    if badge is not None:
        letter.add_attachment(badge.content, maintype="image", subtype="png", filename=badge.name)
    letter["Content-Language"] = "fr"  # last: what is set earlier goes down into the parts
    return letter


def _as_text(words: Words, foot: tuple[str, ...]) -> str:
    opened = (f"{words.button}{chr(0xA0)}:\n{words.link}",) if words.link else ()
    return "\n\n".join((*words.lines, *opened, "-- \n" + "\n".join(foot))) + "\n"


def _as_html(words: Words, foot: tuple[str, ...]) -> str:
    """No image, no style sheet, nothing fetched: readable in any mailbox, and nobody is told that it was opened."""
    paragraphs = "".join(f"<p>{escape(line)}</p>\n" for line in words.lines)
    if words.link:
        paragraphs += (
            f'<p><a href="{escape(words.link)}"><strong>{escape(words.button)}</strong></a><br>\n'
            f"{escape(words.link)}</p>\n"
        )
    small = "<br>\n".join(map(escape, foot))
    return (
        f'<!doctype html>\n<html lang="fr"><head><meta charset="utf-8"><title>{escape(words.subject)}</title></head>\n'
        f"<body>\n{paragraphs}<hr>\n<p><small>{small}</small></p>\n</body></html>\n"
    )
