"""A series of our own words, and the templates that travel with the package."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest
from lxml.html import fromstring

from partwork.model.address import Mailbox
from partwork.model.article import Article
from partwork.model.issue import Issue
from partwork.model.newsletter import Newsletter
from partwork.model.picture import Picture
from partwork.model.series import (
    Bullets,
    Citation,
    Heading,
    Instalment,
    Paragraph,
    Quotation,
    Sentence,
    Series,
)
from partwork.model.text import Mark, Span
from partwork.rendering.issue import rendered

TEMPLATES = Path(__file__).parents[2] / "templates"


def said(text: str, *spans: Span, of: str = "edges") -> Sentence:
    return Sentence(text, (Citation(of, "0a1b2c3d"),), spans)


def marked(text: str, words: str, mark: Mark, url: str = "") -> Span:
    start = text.index(words)
    return Span(start, start + len(words), mark, url)


STONE = "Soak a water stone for ten minutes; the maker’s leaflet on soaking says which need it."
ANGLE = "Fifteen degrees is not a law but a habit."

PART = Instalment(
    id="kn1fe002",
    number=2,
    title="One stone, one angle, ten strokes a side",
    subject="How a stone makes a blunt knife cut again",
    preheader="Ten unhurried minutes, a wet stone, and a coin that keeps the angle honest.",
    lead=(
        said("A blunt knife is not worn out; its edge has only folded over."),
        said("A stone takes away the fold and leaves a new edge in its place."),
    ),
    key_points=(
        said("One stone of middling grit does nearly all the work at home."),
        said("The angle matters less than keeping it the same from heel to tip."),
        said("You are finished when a fine burr runs along the whole edge.", of="burr"),
    ),
    body=(
        Heading("What you need on the table"),
        Paragraph(
            (
                said(
                    STONE,
                    marked(STONE, "leaflet on soaking", Mark.LINK, "https://stones.example.org/s"),
                ),
                said("Lay a damp cloth under it, so that it stays where it is."),
            )
        ),
        Heading("Finding the angle"),
        Paragraph(
            (
                said(ANGLE, marked(ANGLE, "not", Mark.EMPHASIS)),
                said("Two small coins under the spine of a kitchen knife come close to it."),
                said("Look along the blade from the front and remember what you see."),
            )
        ),
        Quotation(
            (said("Slow hands make a keen edge, quick hands a scratched one.", of="burr"),),
            "Marit Oduya, cutler",
        ),
        Heading("The strokes"),
        Bullets(
            (
                said("Push the edge over the stone as if to shave off a thin slice."),
                said("Count ten strokes, turn the knife over, and count ten again."),
                said("Feel for the burr with a fingertip, always away from the edge.", of="burr"),
                said("Halve the pressure for the last strokes.", of="burr"),
            ),
            ordered=True,
        ),
        Paragraph(
            (
                said("A newspaper tells you the rest: a sharp knife parts a page without a sound."),
                said("Where it catches, go back to the stone for that stretch alone.", of="burr"),
            )
        ),
    ),
    cautions=(
        said("A wet handle slips; dry your hands before each turn of the blade."),
        said("Serrated and ceramic knives are not for this stone.", of="burr"),
    ),
)

SERIES = Series(
    slug="sharp-enough",
    newsletter="slow-kitchen",
    title="Sharp enough",
    language="en",
    articles=("edges", "burr"),
    instalments=(
        Instalment(
            "kn1fe001",
            1,
            "Why good knives go blunt",
            "Why good knives go blunt",
            "It is the board and the drawer, more often than the onions.",
        ),
        PART,
        Instalment(
            "kn1fe003",
            3,
            "Keeping an edge between two sharpenings",
            "Keeping an edge",
            "What a steel does, what a leather strap does, and when neither helps.",
        ),
        Instalment("kn1fe004", 4, "When to hand it over", "Hand it over", "Chips and bends."),
    ),
)

NEWSLETTER = Newsletter(
    slug="slow-kitchen",
    name="The Slow Kitchen",
    sender=Mailbox("The Slow Kitchen", "letters@example.org"),
    reply_to=Mailbox("", "editor@example.org"),
    postal_address="The Slow Kitchen\n12 Mill Lane, Box 40\n01234 Exampleton",
    imprint_url="https://kitchen.example.org/imprint",
    privacy_url="https://kitchen.example.org/privacy",
    notices=("Knives are tools for grown-ups: keep them where children cannot reach.",),
    demo=True,
)

ARTICLES = {
    "edges": Article(
        "edges",
        "What an edge is made of",
        (),
        byline="Ada North",
        published_on=date(2026, 5, 3),
        source="https://blades.example.org/edges?from=letter&part=2",
    ),
    "burr": Article("burr", "The burr, explained", (), byline="Tam Okafor", source="burr.txt"),
}


@dataclass(frozen=True)
class Desk:
    """What an issue is made from; `issue` makes it, with whatever a test puts in its place."""

    part: Instalment
    series: Series
    newsletter: Newsletter
    articles: Mapping[str, Article]
    templates: Mapping[str, str]
    pictures: Mapping[str, Picture] = field(default_factory=dict)

    def issue(self, **changes: object) -> Issue:
        """The issue of the part with `changes` to it, the series around it the same."""
        part = replace(self.part, **changes)  # type: ignore[arg-type] # a test's own words
        parts = tuple(part if p.id == part.id else p for p in self.series.instalments)
        series = replace(self.series, instalments=parts)
        return rendered(
            part,
            series,
            self.newsletter,
            self.articles,
            self.templates,
            pictures=self.pictures,
        ).issue

    def lone(self, **changes: object) -> Issue:
        """The issue of an instalment that has nothing but what is given."""
        bare = Instalment("kn1fe002", 2, "Edges", "Edges", "")
        return self.with_(part=bare).issue(**changes)

    def with_(self, **changes: object) -> "Desk":
        """The same desk with another series, newsletter, … on it."""
        return replace(self, **changes)  # type: ignore[arg-type] # a test's own words

    def with_template(self, name: str, change: Callable[[str], str]) -> "Desk":
        """The desk whose template `name` somebody has changed."""
        return replace(self, templates={**self.templates, name: change(self.templates[name])})


class Reader:
    """What a reader of a mail or page would see of it."""

    def words(self, html: str) -> list[str]:
        """The words of the body that are shown, in order, in small letters."""
        body = fromstring(html).body
        for unseen in body.xpath("//style | //*[contains(@style, 'display: none')]"):
            unseen.drop_tree()
        return words_in(" ".join(body.itertext()))

    def links(self, html: str) -> list[str]:
        """Where each link goes, in order."""
        return [str(url) for url in fromstring(html).xpath("//a/@href")]

    def text(self, html: str, path: str) -> list[str]:
        """The text of each element that an XPath finds, white space collapsed."""
        found = fromstring(html).xpath(path)
        return [" ".join("".join(element.itertext()).split()) for element in found]

    def values(self, html: str, path: str) -> list[str]:
        """The attributes that an XPath finds."""
        return [str(value) for value in fromstring(html).xpath(path)]


def words_in(text: str) -> list[str]:
    """Its words in small letters."""
    return re.findall(r"[^\W_]+", text.casefold())


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="session")
def desk() -> Desk:
    names = [p.relative_to(TEMPLATES).as_posix() for p in sorted(TEMPLATES.rglob("*.*"))]
    templates = {name: (TEMPLATES / name).read_text(encoding="utf-8") for name in names}
    return Desk(PART, SERIES, NEWSLETTER, ARTICLES, templates)
