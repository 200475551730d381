"""What a register of 100,000 awards costs to read, against one of 1,000: the same questions, the same structure."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from badges.addresses import parse_code, short_code
from badges.issuer.database import open_database
from badges.issuer.storage import AwardFile, Person, Storage
from tests.issuer.builders import Office

from . import Measure, against

SMALL, LARGE = 1_000, 100_000
REVOKED = 10


def measures() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory() as folder:
        small, large = (questions(Path(folder), count) for count in (SMALL, LARGE))
        for what in small:
            yield Measure(
                f"{what}, {LARGE:,} awards stored / {SMALL:,}", against(small[what], large[what], times=200), goal=1.5
            )


def questions(folder: Path, count: int) -> dict[str, Callable[[], object]]:
    """What is asked of a register, by name."""
    office = Office(open_database(f"sqlite:///{folder / str(count)}.sqlite3"))
    issuer = office.issuer
    first = office.an_award()
    for _ in range(REVOKED):
        office.an_award(revoked="awarded_in_error")
    copy(office.storage, office, first.uuid, count)
    middle = issuer.list_awards(office.eti, limit=20)[-1].award
    beyond = (middle.issued_on, middle.uuid)
    code, person, profile = first.code, first.person or "", first.profile
    return {
        "find one by its id": lambda: issuer.find_award(first.uuid),
        "find one by its short code": lambda: issuer.find_award_by_code(code),
        "the file of one": lambda: issuer.require_token(first.uuid),
        "a person's page": lambda: issuer.awards_of(person),
        "a page of the list": lambda: issuer.list_awards(office.eti, beyond=beyond),
        "the revocation list": lambda: issuer.list_revocations(profile),
    }


def copy(storage: Storage, office: Office, uuid: str, count: int) -> None:
    """The same award for ``count`` more people, a minute apart; the token is only stored, not signed again."""
    with storage.reading() as register:
        view = office.issuer.find_award(uuid)
        assert view is not None
        award, file = view.award, register.find(AwardFile, uuid=uuid)
        person = register.find(Person, id=award.person)
        assert file is not None
        assert person is not None
    for start in range(0, count, 1_000):
        people, awards, files = [], [], []
        for number in range(start, min(start + 1_000, count)):
            new = str(uuid4())
            code = parse_code(short_code(f"urn:uuid:{new}")) or ""
            people.append(replace(person, id=new, opaque=new, secret_digest=new))
            at = award.issued_on - timedelta(minutes=number)
            awards.append(replace(award, uuid=new, person=new, code=code, issued_on=at, proposal=None))
            files.append(replace(file, uuid=new))
        with storage.writing() as register:
            register.add(*people)
            register.add(*awards)
            register.add(*files)
