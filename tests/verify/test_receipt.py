"""A receipt says what was answered, is verified by its own reader, and never passes for a badge nor a badge for it."""

from __future__ import annotations

import hashlib
import io
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest

from badges.addresses import short_code
from badges.clock import FixedClock
from badges.errors import KeyringLocked
from badges.openbadges import jws
from badges.paper.press import Press
from badges.trust import ReceiptKey, Trusted
from badges.verify import api, page, receipt_page
from badges.verify.command import main
from badges.verify.desk import Desk
from badges.verify.fetcher import CachingFetcher, NoNetwork
from badges.verify.pdf import open_pdf
from badges.verify.reading import is_receipt
from badges.verify.receipt import KIND, Receipts, make_receipt, read_receipt
from badges.verify.report import Source
from badges.verify.verifier import Policy, Verifier
from tests.web.building import Browser, a_site, some_pages
from tests.web.reading_pages import PageRead
from tests.world import EMAIL, NOW, Key, World, a_key

SERVICE = "https://badges.test"


@dataclass
class Service:
    """A verification service: its world, its key for receipts, and the list that names it."""

    world: World
    key: Key
    trusted: Trusted
    trust_text: str

    def receipt(self, *given: Any, recipient: str | None = None, key: Key | None = None) -> str:
        verifier = Verifier(self.world, FixedClock(NOW), self.world.policy())
        reports = [verifier.verify(data, recipient, name="Amina Diallo.png") for data in given]
        return make_receipt(reports, self.trusted, SERVICE, key or self.key, NOW)

    def browser(self, signer: Any = None, language: str = "fr") -> Browser:
        memory = CachingFetcher(self.world, FixedClock(NOW))
        verifier = Verifier(memory, FixedClock(NOW), self.world.policy())
        desk, pages = Desk(lambda: verifier, memory), some_pages()
        receipts = Receipts(SERVICE, signer or (lambda: self.key), lambda: self.trusted, FixedClock(NOW))
        routers = (
            api.router(desk),
            page.router(desk, pages, receipts),
            receipt_page.router(desk, receipts, pages, Press(self.world.addresses, "Réseau d’essai")),
        )
        return Browser(a_site(*routers, pages=pages), language)


@pytest.fixture
def service() -> Service:
    world, key = World(), a_key("receipt")
    receipts = (ReceiptKey(key.key_id, key.public_pem),)
    text = world.trust_text(receipts=receipts)
    return Service(world, key, world.trust(receipts=receipts), text)


def payload(text: str) -> dict[str, Any]:
    return json.loads(jws.read_unverified(text, max_size=10**6).payload)


def test_a_receipt_says_what_was_answered_and_nothing_of_the_person(service: Service) -> None:
    context = service.world.addresses.proof_context()
    profile = {"@context": context, "type": ["Extension", "extensions:RecipientProfile"], "name": "Amina Diallo"}
    badge = service.world.award(**{"extensions:recipientProfile": profile})
    text = service.receipt(badge.png(), recipient=EMAIL)
    said = payload(text)
    (result,) = said["results"]
    assert said["type"] == KIND
    assert said["service"] == SERVICE
    assert said["trust"]["version"] == service.trusted.list.version
    assert result["sha256"] == hashlib.sha256(badge.png()).hexdigest()
    assert (result["answer"], result["verdict"]) == ("yes", "valid")
    assert result["headline"]["fr"].startswith("Oui")
    assert result["verified_at"] == said["made_at"] == "2026-11-20T10:00:00Z"
    assert service.world.issuer.revocations in [source["url"] for source in result["sources"]]
    everything = json.dumps(said, ensure_ascii=False)
    for personal in ("Amina", EMAIL, badge.id, badge.document["recipient"]["identity"], "recipient"):
        assert personal not in everything


def test_the_address_of_a_hosted_badge_is_not_in_its_receipt(service: Service) -> None:
    badge = service.world.hosted(at=f"{service.world.issuer.profile}/assertions/1")
    text = service.receipt(badge.id)
    assert payload(text)["results"][0]["answer"] == "yes"
    assert badge.id not in json.dumps(payload(text))


def test_a_receipt_is_genuine_for_who_believes_the_list(service: Service) -> None:
    finding = read_receipt(service.receipt(service.world.award().png()), service.trusted, NOW)
    assert (finding.outcome, finding.code) == ("genuine", "receipt_genuine")
    assert finding.receipt is not None
    assert finding.receipt.answer == "yes"
    list_read = service.trusted.list
    assert finding.receipt.trust == (list_read.network, list_read.version, list_read.generated_at)


def test_one_receipt_holds_a_whole_drop(service: Service) -> None:
    text = service.receipt(*[b"\x89PNG%d" % number for number in range(50)], service.world.award().png())
    finding = read_receipt(text, service.trusted, NOW)
    assert finding.receipt is not None
    assert (len(finding.receipt.results), finding.receipt.answer) == (51, "no")


def resigned(text: str, signer: Key, /, **changes: Any) -> str:
    return jws.sign(json.dumps(payload(text) | changes, separators=(",", ":")).encode(), signer, max_size=10**6)


def altered(text: str) -> str:
    head, _, signature = text.split(".")
    said = json.dumps(payload(text), separators=(",", ":")).replace('"no"', '"yes"')
    return f"{head}.{urlsafe_b64encode(said.encode()).decode().rstrip('=')}.{signature}"


def test_the_long_name_of_a_stranger_spoils_no_receipt(service: Service) -> None:
    stranger = service.world.stranger
    service.world.change(stranger.profile, name="Longue " * 2000)
    finding = read_receipt(service.receipt(service.world.award(issuer=stranger).png()), service.trusted, NOW)
    assert finding.outcome == "genuine"


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("its answer was changed", "receipt_forged"),
        ("somebody else signed under the name of the key", "receipt_forged"),
        ("a key that the list does not name", "receipt_key_unknown"),
        ("the key of an issuer", "receipt_key_unknown"),
        ("of another type", "receipt_malformed"),
        ("without results", "receipt_malformed"),
        ("with an answer that is none", "receipt_malformed"),
        ("made tomorrow", "receipt_to_come"),
        ("cut short", "receipt_malformed"),
        ("a badge", "receipt_malformed"),
    ],
)
def test_what_is_not_a_receipt_of_the_network_is_told(service: Service, sentence: str, code: str) -> None:
    good = service.receipt(b"nothing of the kind")
    stranger, issuer = a_key("a stranger to receipts"), service.world.issuer.key
    text = {
        "its answer was changed": lambda: altered(good),
        "somebody else signed under the name of the key": lambda: resigned(good, stranger),
        "a key that the list does not name": lambda: service.receipt(b"x", key=stranger),
        "the key of an issuer": lambda: resigned(good, issuer, key=issuer.key_id),
        "of another type": lambda: resigned(good, service.key, type="Assertion"),
        "without results": lambda: resigned(good, service.key, results=None),
        "with an answer that is none": lambda: resigned(
            good, service.key, results=[payload(good)["results"][0] | {"answer": "perhaps"}]
        ),
        "made tomorrow": lambda: resigned(good, service.key, made_at="2026-11-21T10:00:00Z"),
        "cut short": lambda: good[:-5],
        "a badge": lambda: service.world.award().token,
    }[sentence]()
    finding = read_receipt(text, service.trusted, NOW)
    assert (finding.code, finding.receipt) == (code, None)
    assert finding.exit_code != 0


def test_without_a_list_or_with_an_old_one_nobody_knows(service: Service) -> None:
    text = service.receipt(service.world.award().png())
    assert read_receipt(text, None, NOW).code == "receipt_untrusted"
    assert read_receipt(text, service.trusted, NOW + timedelta(days=8)).code == "receipt_list_stale"


@pytest.mark.parametrize("verdict", ["valid", "invalid", "revoked", "expired", "undetermined"])
def test_a_receipt_of_each_verdict_is_read_back(service: Service, verdict: str) -> None:
    world = service.world
    revoked, expired = world.award(), world.award(expires="2026-11-19T20:00:00Z")
    world.revoke(revoked.id)
    given: dict[str, Any] = {
        "valid": world.award().png(),
        "invalid": b"a.b.c",
        "revoked": revoked.png(),
        "expired": expired.png(),
        "undetermined": short_code(revoked.id),
    }
    found = read_receipt(service.receipt(given[verdict]), service.trusted, NOW)
    assert found.outcome == "genuine"
    assert [result.verdict for result in found.receipt.results] == [verdict]  # type: ignore[union-attr]


def test_an_address_of_two_thousand_characters_stands_in_a_receipt_and_a_longer_one_does_not(service: Service) -> None:
    report = Verifier(service.world, FixedClock(NOW), service.world.policy()).verify(service.world.award().png())
    for size, kept in ((2000, True), (2001, False)):
        source = Source(f"{report.issuer.id}/".ljust(size, "a"), NOW)
        text = make_receipt([report._replace(sources=(source,))], service.trusted, SERVICE, service.key, NOW)
        receipt = read_receipt(text, service.trusted, NOW).receipt
        assert receipt is not None
        assert [address for address, _ in receipt.results[0].sources] == [source.url] * kept


def test_a_receipt_is_told_from_a_badge_by_its_beginning(service: Service) -> None:
    assert is_receipt(service.receipt(b"x").encode())
    assert is_receipt(b"\n" + service.receipt(b"x").encode() + b"\n")
    for other in (service.world.award().token.encode(), service.world.award().png(), b"", b".", b"eyJ.eyJ"):
        assert not is_receipt(other)


def test_the_verifier_of_badges_never_believes_a_receipt(service: Service) -> None:
    receipt = service.receipt(service.world.award().png())
    report = service.world.verifier(trust=service.trusted).verify(receipt)
    assert (report.answer, report.verdict, report.verified) == ("unknown", "undetermined", None)


@pytest.mark.parametrize(
    ("trust", "later", "outcome", "code"),
    [
        ("its own", 0, "unknown", "input_receipt_genuine"),
        ("its own", 8, "unknown", "input_receipt_list_stale"),
        ("its own", -1, "failed", "input_receipt_to_come"),
        ("another", 0, "unknown", "input_receipt_key_unknown"),
        (None, 0, "unknown", "input_receipt_untrusted"),
    ],
)
def test_among_badges_a_receipt_is_judged_as_what_it_is(
    service: Service, trust: str | None, later: int, outcome: str, code: str
) -> None:
    lists = {"its own": service.trusted, "another": service.world.trust(), None: None}
    verifier = Verifier(NoNetwork(), FixedClock(NOW + timedelta(days=later)), Policy(lists[trust]))
    report = verifier.verify(service.receipt(service.world.award().png()))
    told = report.require("input")
    assert (told.outcome, told.code) == (outcome, code)
    said = report.to_json()["receipt"]
    assert f"input_{said['code']}" == code
    assert (said["receipt"] is not None) is (code == "input_receipt_genuine")


def test_among_badges_a_receipt_with_something_after_it_is_false(service: Service) -> None:
    receipt = service.receipt(service.world.award().png()).encode() + "é".encode()
    told = service.world.verifier(trust=service.trusted).verify(receipt).require("input")
    assert (told.outcome, told.code) == ("failed", "input_receipt_malformed")


def test_among_badges_a_false_receipt_is_false(service: Service) -> None:
    receipt = service.receipt(service.world.award().png())
    for wrong, code in ((receipt[:-8] + "AAAAAAAA", "forged"), (receipt[:-1], "malformed")):
        report = service.world.verifier(trust=service.trusted).verify(wrong)
        assert (report.answer, report.require("input").code) == ("no", f"input_receipt_{code}")


def test_what_a_program_is_told_of_a_receipt(service: Service) -> None:
    text = service.receipt(service.world.award().png())
    said = read_receipt(text, service.trusted, NOW).to_json()
    assert said == {
        "type": "VerificationReceipt",
        "outcome": "genuine",
        "code": said["code"],
        "message": said["message"],
        "beware": said["beware"],
        "receipt": payload(text),
    }
    for sentences in (said["message"], said["beware"]):
        assert sentences.keys() == {"fr", "en"}
    assert "n’est pas un badge" in said["beware"]["fr"]


def test_a_badge_has_no_receipt(service: Service) -> None:
    assert service.world.verifier().verify(service.world.award().png()).to_json()["receipt"] is None


# -- the command --------------------------------------------------------------------------------------------------


def run(service: Service, folder: Path, data: bytes, *options: str, later: timedelta = timedelta(0)) -> tuple[int, str]:
    trust, file, out = folder / "trust.jws", folder / "x.receipt.jws", io.StringIO()
    trust.write_text(service.trust_text)
    file.write_bytes(data)
    words = [str(file), "--trust", str(trust), "--root", service.world.root_fingerprint, "--offline", *options]
    return main(words, stdout=out, environment={}, clock=FixedClock(NOW + later)), out.getvalue()


def test_the_command_tells_a_receipt_in_its_own_words(service: Service, tmp_path: Path) -> None:
    text = service.receipt(service.world.award().png()).encode()
    code, said = run(service, tmp_path, text)
    assert code == 4, "0 says that a badge is good; this is none"
    assert said.startswith("Reçu authentique")
    assert "n’est pas un badge" in said
    (line,) = [line for line in said.splitlines() if line.startswith("  Réponse")]
    assert line.startswith("  Réponse    « Oui », donnée ce jour-là sur le fichier ")
    assert "Oui : ce badge est authentique" in said
    assert f"  Liste      {service.trusted.list.network}, version {service.trusted.list.version} du " in said
    assert run(service, tmp_path, text, "--receipt")[0] == 0
    assert run(service, tmp_path, text, later=timedelta(days=8))[0] == 3


def test_the_command_refuses_a_false_receipt_and_a_badge_in_its_place(service: Service, tmp_path: Path) -> None:
    false = altered(service.receipt(b"x")).encode()
    badge = service.world.award()
    assert run(service, tmp_path, false)[0] == run(service, tmp_path, false, "--receipt")[0] == 1
    assert run(service, tmp_path, badge.png(), "--receipt")[0] == 1
    assert run(service, tmp_path, badge.token.encode(), "--receipt")[0] == 1


def test_a_program_finds_no_answer_about_a_badge_in_a_receipt(service: Service, tmp_path: Path) -> None:
    _, said = run(service, tmp_path, service.receipt(service.world.award().png()).encode(), "--json")
    told = json.loads(said)
    assert (told["type"], told["outcome"], told["receipt"]["results"][0]["answer"]) == (KIND, "genuine", "yes")
    assert {"answer", "verdict", "checks", "badge"} & set(told) == set()


# -- the doors ----------------------------------------------------------------------------------------------------


def test_the_api_gives_a_receipt_that_can_be_verified(service: Service) -> None:
    png = service.world.award().png()
    response = service.browser().ask(
        "POST", "/api/v1/verify/receipt", content=png, headers={"content-type": "image/png"}
    )
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/jose"
    assert response.headers["content-disposition"].endswith('-100000.receipt.jws"')
    finding = read_receipt(response.text, service.trusted, NOW)
    assert finding.outcome == "genuine"
    assert finding.receipt is not None
    assert finding.receipt.results[0].sha256 == hashlib.sha256(png).hexdigest()


def test_nothing_to_verify_gets_no_receipt(service: Service) -> None:
    assert service.browser().ask("POST", "/api/v1/verify/receipt", content=b"").status_code == 422


def hidden(html: str) -> str:
    return html.partition('name="text" value="')[2].partition('"')[0]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_from_the_answer_to_the_printed_page_and_the_file(service: Service, language: str) -> None:
    browser = service.browser(language=language)
    files = [("file", ("Amina.png", service.world.award().png(), "image/png")), ("text", (None, "rien"))]
    for given in (files[:1], files):
        text = hidden(browser.ask("POST", "/verifier", files=given).text)
        shown = browser.ask("POST", "/verifier/recu", data={"text": text})
        read = PageRead(shown.text)
        assert (shown.status_code, read.faults, len(read.all("h1")), read.all("script")) == (200, [], 1, [])
        assert shown.headers["cache-control"] == "no-store"
        assert "Amina" not in shown.text
        assert [tag["data-state"] for tag in read.all("span") if "data-state" in tag][:1] == ["good"]
        file = browser.ask("POST", "/verifier/recu/fichier", data={"text": hidden(shown.text)})
        assert file.text == text
        assert read_receipt(file.text, service.trusted, NOW).outcome == "genuine"


def test_a_receipt_given_to_the_page_of_badges_is_shown_as_a_receipt(service: Service) -> None:
    text = service.receipt(service.world.award().png())
    files = [("file", ("x.receipt.jws", text.encode(), "application/jose"))]
    shown = service.browser().ask("POST", "/verifier", files=files).text
    assert "Reçu authentique" in shown
    assert "n’est pas un badge" in shown


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_receipt_on_paper_carries_the_signed_one(service: Service, tmp_path: Path, language: str) -> None:
    browser, text = service.browser(language=language), service.receipt(service.world.award().png())
    paper = browser.ask("POST", "/verifier/recu/pdf", data={"text": text})
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.headers["content-disposition"] == 'attachment; filename="verification-20261120-100000.receipt.pdf"'
    assert paper.headers["cache-control"] == "no-store"
    (attached,) = open_pdf(paper.content).receipts
    assert (attached.name, attached.data.decode()) == ("verification-20261120-100000.receipt.jws", text)
    assert paper.content == browser.ask("POST", "/verifier/recu/pdf", data={"text": text}).content, "the same each time"
    code, said = run(service, tmp_path, paper.content)
    assert (code, said.startswith("Reçu authentique")) == (4, True)
    assert run(service, tmp_path, paper.content, "--receipt")[0] == 0
    words = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.content)).pages)
    assert {"fr": "Reçu de vérification", "en": "receipt"}[language].lower() in words.lower()
    shown = browser.ask("POST", "/verifier", files=[("file", ("recu.pdf", paper.content, "application/pdf"))])
    assert hidden(shown.text) == text
    (judged,) = browser.ask("POST", "/api/v1/verify", content=paper.content).json()["reports"]
    assert judged["receipt"] is not None
    assert judged["answer"] == "unknown"


def test_the_api_gives_a_receipt_on_paper_to_who_asks_for_a_pdf(service: Service) -> None:
    headers = {"content-type": "image/png", "accept": "application/pdf"}
    png = service.world.award().png()
    paper = service.browser().ask("POST", "/api/v1/verify/receipt", content=png, headers=headers)
    assert paper.headers["content-type"] == "application/pdf"
    finding = read_receipt(open_pdf(paper.content).receipts[0].data.decode(), service.trusted, NOW)
    assert finding.receipt is not None
    assert finding.receipt.results[0].sha256 == hashlib.sha256(png).hexdigest()


@pytest.mark.parametrize(("seconds", "code"), [(300, "receipt_genuine"), (301, "receipt_to_come")])
def test_a_receipt_may_be_five_minutes_ahead(service: Service, seconds: int, code: str) -> None:
    text = service.receipt(b"x")
    assert read_receipt(text, service.trusted, NOW - timedelta(seconds=seconds)).code == code


def test_nothing_false_is_printed(service: Service) -> None:
    for text in (altered(service.receipt(b"x")), service.world.award().token, "x"):
        assert service.browser().ask("POST", "/verifier/recu/pdf", data={"text": text}).status_code == 404


def test_a_false_receipt_is_shown_as_false_and_not_handed_out(service: Service) -> None:
    false = altered(service.receipt(b"x"))
    shown = service.browser().ask("POST", "/verifier/recu", data={"text": false})
    assert "Reçu faux" in shown.text
    assert 'data-state="bad"' in shown.text
    assert 'data-state="good"' not in shown.text
    assert "Le 20 novembre" not in shown.text
    assert service.browser().ask("POST", "/verifier/recu/fichier", data={"text": false}).status_code == 404


def test_a_receipt_of_a_key_that_is_not_known_is_neither_good_nor_bad(service: Service) -> None:
    strange = service.receipt(b"x", key=a_key("a stranger to receipts"))
    read = PageRead(service.browser().ask("POST", "/verifier/recu", data={"text": strange}).text)
    assert [tag["data-state"] for tag in read.all("span") if "data-state" in tag][:1] == ["unknown"]


def test_a_receipt_in_no_alphabet_of_ours_is_shown_as_none(service: Service) -> None:
    shown = service.browser().ask("POST", "/verifier/recu", data={"text": "reçu"})
    assert (shown.status_code, 'data-state="bad"' in shown.text) == (200, True)


def test_without_a_key_there_is_an_answer_and_no_receipt(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    def locked() -> Key:
        raise KeyringLocked("no passphrase")

    browser = service.browser(locked)
    files = [("file", ("x.png", service.world.award().png(), "image/png"))]
    shown = browser.ask("POST", "/verifier", files=files)
    assert shown.status_code == 200
    assert "/verifier/recu" not in shown.text
    refused = browser.ask("POST", "/api/v1/verify/receipt", files=files)
    assert (refused.status_code, bool(refused.json()["advice"])) == (503, True)
    assert [record.getMessage() for record in caplog.records] == [f"receipt: {KeyringLocked('').code}"] * 2


def test_no_receipt_is_given_that_nobody_could_verify(service: Service) -> None:
    browser = service.browser(lambda: a_key("not in the list"))
    assert browser.ask("POST", "/api/v1/verify/receipt", content=service.world.award().png()).status_code == 503


def test_a_page_of_receipts_without_one_leads_back(service: Service) -> None:
    back = service.browser().get("/verifier/recu")
    assert (back.status_code, back.headers["location"]) == (303, "/verifier")
    assert service.browser().ask("POST", "/verifier/recu", data={"text": ""}).status_code == 422
