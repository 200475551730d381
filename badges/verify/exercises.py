"""The training room: badges of a network that does not exist, each with what the real verifier answers and why.

The badges, the list and the documents beside them (``training/``) were made once by ``tests/vectors/make_training.py``
with keys that were thrown away. They are judged as on the day of :data:`NOW`, from these documents alone: the answers
stay what they are. Nowhere else are they believed: no list of a real network names this one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path

from ..clock import FixedClock
from ..errors import FetchError
from ..trust import read_bundle
from .fetcher import Fetched
from .report import Answer, Report
from .verifier import Policy, Verifier
from .wording import Text

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
HOLDER = "camille@entrainement.example"
SOMEBODY_ELSE = ("Dominique Exercice", "dominique@entrainement.example")
FOLDER = Path(__file__).parent / "training"


@dataclass(frozen=True)
class Exercise:
    """One file that an employer is given. ``check`` and ``code`` are what decides, as the report names it."""

    name: str
    situation: Text
    answer: Answer
    check: str
    code: str
    lesson: Text
    recipient: str | None = None


EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        "good",
        Text(
            "Camille vous envoie par e-mail l’image téléchargée depuis sa page.",
            "Camille e-mails you the picture downloaded from their page.",
        ),
        "yes",
        "criteria",
        "criteria_met",
        Text(
            "Tout se tient : la signature est celle d’une structure reconnue, rien n’a changé depuis, le badge n’est "
            "ni retiré ni périmé, et ses critères, rejoués un par un, sont remplis. Il dit ce qui a été vu, et rien "
            "de plus.",
            "Everything holds: the signature is that of a recognised organisation, nothing changed since, the badge "
            "is neither withdrawn nor expired, and its criteria, replayed one by one, are met. It tells what was "
            "seen, and nothing more.",
        ),
    ),
    Exercise(
        "stripped",
        Text(
            "La même image, mais Camille vous l’envoie par une messagerie, depuis son téléphone.",
            "The same picture, but Camille sends it to you through a messaging app, from a phone.",
        ),
        "no",
        "carrier",
        "carrier_stripped",
        Text(
            "La messagerie a gardé le dessin et jeté le badge qui était dedans. Personne n’a triché. Le code imprimé "
            "sous le dessin retrouve le badge ; le fichier d’origine, envoyé par e-mail, permet de le vérifier.",
            "The messaging app kept the picture and threw away the badge inside it. Nobody cheated. The code printed "
            "under the picture finds the badge; the original file, sent by e-mail, can be verified.",
        ),
    ),
    Exercise(
        "unrecognised",
        Text(
            "Ce badge vient d’un atelier dont vous n’avez jamais entendu parler.",
            "This badge comes from a workshop that you have never heard of.",
        ),
        "partly",
        "recognition",
        "not_recognised",
        Text(
            "Le badge est authentique : il vient bien de cet atelier, et rien n’a changé depuis. Mais le réseau ne "
            "connaît pas l’atelier. Ce n’est pas un faux ; à vous de voir si vous le connaissez.",
            "The badge is authentic: it does come from this workshop, and nothing changed since. But the network does "
            "not know the workshop. It is not a forgery; it is for you to say whether you know it.",
        ),
    ),
    Exercise(
        "forged",
        Text(
            "Dominique vous donne un badge à son nom. L’image est nette, le code est lisible.",
            "Dominique gives you a badge in that name. The picture is sharp, the code can be read.",
        ),
        "no",
        "signature",
        "signature_bad",
        Text(
            "Le nom a été changé dans le badge de quelqu’un d’autre. Une seule lettre changée suffit : la signature ne "
            "correspond plus. L’œil ne le voit pas ; le vérificateur le voit toujours.",
            "The name was changed in somebody else’s badge. One changed letter is enough: the signature no longer "
            "fits. The eye does not see it; the verifier always does.",
        ),
    ),
    Exercise(
        "expired",
        Text(
            "Camille a reçu ce badge en octobre 2025. Nous sommes le 20 novembre 2026.",
            "Camille received this badge in October 2025. Today is 20 November 2026.",
        ),
        "no",
        "expires",
        "expired",
        Text(
            "Ce badge est authentique, mais il valait un an. Camille sait peut-être toujours le faire : "
            "demandez-lui, ou demandez à la structure si un nouveau regard a eu lieu.",
            "This badge is authentic, but it was good for one year. Camille may still know how: ask, or ask the "
            "organisation whether the work was looked at again.",
        ),
    ),
    Exercise(
        "wrong-person",
        Text(
            "Dominique vous donne ce badge et son adresse e-mail. Vous donnez les deux à la page « Vérifier ».",
            "Dominique gives you this badge and an e-mail address. You give both to the “Verify” page.",
        ),
        "no",
        "recipient",
        "recipient_mismatch",
        Text(
            "Le badge est vrai, mais il n’a pas été délivré à cette adresse. Sans l’e-mail, la page aurait répondu "
            "oui : un fichier ne dit pas qui vous le tend. Une personne peut aussi avoir changé d’adresse : "
            "demandez-lui.",
            "The badge is genuine, but it was not awarded to this address. Without the e-mail the page would have said "
            "yes: a file does not tell who hands it over. A person may also have changed address: ask.",
        ),
        recipient=SOMEBODY_ELSE[1],
    ),
    Exercise(
        "re-signed",
        Text(
            "Un badge de Camille, que l’atelier de tout à l’heure a signé à la place de la structure.",
            "A badge of Camille’s, signed by the workshop of a moment ago in place of the organisation.",
        ),
        "no",
        "key",
        "key_not_listed",
        Text(
            "N’importe qui peut signer un fichier. Mais chaque badge a une seule structure, et celle-ci publie sa "
            "clé : la clé de l’atelier n’est pas la sienne. Le vérificateur ne croit jamais la clé que le badge "
            "apporte lui-même.",
            "Anybody can sign a file. But each badge has one organisation, which publishes its key: the key of the "
            "workshop is not that one. The verifier never believes the key that the badge itself brings along.",
        ),
    ),
    Exercise(
        "another-picture",
        Text(
            "Le dessin annonce « organiser un chantier », au niveau le plus élevé.",
            "The picture announces “organise a site” (in French), at the highest level.",
        ),
        "yes",
        "picture",
        "picture_differs",
        Text(
            "Le badge caché dans l’image est vrai, mais c’est un autre : le dessin a été pris ailleurs. La réponse "
            "est oui pour ce que dit le badge, et la page prévient que l’image ment. Croyez le texte de la réponse, "
            "jamais le dessin.",
            "The badge hidden in the picture is genuine, but it is another one: the drawing was taken from "
            "elsewhere. The answer is yes for what the badge says, and the page warns that the picture lies. Believe "
            "the text of the answer, never the drawing.",
        ),
    ),
    Exercise(
        "revoked",
        Text(
            "Camille vous montre un badge d’hier. La structure vous dit au téléphone qu’il y a eu une erreur.",
            "Camille shows you a badge from yesterday. On the telephone the organisation tells you of a mistake.",
        ),
        "no",
        "revocation",
        "revoked",
        Text(
            "La structure a retiré ce badge. Le fichier n’a pas changé et la signature reste juste : seule la liste de "
            "retrait, que la page lit chaque fois, permet de le savoir. Un retrait n’est pas une faute de la personne.",
            "The organisation withdrew this badge. The file did not change and the signature is still right: only the "
            "withdrawal list, which the page reads each time, tells. A withdrawal is not a fault of the person.",
        ),
    ),
    Exercise(
        "silent",
        Text(
            "Un badge d’une structure inconnue, dont le site est en panne ce matin.",
            "A badge from an unknown organisation, whose site is down this morning.",
        ),
        "unknown",
        "key",
        "key_unreachable",
        Text(
            "La clé de cette structure est sur un site qui ne répond pas : personne ne peut dire si le badge est "
            "vrai. Ce n’est ni oui ni non, et rien contre la personne. Réessayez plus tard.",
            "The key of this organisation is on a site that does not answer: nobody can tell whether the badge is "
            "genuine. It is neither yes nor no, and nothing against the person. Try again later.",
        ),
    ),
    Exercise(
        "damaged",
        Text(
            "L’image a passé par une clé USB fatiguée. Elle s’affiche presque bien.",
            "The picture travelled on a worn USB stick. It almost looks right.",
        ),
        "no",
        "carrier",
        "carrier_damaged",
        Text(
            "Un seul octet a changé dans le dessin. Le vérificateur ne devine pas lesquels comptent : un fichier abîmé "
            "n’est pas vérifiable. Demandez à la personne de le télécharger de nouveau.",
            "One single byte changed in the picture. The verifier does not guess which ones matter: a damaged file "
            "cannot be verified. Ask the person to download it again.",
        ),
    ),
)


class TrainingRoom:
    """The files, and the real verifier over a web that stands still. Nothing is read before it is asked for."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self.file = lru_cache(maxsize=None)(self._file)
        self.report = lru_cache(maxsize=None)(self._report)

    @cached_property
    def verifier(self) -> Verifier:
        told = json.loads((self._folder / "published.json").read_text("utf-8"))
        bundle = read_bundle((self._folder / "bundle.jws").read_text("ascii"), told["root"], NOW)
        drawn = {each["image"]: self.file("good") for each in told["documents"].values() if "image" in each}
        return Verifier(StillWeb(told["documents"] | drawn), FixedClock(NOW), Policy(bundle.trusted, bundle))

    def _file(self, name: str) -> bytes:
        return (self._folder / f"{name}.png").read_bytes()

    def _report(self, number: int) -> Report:
        """What the verifier answers to the exercise of that number, from 1."""
        exercise = EXERCISES[number - 1]
        return self.verifier.verify(self.file(exercise.name), exercise.recipient, name=file_name(number))


def file_name(number: int) -> str:
    """As it is downloaded: it does not give the answer away."""
    return f"exercice-{number}.png"


class StillWeb:
    """A fetcher that never leaves this folder: these documents, and silence everywhere else."""

    def __init__(self, documents: Mapping[str, object]) -> None:
        self._documents = documents

    def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
        if url not in self._documents:
            raise FetchError(f"expected {url} to answer, found silence", code="fetch_timeout")
        found = self._documents[url]
        body = found if isinstance(found, bytes) else json.dumps(found, ensure_ascii=False).encode()
        return Fetched(url, 200, "application/ld+json", body, NOW)
