"""Pictures, tables and code of a part: in the mail, in its text and on its page."""

from dataclasses import replace
from typing import Any

import pytest

from partwork.model.fault import Severity
from partwork.model.issue import MERGE_OPEN
from partwork.model.picture import Picture, PictureNote
from partwork.model.series import Code, Element, Figure, Heading, Sentence, Table
from partwork.model.text import Mark, Span
from partwork.rendering.issue import WHOLE_BYTES
from partwork.rendering.layout import look_of
from partwork.rendering.preflight import preflight
from partwork.rendering.seen import seen_of
from partwork.rendering.tables import in_columns, is_wide

# Fixtures of conftest.py; their classes cannot be imported from there.
Desk = Any
Reader = Any

URL = "https://letters.example.org/media/stone-0123456789abcdef.jpg"
NOTE = PictureNote("A wet stone", "Photo: Marit Oduya", "a letter of 3 May")
STONE = {"stone.jpg": Picture(URL, 1200, 800, NOTE)}
EVIL = "</td></mj-text><script>x</script>{{ secret }}{% raw %}<b>&amp;"


def code_in(html: str) -> str:
    """All code that a reader sees."""
    return "".join(run.words for run in seen_of(html).runs if run.is_code)


def table(*rows: str) -> Table:
    """A table whose cells are parted by bars."""
    header, *others = (Sentence("\t".join(row.split("|"))) for row in rows)
    return Table(header, tuple(others))


STONES = table("Stone|Grit|Minutes", "Coarse|220|2", "Middling|1,000|10")
KNIVES = table("Knife|Steel|Hardness|Angle|Strokes", "Chef’s|Carbon|62 HRC|15°|40", "Bread||55||")


def test_a_picture_has_its_size_its_words_and_who_made_it(desk: Desk, reader: Reader) -> None:
    figure = Figure("stone.jpg", Sentence("Ten strokes in.", spans=(Span(0, 3, Mark.STRONG),)))

    made = desk.with_(pictures=STONE).lone(body=(figure,))

    for html in (made.html, made.page):
        assert reader.values(html, "//img/@src") == [URL]
        assert reader.values(html, "//img/@alt") == ["A wet stone"]
        assert "a letter of 3 May" not in html
    assert reader.values(made.html, "//img/@width | //img/@height") == ["560", "373"]
    assert reader.values(made.page, "//img/@width | //img/@height") == ["1200", "800"]
    said = "<strong>Ten</strong> strokes in.<br>Photo: Marit Oduya"
    assert f">{said}</p>" in made.html
    assert f"<figcaption>{said}</figcaption>" in made.page
    assert "[Picture: A wet stone]\nTen strokes in.\nPhoto: Marit Oduya\n" in made.text
    assert URL not in made.text


def test_a_small_picture_is_not_blown_up(desk: Desk, reader: Reader) -> None:
    small = {"coin.png": Picture(URL, 200, 120, NOTE)}

    made = desk.with_(pictures=small).lone(body=(Figure("coin.png"),))

    assert reader.values(made.html, "//img/@width | //img/@height") == ["200", "120"]
    assert "max-width: 200px" in made.html


def test_a_picture_that_is_not_there_is_left_out_with_its_caption(desk: Desk) -> None:
    made = desk.with_(pictures=STONE).lone(body=(Figure("gone.jpg", Sentence("Never seen.")),))

    for shown in (made.html, made.text, made.page):
        assert "Never seen" not in shown
    assert "<img" not in made.html + made.page


def test_the_picture_is_part_of_what_is_approved(desk: Desk) -> None:
    other = {"stone.jpg": Picture(URL.replace("0123", "4567"), 1200, 800, NOTE)}

    hashes = {
        desk.with_(pictures=pictures).lone(body=(Figure("stone.jpg"),)).content_hash
        for pictures in (STONE, other)
    }

    assert len(hashes) == 2


def test_a_table_names_its_columns_and_rows(desk: Desk, reader: Reader) -> None:
    made = desk.lone(body=(STONES,))

    for html in (made.html, made.page):
        assert reader.text(html, "//th[@scope='col']") == ["Stone", "Grit", "Minutes"]
        assert reader.text(html, "//th[@scope='row']") == ["Coarse", "Middling"]
        assert reader.text(html, "//th[@scope='row']/../td") == ["220", "2", "1,000", "10"]
    assert (
        "Stone     Grit   Minutes\n--------  -----  -------\nCoarse    220    2\n"
        "Middling  1,000  10\n"
    ) in made.text


def test_marks_and_links_of_a_cell_stay_in_it(desk: Desk, reader: Reader) -> None:
    row = Sentence(
        "Coarse\tsee the maker",
        spans=(Span(0, 10, Mark.STRONG), Span(7, 20, Mark.LINK, "https://stones.example.org/")),
    )

    made = desk.lone(body=(Table(Sentence("Stone\tGrit"), (row,)),))

    assert reader.links(made.html)[0] == "https://stones.example.org/"
    assert reader.text(made.html, "//td/a") == ["see the maker"]
    assert reader.text(made.html, "//th/strong") == ["Coarse"]
    assert "Coarse  see the maker <https://stones.example.org/>" in made.text


def test_an_empty_corner_is_no_heading(desk: Desk, reader: Reader) -> None:
    made = desk.lone(body=(table("|Grit", "Coarse|220", "|1,000"),))

    for html in (made.html, made.page):
        assert reader.text(html, "//th[@scope='col']") == ["Grit"]
        assert reader.text(html, "//th[@scope='row']") == ["Coarse"]


def test_what_is_too_wide_for_a_phone_is_told_row_by_row(desk: Desk, reader: Reader) -> None:
    made = desk.lone(body=(KNIVES,))

    assert not reader.text(made.html, "//th")
    assert reader.text(made.html, "//li[strong]") == [
        "Knife: Chef’s Steel: Carbon Hardness: 62 HRC Angle: 15° Strokes: 40",
        "Knife: Bread Hardness: 55",
    ]
    assert "Knife: Chef’s\n  Steel: Carbon\n" in made.text
    assert "\n\nKnife: Bread\n  Hardness: 55\n" in made.text
    assert reader.text(made.page, "//table[@class='wide']//th[@scope='row']") == ["Chef’s", "Bread"]
    assert reader.values(made.page, "//tbody/tr[1]/td/@data-name") == [
        "Steel",
        "Hardness",
        "Angle",
        "Strokes",
    ]


@pytest.mark.parametrize(
    ("shown", "wide"),
    [
        (table("Stone|Grit|Minutes", "Middling|1,000|10"), False),
        (table("What|Why", "One stone|because a long sentence may be wrapped in its cell"), False),
        (
            table(
                "石|番手",
                "荒砥石で刃を起こしてから中砥石で整える|二百二十番から千番までの砥石を使う",
            ),
            False,
        ),
        (table("Wetzstein|Einweichzeit|Druck", "Abziehstein|Viertelstunde|leicht"), True),
        (table("a|b|c|d|e|f|g|h|i|j|k|l", "1|2|3|4|5|6|7|8|9|10|11|12"), True),
    ],
)
def test_wide_is_what_would_part_words(shown: Table, wide: bool) -> None:
    assert is_wide(shown) is wide


def test_columns_are_as_wide_as_they_look() -> None:
    assert in_columns([["刃", "x"], ["é", "y"]]) == "刃  x\n--  -\né   y"


def test_rows_that_no_line_can_hold_are_told_cell_by_cell() -> None:
    told = in_columns([["What", "Why"], ["Strop", "word " * 20]])

    assert told.splitlines()[0] == "What: Strop"
    assert all(len(line) <= 72 for line in told.splitlines())


def test_code_stays_as_it_was_typed(desk: Desk, reader: Reader) -> None:
    typed = "def hone(knife):\n\tfor side in knife:\n        side  -=  1  # {{ done }} <b>"

    made = desk.lone(body=(Code(Sentence(typed), "python"),))

    shown = typed.replace("\t", "    ")
    assert code_in(made.html) == code_in(made.page) == shown
    assert reader.values(made.page, "//pre/code/@class") == ["language-python"]
    assert "".join(f"    {line}\n" for line in shown.split("\n")) in made.text


def test_braces_in_code_are_no_placeholder_and_in_a_cell_they_are(desk: Desk) -> None:
    def rules(element: Element) -> set[str]:
        checks = preflight(desk.issue(body=(element,)), desk.newsletter)
        return {finding.rule for check in checks for finding in check.findings}

    assert rules(Code(Sentence("{{ first_name }}"))) == set()
    assert rules(table("Name", "{{ first_name }}")) == {"placeholder"}


@pytest.mark.parametrize(
    "element",
    [
        Figure("stone.jpg", Sentence(EVIL)),
        Figure("evil.jpg"),
        table(f"a{EVIL}|b", f"c|{EVIL}"),
        table(f"a{EVIL}|b|c|d|e|f|g|h", f"c|{EVIL}|1|2|3|4|5|6"),
        Code(Sentence(f"x\n{EVIL}\n{MERGE_OPEN}address"), 'sh" onload="x'),
    ],
)
def test_what_stands_in_an_element_is_shown_and_never_acts(
    desk: Desk, reader: Reader, element: Element
) -> None:
    note = PictureNote(EVIL + '" onerror="x', EVIL, "")
    evil = {**STONE, "evil.jpg": Picture('javascript:alert("x")', 100, 100, note)}

    made = desk.with_(pictures=evil).lone(body=(element,))

    for html in (made.html, made.page):
        assert not reader.text(html, "//script")
        assert not reader.values(html, "//@onerror | //@onload")
        assert "javascript:" not in html
        assert "secret" in html
    assert made.html.count(MERGE_OPEN) == desk.lone().html.count(MERGE_OPEN)


def test_a_long_mail_ends_at_a_row_and_the_page_has_all(desk: Desk) -> None:
    rows = ["Stone|Grit", *(f"row {number}.|{'word ' * 700}" for number in range(30))]

    made = desk.lone(body=(Heading("First"), STONES, Heading("Second"), table(*rows), KNIVES))

    assert WHOLE_BYTES - 5_000 < len(made.html.encode()) <= WHOLE_BYTES
    assert "Middling" in made.html
    assert "row 19." in made.html
    assert "row 29." not in made.html
    assert "62 HRC" in made.page
    assert "62 HRC" not in made.html


def test_the_editor_is_told_what_does_not_look_as_written(desk: Desk) -> None:
    wide = replace(KNIVES, header=replace(KNIVES.header, line=14))
    part = replace(
        desk.part, body=(Figure("gone.jpg", line=9), Figure("stone.jpg", line=11), wide, STONES)
    )

    found = look_of(part, {"gone.jpg": "content/media/gone.jpg is not there"})

    assert found.measured == "pictures: 2, tables: 2"
    assert [(f.rule, f.line, f.severity) for f in found.findings] == [
        ("picture", 9, Severity.NOTICE),
        ("table", 14, Severity.NOTICE),
    ]
    assert found.findings[0].message.endswith("left out: content/media/gone.jpg is not there")
