"""What people are told by e-mail: which kinds of message there are, in which words, and how one is put in the outbox.

:meth:`Outbox.put` is called inside the transaction of the act that it tells: the message is there when the act is, and
not otherwise (``security.md``, A1). Sending is another matter, done beside the requests (:mod:`.post`), and nothing
here waits for it. Where nobody has an e-mail, paper does the same: a message is only a notice.

A kind is a table entry: a subject, sentences, and the address to open. ``{words}`` are its values; none may bring a
line of its own into a header. An address that opens something (``secret``) is forgotten once the message was delivered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from urllib.parse import urlsplit

from ..addresses import Addresses
from ..clock import Clock
from ..errors import Misuse
from ..openbadges.identity import normalise_email
from ..typography import N_
from .storage import Message, Register
from .wording import refusal

WAITING, SENT, REFUSED, BOUNCED, CANCELLED = "waiting", "sent", "refused", "bounced", "cancelled"

LINK = "link"
"""The value that is the address to open: every message has one."""


STATES = {
    WAITING: N_("en attente"),
    SENT: N_("envoyé"),
    REFUSED: N_("refusé"),
    BOUNCED: N_("revenu"),
    CANCELLED: N_("abandonné"),
}
"""The state of a message, in words. *Refused*: the other side said no at once; *bounced*: it said so later."""


@dataclass(frozen=True, slots=True)
class Kind:
    """``button`` is what its address opens, the value :data:`LINK`.

    ``secret`` says that this address is a key. ``seen_by`` is the action of :mod:`.permissions` whose holders may read
    the address on a page, because they could make one like it; without it, nobody may. ``carries_badge``: the badge
    named by ``about`` travels with it.
    """

    subject: str
    lines: tuple[str, ...]
    button: str
    secret: bool = False
    seen_by: str = ""
    carries_badge: bool = False

    @property
    def values(self) -> frozenset[str]:
        """The values that its words ask for."""
        texts = (self.subject, *self.lines)
        return frozenset({LINK} | {name for text in texts for _, name, _, _ in Formatter().parse(text) if name})


KINDS: dict[str, Kind] = {
    "invitation": Kind(
        "{structure} vous invite à noter et délivrer des badges",
        (
            "Bonjour {name},",
            (
                "{inviter} vous ouvre une place dans {structure}, pour noter ce que vous voyez au "
                "travail et délivrer des badges."
            ),
            "Choisissez un mot de passe pour y entrer. Ce lien sert une fois, jusqu’au {until}.",
            "Si vous n’attendiez pas ce message, laissez-le : rien ne se passe sans vous.",
        ),
        button="Choisir mon mot de passe",
        secret=True,
        seen_by="administer",
    ),
    "password_link": Kind(
        "Choisir un nouveau mot de passe",
        (
            "Bonjour {name},",
            "Quelqu’un, sans doute vous, a demandé un nouveau mot de passe. Ce lien sert une fois, jusqu’au {until}.",
            "Si ce n’était pas vous, laissez ce message : votre mot de passe reste le même.",
        ),
        button="Choisir un nouveau mot de passe",
        secret=True,
    ),
    "way_back": Kind(
        "Retrouver vos badges",
        (
            "Bonjour,",
            "Quelqu’un, sans doute vous, a demandé un nouveau lien pour vos badges. Il sert une fois, une heure.",
            "Vous choisirez un code. L’ancienne carte ne marchera plus.",
            "Si ce n’était pas vous, laissez ce message : votre carte et votre code restent les mêmes.",
        ),
        button="Retrouver mes badges",
        secret=True,
    ),
    "badge_awarded": Kind(
        "Un badge pour vous : {badge}",
        (
            "Bonjour,",
            "{structure} vous a délivré le badge « {badge} », pour ce que vous avez fait au travail.",
            "Le badge est joint à ce message : c’est une image, gardez-la. Qui la reçoit de vous peut la vérifier.",
            "Pour un papier ou une carte à imprimer, demandez à votre structure.",
        ),
        button="Vérifier ce badge",
        carries_badge=True,
    ),
    "badge_replaced": Kind(
        "Votre badge corrigé : {badge}",
        (
            "Bonjour,",
            "{structure} a corrigé votre badge « {badge} ». Le nouveau est joint à ce message : gardez-le.",
            "L’ancien n’est plus bon. Qui le vérifie lit « remplacé » : ce n’est pas un reproche.",
        ),
        button="Vérifier ce badge",
        carries_badge=True,
    ),
    "badge_revoked": Kind(
        "Un badge a été retiré : {badge}",
        (
            "Bonjour,",
            "{structure} a retiré votre badge « {badge} ». Le motif : {reason}.",
            (
                "Vous pouvez demander un autre regard : parlez-en à votre structure, on vous répond "
                "par écrit sous 30 jours."
            ),
        ),
        button="Voir l’état de ce badge",
    ),
    "expires_soon": Kind(
        "Votre badge se termine le {until} : {badge}",
        (
            "Bonjour,",
            "Votre badge « {badge} », délivré par {structure}, est bon jusqu’au {until}.",
            (
                "Pour en avoir un nouveau, parlez-en à votre structure : elle regarde avec vous ce "
                "que vous avez fait depuis."
            ),
        ),
        button="Voir ce badge",
    ),
    "renewals_due": Kind(
        "Des badges se terminent bientôt",
        (
            "Bonjour,",
            (
                "Badges délivrés par {structure} qui se terminent : {count}. La liste et le "
                "renouvellement sont sur le service."
            ),
            "Ce message part 90, 30 et 7 jours avant la fin d’un badge, une fois à chaque date.",
        ),
        button="Voir la liste",
    ),
    "second_look_request": Kind(
        "Un dossier attend votre regard",
        (
            "Bonjour,",
            "{structure} vous envoie un dossier à relire pour le badge « {badge} ». Dix minutes suffisent.",
        ),
        button="Lire ce qui vous attend",
    ),
    "testimony_request": Kind(
        "{structure} vous demande ce que vous avez vu",
        (
            "Bonjour {name},",
            "Vous avez accueilli {person}. {structure} vous demande ce que vous avez vu au travail, en cinq minutes.",
            "Aucun compte n’est nécessaire. Ce lien sert une fois, jusqu’au {until}.",
            "{person} lira votre réponse. N’y mettez rien sur la santé, la famille ou la vie privée.",
        ),
        button="Répondre",
        secret=True,
        seen_by="note",
    ),
    "endorsement_request": Kind(
        "{network} vous demande si vous soutenez « {subject} »",
        (
            "Bonjour {name},",
            (
                "{network} vous invite à dire si vous soutenez « {subject} », et jusqu’à quand. Aucun "
                "compte n’est nécessaire."
            ),
            "Ce lien sert une fois, jusqu’au {until}.",
        ),
        button="Lire et répondre",
        secret=True,
        seen_by="network",
    ),
    "retention_notice": Kind(
        "Votre dossier sera effacé le {until}",
        (
            "Bonjour,",
            "Il ne s’est rien passé dans votre dossier depuis longtemps : {structure} l’effacera le {until}.",
            "Vos badges resteront bons. Gardez-en les fichiers : ils sont à vous, et se vérifient sans nous.",
            "Ouvrir votre page une fois suffit pour que le dossier reste.",
        ),
        button="Ouvrir le service",
    ),
    "objection_received": Kind(
        "Une personne demande un autre regard",
        (
            "Bonjour,",
            (
                "Une personne demande un autre regard sur une décision de {structure}. Une réponse "
                "écrite est attendue avant le {until}."
            ),
        ),
        button="Lire la demande",
    ),
    "objection_answered": Kind(
        "Une réponse à votre demande",
        (
            "Bonjour,",
            (
                "{structure} a répondu à votre demande. La réponse est sur votre page, et votre "
                "structure peut vous la lire."
            ),
        ),
        button="Ouvrir le service",
    ),
}
"""Every message that this service may send, in French. Short words: some are read by people who read little."""


class Outbox:
    """Puts messages in the register. It neither sends nor waits."""

    def __init__(self, addresses: Addresses, clock: Clock) -> None:
        self._host = urlsplit(addresses.base_url).hostname or "localhost"
        self._clock = clock

    def put(
        self,
        register: Register,
        *,
        kind: str,
        to: str,
        values: Mapping[str, str],
        structure: str,
        about: str,
        person: str | None = None,
        now: datetime | None = None,
    ) -> Message:
        """A message, inside the open transaction ``register``; sent soon after it ends, or not at all if it fails.

        ``values`` are those of :attr:`Kind.values`, neither more nor less. ``structure`` is whose message it is,
        ``about`` the id of what it speaks of, ``person`` whose file it goes with when that is erased. Raises
        :class:`~badges.errors.Misuse` for a recipient that is not one e-mail address.
        """
        message = self.written(
            kind=kind, to=to, values=values, structure=structure, about=about, person=person, now=now
        )
        register.add(message)
        return message

    def written(
        self,
        *,
        kind: str,
        to: str,
        values: Mapping[str, str],
        structure: str,
        about: str,
        person: str | None = None,
        now: datetime | None = None,
    ) -> Message:
        """The message of :meth:`put`, not yet in the register: for many at once."""
        from .desk import new_id  # desk puts messages: it imports us

        if values.keys() != KINDS[kind].values:
            raise ValueError(f"{kind}: expected the values {sorted(KINDS[kind].values)}, found {sorted(values)}")
        now = (now or self._clock.now()).replace(microsecond=0)
        id = new_id()
        return Message(
            id=id,
            message_id=f"<{id}@{self._host}>",
            kind=kind,
            recipient=one_address(to),
            values={name: _one_line(value) for name, value in values.items()},
            structure=structure,
            about=about,
            person=person,
            created_at=now,
            due=now,
        )


def one_address(text: str) -> str:
    """The address in its one spelling. Raises :class:`~badges.errors.Misuse` unless it is one, and nothing else."""
    from .issuer import EMAIL  # the same pattern as for the people of the register

    if not EMAIL.fullmatch(text):
        raise refusal(Misuse, "address_unreadable", found=_one_line(text)[:60] or "—")
    return normalise_email(text)


def _one_line(text: str) -> str:
    """No control character, and no line of its own: what a header may hold (``security.md``, W11)."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
