"""The 46 pictures as committed: drawn from their badges' own data, light, legible, and each its own."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops

from badges.catalogue import artwork
from badges.catalogue.artwork import PAPER, SHAPES, Subject, draw, draw_all, palette_of, pictograms, render
from badges.catalogue.definition import FAMILIES
from badges.catalogue.library import Catalogue, Entry, shipped_criteria
from badges.catalogue.marks import art_digest
from badges.catalogue.picture import PictureTemplate, read_pictures, sha256
from badges.errors import CatalogueError

CRITERIA = shipped_criteria()
ENTRIES = list(Catalogue.open(CRITERIA).entries())
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=ENTRIES, ids=[entry.slug for entry in ENTRIES])
def entry(request: pytest.FixtureRequest) -> Entry:
    found = request.param
    assert isinstance(found, Entry)
    return found


def picture(entry: Entry, form: str = "png") -> bytes:
    return (entry.folder / f"picture.{form}").read_bytes()


def light(colour: tuple[int, int, int]) -> float:
    """Relative luminance, WCAG 2."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


def a_subject(**facts: object) -> Subject:
    return replace(Subject.of(ENTRIES[0]), **facts)  # type: ignore[arg-type]


def test_every_version_has_its_pictures_and_its_line() -> None:
    assert [*read_pictures(CRITERIA)] == [(entry.slug, entry.version) for entry in ENTRIES]
    assert len(ENTRIES) >= 46


def test_the_files_are_those_whose_digests_are_recorded(entry: Entry) -> None:
    line = read_pictures(CRITERIA)[entry.slug, entry.version]
    png = picture(entry)
    assert (line.svg, line.png, line.art) == (sha256(picture(entry, "svg")), sha256(png), art_digest(png))


def test_drawing_again_from_the_badge_s_data_gives_the_committed_drawing(entry: Entry) -> None:
    assert draw(Subject.of(entry)).encode() == picture(entry, "svg")


def test_the_png_is_600_wide_light_and_of_few_colours(entry: Entry) -> None:
    data = picture(entry)
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert image.size == (600, 600)
        assert len(image.convert("RGB").getcolors() or ()) <= 16
    assert len(data) < 15_000


def test_the_png_is_a_template_and_stays_under_60_kb_once_awarded(entry: Entry) -> None:
    template = PictureTemplate.from_png(picture(entry), "HTTPS://BADGES.EXAMPLE.ORG/B/")
    assert len(template.bake("x" * 16_000, "0123456789AB")) < 60_000


def test_the_drawing_says_in_words_what_it_shows(entry: Entry) -> None:
    root = ElementTree.fromstring(picture(entry, "svg"))
    assert root.findtext(f"{SVG}title") == entry.definition.title
    assert root.findtext(f"{SVG}desc") == entry.around.picture_alt
    named = root.attrib["aria-labelledby"].split()
    assert named == [root.find(f"{SVG}title").attrib["id"], root.find(f"{SVG}desc").attrib["id"]]  # type: ignore[union-attr]


def test_the_drawing_needs_no_font_and_runs_nothing(entry: Entry) -> None:
    drawing = picture(entry, "svg").decode()
    kinds = set(re.findall(r"<([a-z]+)", drawing))
    assert kinds <= {"svg", "title", "desc", "g", "path", "circle"}
    assert not re.search(r"href|url\(|style|font", drawing.split("</desc>")[1])


def test_no_two_badges_share_a_pictogram() -> None:
    icons = [entry.around.picture_icon for entry in ENTRIES]
    assert len(set(icons)) == len({entry.slug for entry in ENTRIES})
    assert set(icons) <= set(pictograms())


def test_family_colours_are_read_on_paper_and_told_apart_in_greyscale() -> None:
    colours = [SHAPES[family].colour for family in FAMILIES]
    assert all(contrast(colour, PAPER) >= 4.5 for colour in colours)
    assert all(abs(light(one) - light(other)) > 0.008 for one, other in combinations(colours, 2))


def test_family_silhouettes_differ_without_colour_at_96_pixels() -> None:
    silhouettes = []
    for family in FAMILIES:
        with Image.open(io.BytesIO(render(draw(a_subject(family=family, title="—")), family))) as image:
            silhouettes.append(image.convert("L").resize((96, 96)).point(lambda value: 255 * (value > 128)))
    for one, other in combinations(silhouettes, 2):
        different = ImageChops.difference(one, other).histogram()[255]
        assert different > 96 * 96 * 0.03


def test_neighbours_of_one_family_are_told_apart_by_their_pictogram() -> None:
    """Cropped to the pictogram, in grey, at 96 pixels: what is left when nothing can be read."""
    for family in FAMILIES:
        seen = {}
        for entry in (entry for entry in ENTRIES if entry.definition.family == family):
            with Image.open(entry.folder / "picture.png") as image:
                small = image.convert("L").crop((190, 50, 410, 260)).resize((35, 34))
            seen[entry.slug] = small.point(lambda value: 255 * (value > 128))
        for one, other in combinations(seen, 2):
            different = ImageChops.difference(seen[one], seen[other]).histogram()[255]
            assert different > 35 * 34 * 0.08, (one, other)


def test_titles_keep_inside_their_shape(entry: Entry) -> None:
    size, lines = artwork._set_title(entry.definition.title, SHAPES[entry.definition.family])
    assert size >= 32
    assert len(lines) <= 3
    assert " ".join(lines).replace("\u00a0", " ") == entry.definition.title


def test_a_participation_is_seen_to_be_one() -> None:
    assert "Participation" not in draw(a_subject())  # words are outlines: the rim must say it too
    assert "stroke-dasharray" in draw(a_subject(kind="participation"))
    assert "stroke-dasharray" not in draw(a_subject(kind="competence"))


def test_every_level_draws_as_many_dots_as_it_counts() -> None:
    for level in (1, 2, 3, 4):
        assert draw(a_subject(level=level)).count('r="8"') == level


def test_text_that_looks_like_markup_stays_text() -> None:
    hostile = 'Tri <script>&"'
    root = ElementTree.fromstring(draw(a_subject(title=hostile, alt=hostile)))
    assert root.findtext(f"{SVG}title") == hostile


def test_a_title_too_long_for_three_lines_is_refused_by_name() -> None:
    with pytest.raises(CatalogueError, match="trois lignes"):
        draw(a_subject(title="Organiser la production " * 8))


def test_an_unknown_pictogram_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CatalogueError) as refusal:
        draw(a_subject(icon="licorne"))
    assert "carrot" in refusal.value.advice


def test_pixels_use_only_the_colours_known_beforehand() -> None:
    for family in FAMILIES:
        palette = palette_of(family)
        assert len(palette) <= 16
        assert len(set(palette)) == len(palette)


def test_rendering_here_looks_like_the_committed_picture() -> None:
    """Another renderer may change bytes, never what one sees."""
    entry = ENTRIES[0]
    again = render(picture(entry, "svg").decode(), entry.definition.family)
    with Image.open(io.BytesIO(again)) as one, Image.open(entry.folder / "picture.png") as other:
        difference = ImageChops.difference(one.convert("L"), other.convert("L")).histogram()
    assert sum(difference[64:]) < 600 * 600 * 0.002


def test_drawing_all_again_keeps_what_did_not_change(tmp_path: Path) -> None:
    folder = tmp_path / "techniques" / "tec-peinture" / "0.1.0"
    folder.mkdir(parents=True)
    source = CRITERIA / "techniques" / "tec-peinture" / "0.1.0"
    for name in ("definition.toml", "around.toml"):
        (folder / name).write_bytes((source / name).read_bytes())
    first = draw_all(tmp_path)
    stamp = (folder / "picture.png").stat().st_mtime_ns
    assert draw_all(tmp_path) == first == list(read_pictures(tmp_path).values())
    assert (folder / "picture.png").stat().st_mtime_ns == stamp
    (folder / "picture.png").write_bytes(b"lost")
    assert draw_all(tmp_path) == first


def test_the_sheet_shows_all_of_them() -> None:
    with Image.open(io.BytesIO(artwork.sheet(CRITERIA, size=24, columns=8, grey=True))) as sheet:
        assert sheet.size == (8 * 26 + 2, -(-len(ENTRIES) // 8) * 26 + 2)
