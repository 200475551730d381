"""What the person shows, to whom, and until when. Nothing is shown that they did not choose.

A badge is *private* until the person says something of it: only whoever was given the file, the paper or the code
reads its state and its title, and nothing lists it. *Shown*: the page of its code also says who attests and since
when, and it comes in the passport. *Hidden*: the page of its code answers as if there were none, on papers already
printed too; files already given go on verifying, which nobody can change.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from ...errors import Misuse, NotFound
from ..audit import Deed
from ..desk import Desk, new_id
from ..storage import Award, Choice, HostedTwin, Register, Share
from ..wording import refusal
from .cards import Opened

SHARE_DAYS = (7, 30, 90)
"""How long a share may last: the person chooses one of these, the middle one is proposed."""
MOST_SHARES = 50


class Choices:
    """Shown, hidden, shared."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._storage = desk.storage

    # -- one badge --------------------------------------------------------------------------------------------------

    def shown(self, opened: Opened) -> dict[str, bool]:
        """Award → whether the person shows it; an award they said nothing of is not there."""
        with self._storage.reading() as register:
            awards = register.list(Award, person=list(opened.ids))
            return {choice.award: choice.shown for choice in register.list(Choice, award=[one.uuid for one in awards])}

    def is_shown(self, award: str) -> bool | None:
        """What the person said of this badge, or None: for the page of its code."""
        with self._storage.reading() as register:
            choice = register.find(Choice, award=award)
        return choice.shown if choice else None

    def show(self, opened: Opened, award: str, shown: bool) -> None:
        """Show it, or hide it. Raises :class:`NotFound` for anybody else's."""
        now = self._desk.now()
        with self._storage.writing() as register:
            found = own_award(self._desk, register, opened, award)
            before = register.find(Choice, award=award)
            if before is None:
                register.add(Choice(award=award, shown=shown, at=now))
            elif before.shown != shown:
                register.change(before, shown=shown, at=now)
            told = "holder.show" if shown else "holder.hide"
            self._desk.close(register, now, None, "", Deed("holder", found.structure, told, award))

    # -- the hosted twin --------------------------------------------------------------------------------------------

    def twins(self, opened: Opened) -> frozenset[str]:
        """The awards that have an unsigned copy at an address of their own, because the person asked for it."""
        with self._storage.reading() as register:
            awards = [one.uuid for one in register.list(Award, person=list(opened.ids))]
            return frozenset(twin.award for twin in register.list(HostedTwin, award=awards))

    def host(self, opened: Opened, award: str, hosted: bool) -> None:
        """Put the copy online, or take it away: its address then answers 404, and signed files go on verifying."""
        now = self._desk.now()
        with self._storage.writing() as register:
            found = own_award(self._desk, register, opened, award)
            there = register.find(HostedTwin, award=award) is not None
            if there == hosted:
                return
            if hosted:
                register.add(HostedTwin(award=award, asked_at=now))
            else:
                register.remove(HostedTwin, award=award)
            told = "twin.ask" if hosted else "twin.remove"
            self._desk.close(register, now, None, "", Deed("holder", found.structure, told, award))

    # -- some badges, to somebody, until a day ----------------------------------------------------------------------

    def shares(self, opened: Opened) -> tuple[Share, ...]:
        """Those that were made, newest first, withdrawn and ended ones included."""
        with self._storage.reading() as register:
            return register.list(Share, order="made_at", newest=True, person=list(opened.ids), limit=MOST_SHARES)

    def share(self, opened: Opened, awards: Iterable[str], *, days: int, label: str = "") -> Share:
        """A new address that shows these badges for so many days. ``label`` is a reminder for the person alone.

        Raises :class:`NotFound` for anybody else's badge, and :class:`Misuse` for none, or too many addresses.
        """
        now, chosen = self._desk.now(), tuple(dict.fromkeys(awards))
        if not chosen or days not in SHARE_DAYS:
            raise refusal(Misuse, "nothing_chosen")
        with self._storage.writing() as register:
            for award in chosen:
                own_award(self._desk, register, opened, award)
            going_on = [one for one in register.list(Share, person=list(opened.ids)) if is_open(one, now)]
            if len(going_on) >= MOST_SHARES:
                raise refusal(Misuse, "too_many_shares", most=MOST_SHARES)
            share = Share(
                id=new_id(),
                person=opened.person.id,
                secret=secrets.token_urlsafe(24),
                label=label[:80],
                awards=chosen,
                made_at=now,
                until=now + timedelta(days=days),
            )
            register.add(share)
            deed = Deed("holder", opened.person.structure, "holder.share", share.id)
            self._desk.close(register, now, None, "", deed)
            return share

    def withdraw(self, opened: Opened, share: str) -> None:
        """Its address opens nothing from now on. Raises :class:`NotFound` for anybody else's."""
        now = self._desk.now()
        with self._storage.writing() as register:
            found = register.find(Share, id=share)
            if found is None or found.person not in opened.ids:
                raise refusal(NotFound, "unknown")
            register.change(found, withdrawn_at=found.withdrawn_at or now)
            deed = Deed("holder", opened.person.structure, "holder.unshare", share)
            self._desk.close(register, now, None, "", deed)

    def open_share(self, secret: str, *, count: bool = True) -> Share | None:
        """What this address shows now: None when it is unknown, withdrawn or over. Each opening counts one."""
        now = self._desk.now()
        with self._storage.reading() as register:
            found = register.find(Share, secret=secret)
        if found is None or not is_open(found, now):
            return None
        if count:
            with self._storage.writing() as register:
                again = register.find(Share, id=found.id)
                if again is None or not is_open(again, now):
                    return None
                return register.change(again, opened=again.opened + 1)
        return found


def is_open(share: Share, now: datetime) -> bool:
    return share.withdrawn_at is None and now < share.until


def own_award(desk: Desk, register: Register, opened: Opened, award: str) -> Award:
    """The award, when it is of one of these files. Raises :class:`NotFound` otherwise, as for one that is not."""
    found = desk.require(register, Award, uuid=award)
    if found.person is None or found.person not in opened.ids:
        raise refusal(NotFound, "unknown")
    return found
