"""Messages: written with the act they tell, sent once as far as SMTP allows, and shown for what became of them."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from badges.errors import Misuse, StorageUnavailable
from badges.issuer.database import Database, open_database
from badges.issuer.letters import Attachment, Letterhead, letter_of
from badges.issuer.mail import FolderMailer, Mailer, SmtpMailer, SmtpServer
from badges.issuer.notices import BOUNCED, CANCELLED, KINDS, REFUSED, SENT, STATES, WAITING
from badges.issuer.post import KEPT, TRIES_AGAIN_AFTER, Post, Postman
from badges.issuer.storage import Award, Message
from tests.issuer.builders import FIRST_DAY, Office, grid_of, rows
from tests.issuer.faults import Killed, MortalStorage
from tests.issuer.mailbox import MailServer, certificate

HEAD = Letterhead("Badges IAE", "badges@reseau.example", "https://badges.example")
PNG = Attachment("badge.png", b"\x89PNG\r\n\x1a\n")
JO = "jo@jardins.example"
CANARY = "sesame-0123456789"


@pytest.fixture
def office(sqlite_storage: Database) -> Office:
    return Office(sqlite_storage)


@pytest.fixture
def server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.stop()


def smtp(server: MailServer, **changes: Any) -> SmtpMailer:
    values: dict[str, Any] = {"security": "none"} | changes
    return SmtpMailer(SmtpServer("127.0.0.1", server.start(), HEAD.address, **values), timeout=5)


def a_post(office: Office, mailer: Mailer, tmp_path: Path, storage: Any = None) -> Post:
    return Post(storage or office.storage, mailer, HEAD, office.clock, lambda award: PNG, tmp_path / "bounces")


def put(office: Office, **changes: Any) -> Message:
    link = {"name": "Jo", "link": f"https://badges.example/equipe/entrer/{CANARY}", "until": "30 novembre 2026"}
    values: dict[str, Any] = {
        "kind": "password_link", "to": JO, "values": link, "structure": office.jardins.id,
        "about": office.eti.staff,
    } | changes  # fmt: skip
    with office.storage.writing() as register:
        return office.issuer.desk.outbox.put(register, **values)


def the_messages(office: Office) -> tuple[Message, ...]:
    with office.storage.reading() as register:
        return register.list(Message, order="created_at")


def state_of(office: Office, message: Message) -> str:
    with office.storage.reading() as register:
        found = register.find(Message, id=message.id)
    assert found is not None
    return found.state


# -- written with the act


def test_a_person_with_an_email_is_told_of_their_badge(office: Office) -> None:
    person = office.a_person(email="amina@exemple.fr")
    office.observe(person)
    award = office.an_award(person)
    (message,) = the_messages(office)
    assert (message.kind, message.recipient, message.about) == ("badge_awarded", "amina@exemple.fr", award.uuid)
    assert (message.person, message.state) == (person.id, WAITING)
    assert message.values["link"] == f"https://badges.example/b/{award.code}"


def test_a_badge_under_the_name_of_the_network_names_no_structure_in_its_message(office: Office) -> None:
    person = office.a_person(email="amina@exemple.fr")
    office.observe(person)
    award = office.an_award(person, issued_as="network")
    office.issuer.revoke(office.director, award.uuid, "awarded_in_error")
    assert {message.values["structure"] for message in the_messages(office)} == {"Réseau IAE"}


def test_nobody_is_told_where_there_is_no_email(office: Office) -> None:
    office.an_award()
    assert the_messages(office) == ()


def test_a_person_is_told_of_a_corrected_badge_and_of_a_withdrawn_one(office: Office) -> None:
    person = office.a_person(email="amina@exemple.fr")
    office.observe(person)
    award = office.an_award(person)
    office.clock.advance(seconds=1)
    new = office.issuer.replace(office.eti, award.uuid, name_in_badge=True)
    office.clock.advance(seconds=1)
    office.issuer.revoke(office.director, new.uuid, "awarded_in_error")
    assert [(message.kind, message.about) for message in the_messages(office)] == [
        ("badge_awarded", award.uuid), ("badge_replaced", new.uuid), ("badge_revoked", new.uuid)
    ]  # fmt: skip
    assert the_messages(office)[-1].values["reason"] == "délivré par erreur"


def test_a_batch_tells_each_of_its_people_once(office: Office) -> None:
    people = tuple(replace(row, email=f"{row.ref}@exemple.fr") for row in rows(3))
    report = office.issuer.batches.plan(
        office.eti, slug="tec-maraichage-planter", decided_on=FIRST_DAY.replace(day=19), grid=grid_of(office.entry()),
        rows=people, results={criterion.id: "acquired" for criterion in office.entry().definition.essential},
    )  # fmt: skip
    office.issuer.batches.confirm(office.eti, report.batch.id, ready=3, told_otherwise=True)
    office.issuer.batches.run(report.batch.id)
    office.issuer.batches.run(report.batch.id)
    with office.storage.reading() as register:
        awards = {award.uuid for award in register.list(Award)}
    assert len(awards) == 3
    assert sorted(message.about for message in the_messages(office)) == sorted(awards)


def test_an_award_that_fails_tells_nobody_wherever_it_dies(tmp_path: Path) -> None:
    """A1: the award and its message are there together or not at all, between any two statements."""
    storage = open_database(f"sqlite:///{tmp_path / 'one.sqlite3'}")
    office = Office(storage)
    mortal = MortalStorage(office.storage)
    person = office.a_person(email="amina@exemple.fr")
    office.observe(person)
    proposal = office.a_proposal(person)
    office.issuer.desk.storage = office.issuer._storage = mortal
    for step in range(1, 60):
        mortal.dies_at = len(mortal.steps) + step
        try:
            office.issuer.award(office.eti, proposal.id)
        except Killed:
            with office.storage.reading() as register:
                assert register.count(Award) == len(the_messages(office)) == 0
        else:
            break
    with office.storage.reading() as register:
        assert register.count(Award) == len(the_messages(office)) == 1
    assert step > 8
    storage.close()


def test_a_message_says_all_that_its_words_ask_for_and_nothing_else(office: Office) -> None:
    for values in ({"name": "Jo"}, {"name": "Jo", "link": "x", "until": "demain", "more": "x"}):
        with pytest.raises(ValueError, match="expected the values"):
            put(office, values=values)


@pytest.mark.parametrize(
    "to",
    [
        "", "personne", "a@b.example,c@d.example", "a@b.example\r\nBcc: tous@exemple.fr", "Jo <a@b.example>",
        "a b@c.fr", "a@b.example\n", "\u2028a@b.example",
    ],
)  # fmt: skip
def test_a_recipient_is_one_address_and_nothing_else(office: Office, to: str) -> None:
    with pytest.raises(Misuse, match="adresse e-mail"):
        put(office, to=to)
    assert the_messages(office) == ()


# -- the letter


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_letter_in_french_with_plain_text_and_no_header_of_anybody_else(
    office: Office, kind: str
) -> None:
    evil = "Jo\r\nBcc: tous@exemple.fr\n\n<script>alert(1)</script>\x00"
    values = {name: "https://badges.example/b/X" if name == "link" else evil for name in KINDS[kind].values}
    message = office.issuer.desk.outbox.written(
        kind=kind, to="jo@jardins.example", values=values, structure="s", about="a"
    )
    sent = letter_of(message, HEAD, PNG if KINDS[kind].carries_badge else None).as_bytes(policy=policy.SMTP)
    letter = message_from_bytes(sent, policy=policy.default)
    assert isinstance(letter, EmailMessage)
    assert letter["Bcc"] is None
    assert sorted(letter.keys()) == [
        "Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject",
        "To",
    ]  # fmt: skip
    assert len(letter.get_all("To")) == 1
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "https://badges.example/b/X" in text.get_content()
    assert "{" not in text.get_content() + str(letter["Subject"])
    assert [part.get_content_type() for part in letter.iter_attachments()] == (
        ["image/png"] if KINDS[kind].carries_badge else []
    )
    assert all(len(line) <= 998 for line in sent.split(b"\r\n"))


# -- sent


def test_a_message_leaves_once_and_its_secret_is_forgotten(office: Office, server: MailServer, tmp_path: Path) -> None:
    message = put(office)
    post = a_post(office, smtp(server), tmp_path)
    assert post.send_due() == 1
    assert post.send_due() == 0
    (letter,) = server.taken
    assert letter["Message-ID"] == message.message_id
    body = letter.get_body(("plain",))
    assert body is not None
    assert CANARY in body.get_content()
    (kept,) = the_messages(office)
    assert (kept.state, kept.attempts) == (SENT, 1)
    assert CANARY not in str(kept)


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_a_refusal_for_good_is_told_and_not_tried_again(
    office: Office, server: MailServer, tmp_path: Path, stage: str
) -> None:
    message = put(office)
    other = put(office, to="autre@jardins.example")
    server.says[stage] = "550 5.1.1 jo@jardins.example inconnue"
    post = a_post(office, smtp(server), tmp_path)
    assert post.send_due() == 0
    server.says.clear()
    office.clock.advance(days=3)
    assert post.send_due() == 0
    assert [(kept.state, kept.answer) for kept in the_messages(office)] == [(REFUSED, "550")] * 2
    assert message.id != other.id


@pytest.mark.parametrize(
    "to", ["jean..luc@jardins.example", "jo.@jardins.example", "rené@jardins.example", "jo@jardins..example"]
)
def test_an_address_that_no_letter_can_bear_is_refused_and_holds_no_other_letter_back(
    office: Office, server: MailServer, tmp_path: Path, to: str
) -> None:
    message, other = put(office, to=to), put(office)
    assert a_post(office, smtp(server), tmp_path).send_due() == 1
    assert (state_of(office, message), state_of(office, other)) == (REFUSED, SENT)
    assert server.recipients == ["jo@jardins.example"]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_not_now_is_tried_again_later_under_the_same_name(
    office: Office, server: MailServer, tmp_path: Path, stage: str
) -> None:
    message = put(office)
    server.says[stage] = "451 4.3.0 plus tard"
    post = a_post(office, smtp(server), tmp_path)
    assert post.send_due() == 0
    assert post.send_due() == 0, "a minute has not passed"
    server.says.clear()
    office.clock.advance(minutes=1)
    assert post.send_due() == 1
    assert [letter["Message-ID"] for letter in server.taken] == [message.message_id]


def test_a_server_that_never_answers_is_given_up_after_two_days(office: Office, tmp_path: Path) -> None:
    message = put(office)
    post = a_post(office, SmtpMailer(SmtpServer("127.0.0.1", 9, HEAD.address, security="none"), timeout=1), tmp_path)
    waited = 0
    while state_of(office, message) == WAITING:
        assert post.send_due() == 0
        office.clock.advance(minutes=1)
        waited += 1
    (kept,) = the_messages(office)
    assert (kept.state, kept.attempts, kept.answer) == (REFUSED, len(TRIES_AGAIN_AFTER) + 1, "ConnectionRefusedError")
    assert 40 * 60 < waited < 60 * 60


def test_a_server_that_refuses_us_keeps_every_message_waiting(
    office: Office, server: MailServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = put(office), put(office, to="autre@jardins.example")
    server.says["MAIL"] = "530 5.7.0 authentification de jo@jardins.example"
    assert a_post(office, smtp(server), tmp_path).send_due() == 0
    assert {state_of(office, message) for message in (first, second)} == {WAITING}
    assert sorted(message.attempts for message in the_messages(office)) == [0, 1], "the others were not even tried"
    assert "the server answers 530" in caplog.text
    assert "jardins" not in caplog.text, "no address in a log (P3)"


class OneBreaks(FolderMailer):
    """Keeps letters, but for one address that it has a defect with."""

    def deliver(self, letter: EmailMessage, recipient: str) -> None:
        if recipient.startswith("jo@"):
            raise KeyError(recipient)
        super().deliver(letter, recipient)


def test_a_defect_met_with_one_message_holds_no_other_back(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    message, other = put(office), put(office, to="autre@jardins.example")
    post = a_post(office, OneBreaks(tmp_path / "messages"), tmp_path)
    assert post.send_due() == 1
    assert (state_of(office, message), state_of(office, other)) == (WAITING, SENT)
    assert f"mail {message.id}: KeyError" in caplog.text
    assert "jardins" not in caplog.text, "no address in a log (P3)"
    for _ in TRIES_AGAIN_AFTER:
        office.clock.advance(days=1)
        post.send_due()
    assert state_of(office, message) == REFUSED, "and it does not come back for ever"


class Breaking(Post):
    """A post with a defect."""

    def __init__(self, *collaborators: Any) -> None:
        super().__init__(*collaborators)
        self.read = threading.Event()

    def send_due(self, keep_going: Callable[[], bool] = lambda: True) -> int:
        raise KeyError(JO)

    def read_bounces(self) -> int:
        self.read.set()
        return 0


def test_a_defect_in_sending_stops_neither_the_postman_nor_the_reading_of_what_came_back(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    post = Breaking(office.storage, FolderMailer(tmp_path), HEAD, office.clock, lambda award: PNG, tmp_path)
    postman = Postman(post)
    postman.start()
    assert post.read.wait(5)
    postman.stop()
    assert "post paused: KeyError" in caplog.text
    assert "jardins" not in caplog.text


def test_a_badge_erased_in_the_meantime_is_not_told(office: Office, server: MailServer, tmp_path: Path) -> None:
    person = office.a_person(email="amina@exemple.fr")
    office.observe(person)
    office.an_award(person)
    post = Post(office.storage, smtp(server), HEAD, office.clock, lambda award: None, tmp_path)
    assert post.send_due() == 0
    assert [message.state for message in the_messages(office)] == [CANCELLED]
    assert server.taken == []


# -- killed around DATA (A5)


@pytest.mark.parametrize(("falls", "copies"), [("before", 1), ("after", 2)])
def test_a_connection_that_falls_around_data_loses_nothing_and_doubles_one_letter_at_most(
    office: Office, server: MailServer, tmp_path: Path, falls: str, copies: int
) -> None:
    message = put(office)
    server.falls = falls
    post = a_post(office, smtp(server), tmp_path)
    assert post.send_due() == 0
    office.clock.advance(minutes=1)
    assert post.send_due() == 1
    assert [letter["Message-ID"] for letter in server.taken] == [message.message_id] * copies


def test_a_process_killed_anywhere_loses_nothing_and_doubles_one_letter_per_kill_at_most(
    office: Office, server: MailServer, tmp_path: Path
) -> None:
    mortal = MortalStorage(office.storage)
    post = a_post(office, smtp(server), tmp_path, mortal)
    for step in range(1, 8):
        server.taken.clear()
        expected = {put(office, to=f"n{number}@jardins.example").message_id for number in range(3)}
        mortal.dies_at = len(mortal.steps) + step
        with pytest.raises(Killed):
            post.send_due()
        office.clock.advance(minutes=6)
        post.send_due()
        names = [str(letter["Message-ID"]) for letter in server.taken]
        assert set(names) == expected, "none missing, and each under its own name"
        assert len(names) <= len(expected) + 1
        assert set(map(state_of, [office] * 3, the_messages(office)[-3:])) == {SENT}


def test_two_processes_share_an_outbox(office: Office, server: MailServer, tmp_path: Path) -> None:
    mailer = smtp(server)
    other = a_post(office, SmtpMailer(mailer._server, timeout=5), tmp_path)
    put(office)
    server.asked = lambda: None if other.send_due() == 0 else pytest.fail("sent by both")
    assert a_post(office, mailer, tmp_path).send_due() == 1
    assert len(server.taken) == 1


# -- TLS (W11)


def test_letters_leave_under_tls_with_the_name_and_password_of_the_service(
    office: Office, server: MailServer, tmp_path: Path
) -> None:
    server.tls, known = certificate(tmp_path)
    server.password = "phrase"
    put(office)
    mailer = smtp(server, security="starttls", authorities=known, user="badges", read_password=lambda: "phrase")
    assert a_post(office, mailer, tmp_path).send_due() == 1
    assert (len(server.taken), server.in_clear) == (1, 0)


@pytest.mark.parametrize("wrong", ["unknown", "other name", "no tls", "password"])
def test_nothing_leaves_when_the_server_is_not_the_one_we_know(
    office: Office, server: MailServer, tmp_path: Path, wrong: str
) -> None:
    name = "autre.example" if wrong == "other name" else "127.0.0.1"
    context, known = certificate(tmp_path, name)
    server.tls = None if wrong == "no tls" else context
    server.password = "phrase" if wrong == "password" else ""
    message = put(office)
    changes: dict[str, Any] = {} if wrong == "unknown" else {"authorities": known}
    if wrong == "password":
        changes |= {"user": "badges", "read_password": lambda: "autre phrase"}
    assert a_post(office, smtp(server, security="starttls", **changes), tmp_path).send_due() == 0
    assert server.taken == []
    assert state_of(office, message) == WAITING


# -- in a folder, and back


def test_without_a_mail_server_letters_are_kept_for_their_owner_alone(office: Office, tmp_path: Path) -> None:
    message = put(office)
    mailer = FolderMailer(tmp_path / "messages")
    assert a_post(office, mailer, tmp_path).send_due() == 1
    (file,) = (tmp_path / "messages").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    kept = mailer.find(message.message_id)
    assert kept is not None
    body = kept.get_body(("plain",))
    assert body is not None
    assert CANARY in body.get_content()
    assert CANARY not in str(the_messages(office))


def test_what_was_sent_long_ago_is_forgotten_with_its_copy(office: Office, tmp_path: Path) -> None:
    put(office)
    mailer = FolderMailer(tmp_path / "messages")
    post = a_post(office, mailer, tmp_path)
    post.send_due()
    waiting = put(office)
    office.clock.instant += KEPT
    post.forget_old()
    assert len(the_messages(office)) == 2, "not yet older"
    office.clock.advance(seconds=1)
    post.forget_old()
    assert the_messages(office) == (waiting,)
    assert list((tmp_path / "messages").iterdir()) == []


def test_the_copy_of_a_letter_goes_with_the_person_who_is_erased(office: Office, tmp_path: Path) -> None:
    people = [office.a_person(email=f"{name}@exemple.fr") for name in ("amina", "lucie")]
    for person in people:
        office.observe(person)
        office.an_award(person)
    post = a_post(office, FolderMailer(tmp_path / "messages"), tmp_path)
    post.send_due()
    office.issuer.holder.leaving.erase_people([people[0].id])
    post.forget_old()
    (left,) = (tmp_path / "messages").iterdir()
    assert b"lucie@exemple.fr" in left.read_bytes()
    assert [message.recipient for message in the_messages(office)] == ["lucie@exemple.fr"]


def a_report(message: Message, *, action: str = "failed", status: str = "5.1.1", headers: bool = False) -> bytes:
    kind = "text/rfc822-headers" if headers else "message/rfc822"
    return (
        f"""From: MAILER-DAEMON@example\r
Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r
\r
--B\r
Content-Type: text/plain\r
\r
Non remis.\r
--B\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example\r
\r
Final-Recipient: rfc822; jo@jardins.example\r
Action: {action}\r
Status: {status}\r
\r
--B\r
Content-Type: {kind}\r
\r
Message-ID: {message.message_id}\r
Subject: x\r
\r
--B--\r
"""
    ).encode()


@pytest.mark.parametrize("headers", [False, True])
def test_a_letter_that_comes_back_is_told_so(office: Office, tmp_path: Path, headers: bool) -> None:
    message = put(office)
    post = a_post(office, FolderMailer(tmp_path / "messages"), tmp_path)
    post.send_due()
    (tmp_path / "bounces").mkdir()
    (tmp_path / "bounces" / "1").write_bytes(a_report(message, headers=headers))
    assert post.read_bounces() == 1
    (kept,) = the_messages(office)
    assert (kept.state, kept.answer, STATES[kept.state]) == (BOUNCED, "5.1.1", "revenu")
    assert list((tmp_path / "bounces").iterdir()) == []


def test_other_reports_change_nothing(office: Office, tmp_path: Path) -> None:
    message = put(office)
    post = a_post(office, FolderMailer(tmp_path / "messages"), tmp_path)
    post.send_due()
    (tmp_path / "bounces").mkdir()
    unknown = office.issuer.desk.outbox.written(
        kind="objection_answered", to="a@b.example", values={"structure": "x", "link": "x"}, structure="s", about="a"
    )
    hostile = [
        a_report(message, action="delayed", status="4.4.1"), a_report(message, action="delivered", status="2.0.0"),
        a_report(unknown), b"", b"\x00" * 100, b"Content-Type: multipart/report; boundary=B\r\n\r\n--B--",
        f"From: x\r\nMessage-ID: {message.message_id}\r\n\r\nStatus: 5.1.1".encode(),
        a_report(message, status="5<script>"), a_report(message) * 20_000, a_report(message, action="échouée"),
    ]  # fmt: skip
    for number, content in enumerate(hostile):
        (tmp_path / "bounces" / str(number)).write_bytes(content)
    assert post.read_bounces() == 0
    assert state_of(office, message) == SENT


class BreaksOnce(MortalStorage):
    """A register with a defect that is met once."""

    why: Exception = KeyError(JO)

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if len(self.steps) == 1:
            raise self.why


def read_two_reports(office: Office, folder: Path, register: BreaksOnce) -> int:
    """How many of two reports about one letter were read."""
    message = put(office)
    a_post(office, FolderMailer(folder / "messages"), folder).send_due()
    post = a_post(office, FolderMailer(folder / "messages"), folder, register)
    (folder / "bounces").mkdir()
    for name in ("1", "2"):
        (folder / "bounces" / name).write_bytes(a_report(message))
    return post.read_bounces()


def test_a_report_that_meets_a_defect_holds_no_other_back(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert read_two_reports(office, tmp_path, BreaksOnce(office.storage)) == 1
    assert list((tmp_path / "bounces").iterdir()) == []
    assert "bounce: KeyError" in caplog.text
    assert "jardins" not in caplog.text


class AwayOnce(BreaksOnce):
    """A register that is away, once."""

    why = StorageUnavailable("Le registre était attendu.")


def test_a_report_that_cannot_be_read_today_is_kept_and_holds_no_other_back(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert read_two_reports(office, tmp_path, AwayOnce(office.storage)) == 1
    assert [file.name for file in (tmp_path / "bounces").iterdir()] == ["1"]
    assert "bounce kept: " in caplog.text
    assert "jardins" not in caplog.text
