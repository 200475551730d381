"""What a free text may not hold, and how a name leaves one."""

from __future__ import annotations

import pytest

from badges.issuer.private_text import holds_a_persons_number, without_name


@pytest.mark.parametrize(
    "text",
    [
        "son numéro est 1 84 12 76 451 089 46 merci",
        "184127645108946",
        "NIR 2.85.05.78.006.084",
        "né en Corse 1 84 12 2A 451 089",
        "PASS 99999 21 12345",
        "pass iae : XXXXX2112345.",
        "999992112345",
    ],
)
def test_the_number_of_a_person_is_seen(text: str) -> None:
    assert holds_a_persons_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "A tuteuré 240 pieds de tomates en 2 h, 3 rangs de 80.",
        "Commande 2026-11-20, client au 05 55 12 34 56",
        "SIRET 012 345 678 91001",
        "SIRET 12345678900123",
        "Référence 4 006381 333931",
        "",
    ],
)
def test_ordinary_numbers_of_work_are_not_taken_for_a_person(text: str) -> None:
    assert not holds_a_persons_number(text)


def test_a_name_leaves_a_text_in_every_spelling() -> None:
    told = "Jean-Marc a montré le geste ; L’HOSTIS, jean, puis Jean-Marc L’Hostis l’a refait."
    hidden = without_name(told, "Jean-Marc L’Hostis", "la personne")
    for part in ("Jean", "Marc", "HOSTIS", "Hostis"):
        assert part.lower() not in hidden.lower()
    assert "a montré le geste" in hidden
    assert without_name("Un texte", None, "la personne") == "Un texte"
    assert without_name("Une planche d’ail", "Ai L.", "X") == "Une planche d’ail"
