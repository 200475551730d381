"""The door for programs, knocked on for real."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from badges.catalogue.marks import read_mark
from badges.issuer.database import Database
from badges.issuer.runner import Runner
from badges.issuer.storage import Award
from badges.openbadges import png, svg

from .builders import DEBROUSSAILLER, EVERYTHING, NOW, PLANTER, Office, grid_of
from .doors import Client, a_site


@pytest.fixture
def office(sqlite_storage: Database) -> Office:
    return Office(sqlite_storage)


def a_token(office: Office, *scopes: str, structure: Any = None, staff: Any = None) -> str:
    structure = structure or office.jardins
    by = office.director if structure == office.jardins else office.neighbour
    _, secret = office.issuer.new_api_token(
        by, structure=structure.id, label="essai", scopes=scopes or EVERYTHING, staff=staff and staff.staff
    )
    return secret


@pytest.fixture
def api(office: Office) -> Client:
    return Client(a_site(office), a_token(office, staff=office.eti))


def seen(slug: str = PLANTER) -> list[dict[str, Any]]:
    from .builders import the_catalogue

    return [
        {"criterion": item.criterion, "on": item.on.isoformat(), "way": item.way, "kind": item.kind}
        for item in grid_of(the_catalogue().latest(slug))
    ]


def awarded(api: Client) -> dict[str, Any]:
    person = api.post("/api/v1/people", {"name": "Amina D."}).json()["id"]
    for item in seen():
        assert api.post(f"/api/v1/people/{person}/observations", {"slug": PLANTER, **item}).status_code == 201
    results = {item["criterion"]: "acquired" for item in seen()}
    proposal = api.post("/api/v1/proposals", {"person": person, "slug": PLANTER, "results": results}).json()
    assert proposal["progress"]["met"]
    made = api.post("/api/v1/awards", {"proposal": proposal["id"]})
    assert made.status_code == 201
    return made.json()


def test_a_badge_is_awarded_downloaded_revoked_and_listed(office: Office, api: Client) -> None:
    award = awarded(api)
    assert award["state"] == "valid"
    token = api.get(f"/api/v1/awards/{award['id']}/badge.jws")
    assert token.text == office.issuer.require_token(award["id"])
    picture = api.get(f"/api/v1/awards/{award['id']}/badge.png")
    assert picture.headers["content-type"] == "image/png"
    assert png.extract(picture.content).text == token.text
    assert read_mark(picture.content) == award["code"]
    assert picture.content == api.get(f"/api/v1/awards/{award['id']}/badge.png").content
    assert svg.extract(api.get(f"/api/v1/awards/{award['id']}/badge.svg").content).text == token.text
    revoked = api.post(f"/api/v1/awards/{award['id']}/revoke", {"reason": "awarded_in_error"})
    assert (revoked.status_code, revoked.json()["state"]) == (200, "revoked")
    assert [item["id"] for item in api.get("/api/v1/awards").json()["awards"]] == [award["id"]]


def test_a_refusal_says_everything_that_is_missing(api: Client) -> None:
    person = api.post("/api/v1/people", {}).json()["id"]
    proposal = api.post("/api/v1/proposals", {"person": person, "slug": PLANTER, "results": {"c1": "acquired"}}).json()
    assert not proposal["progress"]["met"]
    refused = api.post("/api/v1/awards", {"proposal": proposal["id"]})
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "award_refused")
    assert refused.headers["content-type"] == "application/problem+json"
    assert {item["code"] for item in problem["missing"]} == {"without_observation", "not_acquired", "days_missing"}
    assert all(item["message"].endswith(".") for item in problem["missing"])
    assert api.get(f"/api/v1/people/{person}/progress/{PLANTER}").json()["essential_total"] == 5


def test_the_same_key_gives_the_same_award_and_another_request_is_a_conflict(office: Office, api: Client) -> None:
    proposal = office.a_proposal().id
    first, again = (api.post("/api/v1/awards", {"proposal": proposal}, idempotency_key="essai-0001") for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    other = api.post("/api/v1/awards", {"proposal": office.a_proposal().id}, idempotency_key="essai-0001")
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert api.post("/api/v1/people", {}, idempotency_key="x").json()["code"] == "key_malformed"


def test_fifty_requests_at_once_under_one_key_make_one_award(office: Office) -> None:
    site, token, proposal = a_site(office), a_token(office, staff=office.eti), office.a_proposal().id
    answers: list[tuple[int, str]] = []

    def ask() -> None:
        answer = Client(site, token).post("/api/v1/awards", {"proposal": proposal}, idempotency_key="the-same-key")
        answers.append((answer.status_code, answer.json().get("id", answer.text)))

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    with office.storage.reading() as register:
        assert register.count(Award) == 1


def test_a_batch_is_planned_confirmed_and_signed_in_the_background(office: Office) -> None:
    runner = Runner(office.issuer.batches)
    api = Client(a_site(office, wake=runner.wake), a_token(office, staff=office.eti))
    rows = [{"ref": str(n), "name": f"Personne {n}"} for n in range(6)] + [{"ref": "x", "person": "nobody"}]
    plan = api.post("/api/v1/batches", {"slug": PLANTER, "grid": seen(), "rows": rows})
    assert plan.status_code == 201
    table = plan.json()
    assert (table["ready"], table["refused"], table["state"]) == (6, 1, "planned")
    assert table["rows"][-1]["problems"][0]["code"] == "person_unknown"
    assert api.post(f"/api/v1/batches/{table['id']}/confirm", {"ready": 7}).status_code == 409
    assert api.post(f"/api/v1/batches/{table['id']}/confirm", {"ready": 6}).status_code == 202
    runner.start()
    for _ in range(400):
        progress = api.get(f"/api/v1/batches/{table['id']}").json()
        if progress["state"] == "done":
            break
        threading.Event().wait(0.05)
    runner.stop()
    assert (progress["done"], progress["state"]) == (6, "done")
    award = progress["rows"][0]["award"]
    assert api.get(f"/api/v1/awards/{award}").json()["person"] == progress["rows"][0]["person"]


def test_a_batch_may_say_what_the_people_said(office: Office) -> None:
    api = Client(a_site(office), a_token(office, staff=office.eti))
    rows = [
        {"ref": "a", "name": "A"},
        {"ref": "b", "name": "B", "word": "agrees_with_comment", "comment": "Contente."},
        {"ref": "c", "name": "C", "word": "disagrees", "comment": "On était deux."},
    ]
    asked = {"slug": PLANTER, "grid": seen(), "rows": rows, "told_on": NOW.date().isoformat()}
    table = api.post("/api/v1/batches", asked).json()
    assert (table["ready"], table["refused"], table["told_on"]) == (2, 1, NOW.date().isoformat())
    assert [row["word"] for row in table["rows"]] == [None, "agrees_with_comment", "disagrees"]
    assert table["rows"][2]["problems"][0]["code"] == "person_disagrees"
    early = api.post("/api/v1/batches", asked | {"told_on": "2026-01-01"})
    assert (early.status_code, early.json()["code"]) == (422, "told_too_early")
    unknown = api.post("/api/v1/batches", asked | {"rows": [rows[0] | {"word": "peut-être"}]})
    assert unknown.status_code == 422


def test_a_second_look_from_another_structure_sees_no_person(office: Office, api: Client) -> None:
    neighbour = Client(a_site(office), a_token(office, structure=office.voisins, staff=office.neighbour))
    proposal = office.a_proposal(slug=DEBROUSSAILLER, second_structure=office.voisins.id)
    shown = neighbour.get(f"/api/v1/proposals/{proposal.id}").json()
    assert shown["person"] is None
    assert [item["id"] for item in neighbour.get("/api/v1/proposals").json()] == [proposal.id]
    look = neighbour.post(f"/api/v1/proposals/{proposal.id}/second-look", {"confirms": True})
    assert look.status_code == 201
    assert neighbour.post("/api/v1/awards", {"proposal": proposal.id}).status_code == 404
    assert api.post("/api/v1/awards", {"proposal": proposal.id}).status_code == 201


def test_a_corrected_badge_is_linked_to_the_old_one(api: Client) -> None:
    old = awarded(api)
    new = api.post(f"/api/v1/awards/{old['id']}/replace", {"name_in_badge": True})
    assert (new.status_code, new.json()["replaces"]) == (201, old["id"])
    before = api.get(f"/api/v1/awards/{old['id']}").json()
    assert (before["state"], before["revocation"]["replaced_by"]) == ("replaced", new.json()["id"])


def test_people_and_awards_are_read_page_by_page(office: Office, api: Client) -> None:
    for number in range(53):
        office.clock.advance(seconds=1)
        api.post("/api/v1/people", {"name": f"P {number}"})
    first = api.get("/api/v1/people").json()
    second = api.get("/api/v1/people?after=" + first["next"]).json()
    assert (len(first["people"]), len(second["people"]), second["next"]) == (50, 3, None)
    assert api.get("/api/v1/people?after=nonsense").status_code == 404


# -- refusals, on things that exist


def doors(office: Office) -> list[tuple[str, str, Any]]:
    """Every address with an id, on something that exists in Les Jardins."""
    person = office.a_person()
    office.observe(person)
    award = office.an_award(person)
    proposal = office.a_proposal()
    observation = office.issuer.list_observations(office.eti, person.id)[0]
    batch = office.issuer.batches.plan(office.eti, slug=PLANTER, grid=grid_of(office.entry()), rows=()).batch
    note = {"slug": PLANTER, **seen()[0]}
    return [
        ("GET", f"/people/{person.id}", None),
        ("POST", f"/people/{person.id}/link", {}),
        ("POST", f"/people/{person.id}/observations", note),
        ("GET", f"/people/{person.id}/observations", None),
        ("GET", f"/people/{person.id}/progress/{PLANTER}", None),
        ("POST", f"/observations/{observation.id}/withdraw", {}),
        ("GET", f"/proposals/{proposal.id}", None),
        ("POST", f"/proposals/{proposal.id}/word", {"word": "agrees"}),
        ("POST", f"/proposals/{proposal.id}/second-look", {"confirms": True}),
        ("GET", f"/awards/{award.uuid}", None),
        ("GET", f"/awards/{award.uuid}/badge.png", None),
        ("GET", f"/awards/{award.uuid}/badge.svg", None),
        ("GET", f"/awards/{award.uuid}/badge.jws", None),
        ("POST", f"/awards/{award.uuid}/revoke", {"reason": "not_current"}),
        ("POST", f"/awards/{award.uuid}/replace", {}),
        ("GET", f"/batches/{batch.id}", None),
        ("POST", f"/batches/{batch.id}/second-look", {"confirms": True}),
        ("POST", f"/batches/{batch.id}/confirm", {"ready": 0}),
        ("POST", f"/batches/{batch.id}/cancel", {}),
        ("POST", "/proposals", {"person": person.id, "slug": PLANTER, "results": {}}),
        ("POST", "/awards", {"proposal": proposal.id}),
    ]


def test_another_structures_things_answer_like_what_does_not_exist(office: Office) -> None:
    stranger = Client(a_site(office), a_token(office, structure=office.voisins, staff=office.neighbour))
    for method, address, body in doors(office):
        there = stranger.ask(method, "/api/v1" + address, {}, json=body)
        id = next(part for part in address.split("/")[2:] or [""] if len(part) > 20) if address.count("/") > 1 else ""
        if id:
            elsewhere = "/api/v1" + address.replace(id, "f" * len(id))
            absent = stranger.ask(method, elsewhere, {}, json=body)
        else:
            absent = stranger.ask(method, "/api/v1" + address, {}, json=body | {next(iter(body)): "f" * 30})
        assert (there.status_code, there.content) == (404, absent.content), address


def test_every_address_asks_for_a_token(office: Office) -> None:
    nobody, wrong = Client(a_site(office)), Client(a_site(office), "badges_" + "x" * 43)
    for method, address, body in doors(office):
        for client, code in ((nobody, "token_missing"), (wrong, "token_unknown")):
            answer = client.ask(method, "/api/v1" + address, {}, json=body)
            assert (answer.status_code, answer.json()["code"]) == (401, code), address


def test_no_route_is_missing_from_the_table_of_doors(office: Office) -> None:
    paths = a_site(office).openapi()["paths"]
    routes = {
        (method.upper(), route.removeprefix("/api/v1"))
        for route, methods in paths.items()
        for method in methods
        if route.startswith("/api/v1")
    }
    knocked = {(method, address) for method, address, _ in doors(office)}
    open_to_all_of_ones_own = {
        ("GET", "/structures"), ("GET", "/staff"), ("POST", "/people"), ("GET", "/people"), ("GET", "/proposals"),
        ("GET", "/awards"), ("POST", "/batches"),
    }  # fmt: skip
    unseen = routes - open_to_all_of_ones_own
    import re

    for method, address in knocked:
        unseen = {
            (m, route)
            for m, route in unseen
            if m != method or not re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route), address)
        }
    assert unseen == set()


def test_a_scope_that_is_missing_is_said_before_anything_is_looked_for(office: Office) -> None:
    reader = Client(a_site(office), a_token(office, "read", staff=office.eti))
    answer = reader.post("/api/v1/awards", {"proposal": office.a_proposal().id})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


def test_a_program_names_who_acts_and_only_in_its_own_structure(office: Office) -> None:
    site, token = a_site(office), a_token(office)
    proposal = office.a_proposal().id
    assert Client(site, token).post("/api/v1/awards", {"proposal": proposal}).status_code == 403
    stranger = Client(site, token, acting_for=office.neighbour.staff)
    assert stranger.post("/api/v1/awards", {"proposal": proposal}).status_code == 404
    eti = Client(site, token, acting_for=office.eti.staff)
    assert eti.post("/api/v1/awards", {"proposal": proposal}).status_code == 201


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/people", {"name": "A", "id": "chosen"}),
        ("/people", {"name": "A", "structure": "another"}),
        ("/people", {"name": "A\u0000"}),
        ("/people", {"name": ["A"]}),
        ("/people", {"email": "not an address"}),
        ("/people", {"name": "x" * 201}),
        ("/proposals", {"person": "p", "slug": PLANTER, "results": {"c1": "excellent"}}),
        ("/proposals", {"person": "p", "slug": PLANTER, "results": {}, "state": "awarded"}),
        ("/awards", {"proposal": "p", "revoked": False}),
        ("/awards", []),
        ("/batches", {"slug": PLANTER, "grid": [], "rows": []}),
        ("/batches", {"slug": PLANTER, "grid": [{**seen()[0], "on": 1_700_000_000}], "rows": [{"ref": "a"}]}),
    ],
)
def test_nothing_unknown_or_malformed_is_taken_in(api: Client, address: str, body: Any) -> None:
    answer = api.post("/api/v1" + address, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


def test_the_description_has_an_example_or_a_sentence_for_every_route(office: Office) -> None:
    described = a_site(office).openapi()
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            assert operation["tags"], path
    assert described["components"]["schemas"]["ObservationForm"]["examples"][0]["on"] == "2026-11-03"
