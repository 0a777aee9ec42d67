"""Contents that a mail must carry well, by name: what `tests/endure/mails.py` judges as well.

All of it is our own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from partwork.model.article import Article
from partwork.model.issue import Issue
from partwork.model.newsletter import Brand, Newsletter
from partwork.model.picture import Logo, Picture, PictureNote
from partwork.model.series import (
    Bullets,
    Code,
    Element,
    Figure,
    Heading,
    Instalment,
    Paragraph,
    Quotation,
    Sentence,
    Series,
    Table,
)
from partwork.model.text import Mark, Span
from partwork.rendering.fields import Site
from partwork.rendering.issue import rendered

PARTS_URL = "https://letters.example.org/parts"
SITE = Site(
    PARTS_URL,
    "https://letters.example.org/newsletters/slow-kitchen/archive",
    "https://letters.example.org/leave",
)
EXTRA = """
{% from "email/parts/button.mjml" import button %}
{% from "email/parts/table.mjml" import table %}
<mj-text css-class="ink">
  <h2>Grits and what they are for</h2>
  {{ table(["Stone", "Grit", "Minutes"],
           [["Coarse", "220", "2"], ["Middling", "1000", "10"], ["Fine", "6000", "4"]],
           "Three stones") }}
  {{ button("See all strokes", "https://letters.example.org/strokes") }}
</mj-text>
{% include "email/parts/divider.mjml" %}
"""
EXTRA_TEXT = """
Grits and what they are for
---------------------------

Three stones
Stone Grit Minutes
Coarse 220 2
Middling 1000 10
Fine 6000 4

See all strokes:
<https://letters.example.org/strokes>

"""
AFTER_BODY = '{% include "email/parts/navigation.mjml" %}'
AFTER_TEXT = "{% if series.parts|length > 1 %}"
STONES = ("Stone\tGrit\tMinutes", "Coarse\t220\t2", "Middling\t1,000\t10", "Fine\t6,000\t4")
KNIVES = (
    "Knife\tSteel\tHardness\tAngle\tStrokes\tStrop",
    "Chef’s\tCarbon\t62 HRC\t15°\t40\ttwice",
    "Paring\tStainless\t56 HRC\t20°\t20\t",
    "Bread\tStainless\t55 HRC\t—\tnone\tnever",
)
TYPED = "hone --angle 15 --strokes 10 --stone middling --never-in-a-hurry-at-all\n  | rinse --wet"
STROKES = 12
PICTURES = {
    f"{number}.jpg": Picture(
        f"https://letters.example.org/media/{number}.jpg",
        1200,
        800,
        PictureNote(f"The blade from above, {number} of twelve", "Photo: Marit Oduya", "a letter"),
    )
    for number in range(1, STROKES + 1)
}
FOREIGN = {
    "de": (
        "Schärfe ist keine Zauberei, sondern Übung",
        "Ein stumpfes Messer ist nicht verbraucht, nur seine Schneide hat sich umgelegt.",
        "Größe und Härte des Steins zählen weniger als ein gleichmäßiger Winkel.",
        "Wer die Klinge zu stark drückt, reißt den Grat wieder aus.",
    ),
    "ar": (
        "حجر واحد وزاوية واحدة",
        "السكين الكليلة لم تتلف، بل انثنى حدها قليلا.",
        "ضع قطعة قماش رطبة تحت الحجر حتى لا يتحرك.",
        "عد عشر ضربات لكل جانب ثم اقلب النصل.",
    ),
    "ja": (
        "砥石ひとつ、角度ひとつ",
        "切れない包丁は寿命ではなく、刃先が寝ているだけです。",
        "砥石は十分ほど水に浸し、濡れた布の上に置きます。",
        "角度を保ったまま、片側を十回ずつ研ぎます。",
    ),
}


@dataclass(frozen=True)
class Sample:
    """A part in its series; `templates` are to be used in place of those of the package."""

    part: Instalment
    series: Series
    newsletter: Newsletter
    templates: Mapping[str, str]
    logo: Logo | None = None

    def issue(self, articles: Mapping[str, Article]) -> Issue:
        """Its issue, the parts before it linked."""
        parts = tuple(self.part if p.id == self.part.id else p for p in self.series.instalments)
        series = replace(self.series, instalments=parts)
        return rendered(
            self.part,
            series,
            self.newsletter,
            articles,
            self.templates,
            site=SITE,
            logo=self.logo,
            pictures=PICTURES,
        ).issue


def samples(
    part: Instalment, series: Series, newsletter: Newsletter, templates: Mapping[str, str]
) -> dict[str, Sample]:
    """The contents by name; `part` is one of `series`, and there are a few dozen words in it."""
    usual = Sample(part, series, newsletter, templates)
    said = tuple(sentence.text for sentence in part.sentences)
    loud = replace(newsletter, crisis_notice="Call 000 now; somebody answers at any hour.")
    overdose = (Sentence("An overdose needs help at once."),)
    own = {
        **templates,
        "email/issue.mjml": _before(templates["email/issue.mjml"], AFTER_BODY, EXTRA),
        "email/issue.txt": _before(templates["email/issue.txt"], AFTER_TEXT, EXTRA_TEXT),
    }
    headline = "One stone, one angle, ten strokes a side, and a long quiet evening to find out "
    bare = {"key_points": (), "body": (), "cautions": ()}
    changes: dict[str, dict[str, Any]] = {
        "as it is": {},
        "one long article": {"body": tuple(_sections(said, 1500))},
        "six thousand words": {"body": tuple(_sections(said, 6000))},
        "too long for Gmail": {"body": tuple(_sections(said, 20_000))},
        "ten short items": {"body": tuple(_items(said))},
        "quotations and footnotes": {"body": tuple(_quoted(said))},
        "nothing but a line": {"lead": (Sentence("Nothing new."),), **bare},
        "emoji in the subject": {"subject": "Sharp 🔪 at last 👩‍🍳", "title": "Sharp 🔪 at last"},
        "a long headline": {"title": f"{headline}which of them it was that mattered"},
        "marks in the title": {"title": "Salt & <b>pepper</b> > \"fine\" 'coarse' {x}"},
        "long words": {"title": "Messerschleifsteinwasserbehälter", "lead": (Sentence("x" * 90),)},
        "an empty section": {"body": (Heading("Nothing"), Heading("Some"), _paragraph(said[:2]))},
        "a data table": {"body": (_paragraph(said[:2]), _table(STONES), _table(KNIVES))},
        "code": {"body": (_paragraph(said[:2]), Code(Sentence(TYPED), "sh"))},
        "twelve pictures": {"body": tuple(_pictures())},
        "links": {"body": (Paragraph(tuple(_linked(said[:12]))),)},
    }
    return {
        **{name: replace(usual, part=replace(part, **change)) for name, change in changes.items()},
        **{language: _in(usual, language) for language in FOREIGN},
        "a brand of its own": _branded(usual),
        "a word of help": replace(usual, part=replace(part, lead=overdose), newsletter=loud),
        "a designer's own": replace(usual, templates=own),
    }


def _branded(usual: Sample) -> Sample:
    brand = Brand(sender_name="The Slow Kitchen: knives", accent="#7a1f1f", notices=("Mind it.",))
    drawn = PictureNote("A knife on a stone", "Drawn by Tam", "drawn for us")
    by_day, by_night = (
        Picture(f"https://letters.example.org/media/{name}.png", 780, 138, drawn)
        for name in ("by-day", "by-night")
    )
    lines = ("Written at a kitchen table, two evenings a week.", "ISSN 0000-0000")
    return replace(
        usual,
        series=replace(usual.series, brand=brand),
        newsletter=replace(usual.newsletter, footer=lines),
        logo=Logo(by_day, by_night),
    )


def _before(source: str, place: str, more: str) -> str:
    start = source.index(place)
    return f"{source[:start]}{more}{source[start:]}"


def _in(usual: Sample, language: str) -> Sample:
    """The sample in another language, all of its text."""
    title, *said = FOREIGN[language]
    sentences = tuple(map(Sentence, said))
    part = replace(
        usual.part,
        title=title,
        subject=title,
        preheader=said[0],
        lead=sentences[:2],
        key_points=sentences,
        body=(Heading(title), Paragraph(sentences), Bullets(sentences, ordered=True)),
        cautions=sentences[:1],
    )
    series = replace(usual.series, language=language, title=title)
    return replace(usual, part=part, series=series)


def _paragraph(said: tuple[str, ...]) -> Paragraph:
    return Paragraph(tuple(map(Sentence, said)))


def _sections(said: tuple[str, ...], words: int) -> Iterator[Element]:
    """So many words, in sections of a heading and five paragraphs."""
    told = section = 0
    while told < words:
        section += 1
        yield Heading(f"Evening {section}")
        for start in range(5):
            run = tuple(said[(section * 7 + start * 3 + i) % len(said)] for i in range(5))
            told += sum(len(sentence.split()) for sentence in run)
            yield _paragraph(run)


def _items(said: tuple[str, ...]) -> Iterator[Element]:
    for number in range(10):
        yield Heading(f"Item {number + 1}: {said[number].split()[0].lower()}", 3)
        yield _paragraph((said[-number - 1],))


def _quoted(said: tuple[str, ...]) -> Iterator[Element]:
    for number in range(4):
        yield _paragraph((f"{said[number]} [{number + 1}]",))
        yield Quotation((Sentence(said[-number - 1]),), "Marit Oduya, cutler" if number % 2 else "")
    yield Heading("Notes")
    yield Bullets(tuple(Sentence(f"A cutler's table, sheet {n}.") for n in range(1, 5)), True)


def _table(rows: tuple[str, ...]) -> Table:
    header, *others = map(Sentence, rows)
    return Table(header, tuple(others))


def _pictures() -> Iterator[Element]:
    for number, name in enumerate(PICTURES):
        yield Figure(name, Sentence(f"Stroke {number + 1}") if number % 3 else None)


def _linked(said: tuple[str, ...]) -> Iterator[Sentence]:
    for number, text in enumerate(said):
        url = f"https://stones.example.org/{number}?" + "long=1&" * 20
        yield Sentence(text, spans=(Span(0, len(text), Mark.LINK, url),))
