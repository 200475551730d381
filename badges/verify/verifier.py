"""Whether to believe a badge: start at :meth:`Verifier.verify`, which says its checks before doing them.

The room learns about our own badges as a stranger would: from the file, from what is published, and from the trust
list of whoever asks (:class:`Policy`). Each step is a method of :class:`~.examination.Examination`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from ..clock import Clock
from ..trust import Bundle, Trusted
from .documents import Parsed
from .examination import Examination, Stopped
from .fetcher import USUAL, Fetcher, Limits, NeedsNetwork, NoNetwork, OneBadge
from .findings import NOT_REACHED
from .known import Known
from .report import CHECKS, Check, File, Report, conclude


@dataclass(frozen=True)
class Policy:
    """Whom the reader trusts, and what they can reach. ``trust=None`` says: nobody yet."""

    trust: Trusted | None
    bundle: Bundle | None = None
    offline: bool = False
    revocation_max_age: timedelta = timedelta(hours=24)
    """A revocation list read longer ago than this proves nothing."""
    damaged: str = ""
    """The code of the refusal, where there is a trust list and it cannot be believed: then nobody knows who is trusted,
    nor whose key was stolen."""
    limits: Limits = USUAL
    """What may be asked of other sites."""

    @property
    def trusted(self) -> Trusted | None:
        """The newest list at hand, whether given alone or inside the bundle."""
        inside = self.bundle.trusted if self.bundle else None
        if self.trust is None or inside is None:
            return self.trust or inside
        return self.trust if self.trust.seen >= inside.seen else inside


class Verifier:
    """Verifies badges for one reader. Shared between threads: what it remembers is only ever replaced whole."""

    def __init__(self, fetcher: Fetcher, clock: Clock, policy: Policy) -> None:
        self._fetcher = NoNetwork() if policy.offline else fetcher
        self._clock = clock
        self._known = Known.of(policy.trusted, policy.bundle, policy.revocation_max_age, policy.offline)
        self._known.damaged = policy.damaged
        self._parsed = Parsed()
        self.policy = policy

    def verify(
        self,
        data: bytes | str,
        recipient: str | None = None,
        *,
        name: str | None = None,
        fetcher: Fetcher | None = None,
        inside: bytes | None = None,
    ) -> Report:
        """The whole answer about ``data``, whatever the bytes; nothing is raised.

        ``recipient`` is whom the reader expects; ``name`` is the file's, for the reader's list only. ``fetcher``
        stands in for the verifier's own, this once (:class:`~.fetcher.CachedOnly` alone may let something out:
        :class:`~.fetcher.NeedsNetwork`). ``inside`` is the badge of a PDF, for whoever has taken it out already.

        What must hold, in the order of the specification; a check whose ground is missing is *unknown*:

        1.  the input has a form that a badge has
        2.  the file that carries it is whole, and carries one badge
        3.  signed: the token is a strict compact JWS
        4.  the Assertion is what Open Badges 2.0 describes, and says how it is verified
        5.  hosted: it was read again at its own id; what the file held is discarded
        6.  signed: the key is the trust list's, or the hosted Profile's with its link both ways; never the badge's
        7.  signed: the signature is that key's
        8.  BadgeClass and Profile are published and right, or the trust list answers for them
        9.  this issuer may award this BadgeClass, from this address
        10. the definition is the one published
        11. issuedOn is not to come; 12. expires is not past
        13. it is not withdrawn; nobody knows is not no
        14. the key was good on that day
        15. the issuer was recognised, for that family, on that day
        16. the criteria, replayed, are met
        17. it is this person's, where one was named
        18. the picture is its own
        19. what a stranger publishes as the picture of the badge is one; away is told and changes nothing
        20. what others say of it is theirs; what is not never counts

        1 to 9, 11 to 14, 17 and 19 make the verdict; 10, 15 and 16 turn *valid* into *yes* or *partly*; 18 and 20
        are told. Not checked: foreign extensions; and what no file can tell, which the report lists
        (``not_checked``).
        """
        bytes_given = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        limits = self.policy.limits
        examination = Examination(
            bytes_given,
            recipient,
            now=self._clock.now(),
            known=self._known,
            fetcher=OneBadge(
                fetcher or self._fetcher,
                documents=limits.documents,
                seconds=limits.badge_seconds,
                document_seconds=limits.seconds,
            ),
            parsed=self._parsed,
            limits=limits,
        )
        examination.inside = inside
        try:
            self._examine(examination)
        except Stopped:
            pass  # the check that stopped it has said why
        except NeedsNetwork:
            raise
        except Exception as error:  # a defect of ours must never look like an answer about the badge
            examination.say("input", "unknown", "unexpected", kind=type(error).__name__)
        return examination.report(name, hashlib.sha256(bytes_given).hexdigest())

    def refuse(self, data: bytes, finding: Check, *, name: str | None = None) -> Report:
        """The answer about what could not be handed to :meth:`verify`; ``finding`` is a check of the input."""
        checks = (finding, *(NOT_REACHED[check] for check in CHECKS if check != finding.check))
        file = File(name, hashlib.sha256(data).hexdigest())
        return Report(checks=checks, conclusion=conclude(checks), verified_at=self._clock.now(), file=file)

    @staticmethod
    def _examine(badge: Examination) -> None:
        # 1 and 2. what was given, and what carries it
        badge.read_input()
        if badge.is_signed:
            # 3 and 4. the token and the Assertion in it
            badge.read_token()
            badge.read_assertion()
            # 6 and 7. whose signature it is
            badge.find_key()
            badge.check_signature()
        else:
            # 4 and 5. the Assertion as it is published
            badge.read_hosted()
        # 8 and 9. what the issuer publishes, and whether this badge is theirs to award
        badge.read_published()
        badge.check_authority()
        # 10. the definition
        badge.compare_definition()
        # 11 and 12. dates
        badge.check_dates()
        # 13. withdrawal
        badge.check_revocation()
        # 14 and 15. the key and the issuer, on that day
        badge.check_key_status()
        badge.check_recognition()
        # 16. criteria
        badge.replay_criteria()
        # 17 and 18. the person and the picture
        badge.check_recipient()
        badge.check_picture()
        # 19 and 20. what is published as a picture, and what others say
        badge.check_images()
        badge.check_endorsements()
