"""Pages as people paste them, labelled line by line by people who had not seen the cleaner.

No weight was fitted on them and no pattern made from them; thresholds, traits and the rules for
titles and lists were chosen with a look at them, so what they count is no held-out figure.

A dump in `dumps/` opens with a line on what it is; below, each line is a label, `|` and the raw
line. Blank lines are blank lines. All names, places and figures in them are made up.

    T  the title             +  the article          -kind  boilerplate of that kind
    M  byline, date, deck    !  the article, though it sounds like boilerplate
    .  markup without words  ~  promotion within the article: it stays, and is flagged
                             ?  people differ

T, +, !, ~ and - have one right outcome each, M, . and ? may end as they like.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from partwork.actions.clean import clean
from partwork.model.article import Block, Cleaned, normalised

DUMPS = sorted((Path(__file__).parent / "dumps").iterdir())

# Lines that end wrong today, by their numbers in the file, `8-13` for a run of them. The test
# fails as well when one of them ends right: strike it out, so that the table can only shrink.
WRONG = {
    "advice_column.txt": "30 44 74 76 78 80 82",
    "blog_service_timeline.txt": "5 7",
    "blog_theme_ferns.txt": "26-30",
    "blogger_slow_bus.txt": "57",
    "broadcaster_nosebleeds.txt": "56-58",
    "clinic_migraine.txt": "44-46",
    "clinic_night_panic_faq.txt": "62",
    "creator_allotment.txt": "74",
    "developer_site_cookies.txt": "90",
    "devto_tuesday_logout.txt": "38 43 61 108",
    "forum_essay.txt": "22",
    "hospital_bronchoscopy.txt": "67",
    "jetpack_almond_coins.txt": "21",
    "letters_bicycles.html": "10 41-42 47 52",
    "linkedin_night_shift_letter.txt": "54 56",
    "longread_dead_letters.txt": "92-93 117",
    "mail_newsletter.txt": "7 12 63 68 70 72-73",
    "medium_pianos.txt": "67",
    "microblog_poem.txt": "57 76",
    "museum_fans_interview.txt": "46",
    "news_flood.txt": "37 63-64",
    "physio_stiff_ankle.txt": "48",
    "press_release_lichen.txt": "4",
    "professional_network_letter.txt": "9",
    "recipe_barley_buns.txt": "29 42 50 60 103-106 116 132-133 141 149-150",
    "recipe_soup.txt": "18",
    "regional_ferry_fares.txt": "52",
    "studio_interview.txt": "12 48-49 54 68-69",
    "substack_logbooks.txt": "53 58",
    "substack_notices_room.txt": "8 14 115",
    "tech_essays_advertising.txt": "14-15 17-23 52",
    "tv_boil_notice.txt": "46-49 73",
    "vocal_house_instructions.txt": "103",
    "wellness_magazine_lamps.txt": "28 121 199-200 202 205",
}


def known_in(name: str) -> set[int]:
    runs = [run.partition("-") for run in WRONG.get(name, "").split()]
    return {n for first, _, last in runs for n in range(int(first), int(last or first) + 1)}


@dataclass(frozen=True)
class Line:
    """`number` counts from 1 in the dump's file."""

    number: int
    label: str
    text: str


def labelled(dump: Path) -> list[Line]:
    lines = dump.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    split = [(number, *line.partition("|")) for number, line in enumerate(lines[1:], start=2)]
    return [Line(number, label.strip(), text) for number, label, _, text in split]


def ends_right(line: Line, *, title: str, kept: bool, flagged: bool, lifted: bool) -> bool:
    match line.label[:1]:
        case "T":
            return normalised(line.text) == normalised(title)
        case "+" | "!":
            return kept
        case "~":
            return kept and flagged
        case "-":
            return not kept and not lifted
    return True


def wrong_in_text(lines: list[Line], clean: Cleaned) -> Iterator[Line]:
    """By line numbers: every block of a plain text knows its own."""
    article = clean.article
    first = lines[0].number - 1
    block_at = {
        number + first: block
        for block in article.blocks
        for number in range(block.first_line, block.last_line + 1)
    }
    lifted = {normalised(text) for text in (article.title, article.deck, article.byline)}
    for line in lines:
        block = block_at.get(line.number)
        if not ends_right(
            line,
            title=article.title,
            kept=block is not None,
            flagged=block is not None and block.flag is not None,
            lifted=normalised(line.text) in lifted,
        ):
            yield line


INLINE = re.compile(r"</?(?:a|em|i|span|strong)\b[^>]*>")
CELL = re.compile(r"</?t[hd]\b[^>]*>")
TAG = re.compile(r"<[^>]*>")


def pieces(line: Line) -> list[str]:
    """The texts of the elements on a line of HTML, as a reader would see them."""
    texts = TAG.split(CELL.sub("\t", INLINE.sub("", line.text)))
    return [piece for text in texts if (piece := normalised(html.unescape(text)))]


def stands_in(piece: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", text) is not None


def wrong_in_html(lines: list[Line], clean: Cleaned) -> Iterator[Line]:
    """By words: boilerplate may not stand in what is left when the article is taken away."""
    article = clean.article
    kept = [(line, b.flag) for b in article.blocks for line in map(normalised, units(b))]
    body = {piece for line in lines if line.label in ("+", "!", "~") for piece in pieces(line)}
    rest = [line for line, _ in kept if line not in body]
    lifted = {normalised(text) for text in (article.title, article.deck, article.byline)}
    for line in lines:
        within = [line for line, _ in kept] if line.label in ("+", "!", "~") else rest
        for piece in pieces(line):
            if not ends_right(
                Line(line.number, line.label, piece),
                title=article.title,
                kept=any(stands_in(piece, text) for text in within),
                flagged=any(flag and stands_in(piece, text) for text, flag in kept),
                lifted=piece in lifted,
            ):
                yield line
                break


def units(block: Block) -> list[str]:
    return block.text.split("\n")


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_a_dump_keeps_its_article_and_loses_the_page_around_it(dump):
    lines = labelled(dump)
    raw = "\n".join(line.text for line in lines).encode()

    result = clean(raw, dump.name).result

    find = wrong_in_html if dump.suffix == ".html" else wrong_in_text
    wrong = {line.number: line for line in find(lines, result)}
    known = known_in(dump.name)
    report = [
        f"{dump.name}:{line.number}: {line.label} {line.text[:80]!r}"
        for number, line in wrong.items()
        if number not in known
    ]
    assert not report, "\n".join(["these lines end wrong:", *report])
    assert known <= wrong.keys(), f"right now, strike out: {sorted(known - wrong.keys())}"


KINDS = {
    *("furniture", "dateline", "bio", "comments", "share", "related", "signup", "consent"),
    *("legal", "advert", "caption", "tags", "wall", "contents"),
}


def test_the_dumps_show_every_kind_of_boilerplate_and_enough_that_only_sounds_like_it():
    labels = Counter(line.label for dump in DUMPS for line in labelled(dump))

    assert len(DUMPS) == 40
    assert set(WRONG) <= {dump.name for dump in DUMPS}
    assert not [kind for kind in KINDS if labels[f"-{kind}"] < 5]
    assert labels["~"] >= 5
    assert labels["!"] >= 60
    assert set(labels) <= {"T", "M", "+", "!", "?", "~", ".", "", "-hidden"} | {
        f"-{kind}" for kind in KINDS
    }
