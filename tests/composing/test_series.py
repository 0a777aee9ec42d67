from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partwork.composing.faults import faults
from partwork.composing.risk import denies_risk, is_caveat
from partwork.composing.sentences import sentences_in
from partwork.composing.series import (
    Composition,
    NothingToCompose,
    WrongNumberOfParts,
)
from partwork.composing.series_faults import repeated
from partwork.composing.voice import is_first_person, is_story, leans
from partwork.model.article import Article, Category, normalised
from partwork.model.series import Division, Heading, Paragraph, Quotation, Sentence

Compose = Callable[..., Composition]


def own_voice(composition: Composition) -> Iterator[Sentence]:
    """Every sentence that the newsletter says itself."""
    for part in composition.instalments:
        quoted = {s for e in part.body if isinstance(e, Quotation) for s in e.sentences}
        yield from (s for s in part.sentences if s not in quoted)


def everything(composition: Composition) -> str:
    return " ".join(s.text for part in composition.instalments for s in part.sentences)


@pytest.mark.parametrize(
    ("division", "parts"),
    [(Division.ARTICLE, None), *((Division.THEME, parts) for parts in (None, 1, 2, 3, 5))],
)
def test_what_the_writer_makes_has_no_faults(
    articles: tuple[Article, ...], compose: Compose, division: Division, parts: int | None
) -> None:
    made = compose(articles, division=division, parts=parts)
    by_slug = {a.slug: a for a in articles}

    assert [f for p in made.instalments for f in faults(p, by_slug, f"{p.number}.md")] == []
    assert repeated(made.instalments, [f"{p.number}.md" for p in made.instalments]) == ()
    assert [p.number for p in made.instalments] == list(range(1, len(made.instalments) + 1))
    assert parts is None or len(made.instalments) == parts
    assert len({p.title for p in made.instalments}) == len(made.instalments)


def test_every_sentence_is_verbatim_from_a_block_it_cites(
    articles: tuple[Article, ...], compose: Compose
) -> None:
    blocks = {(a.slug, b.digest): b for a in articles for b in a.blocks}

    for part in compose(articles).instalments:
        for sentence in part.sentences:
            cited = [normalised(blocks[c.article, c.block].text) for c in sentence.citations]
            assert any(normalised(sentence.text) in text for text in cited), sentence


@pytest.mark.parametrize("parts", [None, 1, 4])
def test_every_caveat_of_the_articles_is_in_some_part(
    articles: tuple[Article, ...], compose: Compose, parts: int | None
) -> None:
    text = normalised(everything(compose(articles, parts=parts)))
    caveats = [
        sentence
        for article in articles
        for block in article.blocks
        if block.flag is None and block.level == 0
        for line in block.text.splitlines()
        for sentence in sentences_in(line)
        if is_caveat(sentence) and not denies_risk(sentence)
    ]

    assert len(caveats) > 10
    for caveat in caveats:
        rest = normalised(caveat).partition(" ")[2]  # a connective may have been left away
        assert rest in text, caveat


def test_the_newsletter_speaks_in_no_ones_voice(
    articles: tuple[Article, ...], compose: Compose
) -> None:
    for sentence in own_voice(compose(articles)):
        assert not is_first_person(sentence.text)
        assert not is_story(sentence.text)
        assert not denies_risk(sentence.text)


def test_what_is_flagged_or_told_stays_out_and_is_reported(
    articles: tuple[Article, ...], compose: Compose
) -> None:
    made = compose(articles)

    for unwanted in ("Greenbox", "Ingrid", "wrapped it in wool", "old socks", "city that never"):
        assert unwanted not in everything(made)
    report = "\n".join(made.left_out)
    for reason in ("flagged as promotion", "one person's story", "denies a risk", "first person"):
        assert reason in report


def test_no_paragraph_and_no_list_of_points_opens_with_a_dangling_word(
    articles: tuple[Article, ...], compose: Compose
) -> None:
    for part in compose(articles).instalments:
        openers = [e.sentences[0] for e in part.body if isinstance(e, Paragraph)]
        for sentence in (*part.lead[:1], *part.key_points, *openers):
            assert not leans(sentence.text), sentence


def test_a_point_of_two_articles_is_made_once_with_both_sources(
    articles: tuple[Article, ...], compose: Compose
) -> None:
    said = [
        s
        for part in compose(articles).instalments
        for s in part.sentences
        if s.text.startswith("Bacteria need air")
    ]

    assert len(said) == 1
    assert [c.article for c in said[0].citations] == ["garden-compost", "my-first-heap"]


def test_quotations_name_who_speaks(articles: tuple[Article, ...], compose: Compose) -> None:
    said = {
        e.speaker: " ".join(s.text for s in e.sentences)
        for part in compose(articles).instalments
        for e in part.body
        if isinstance(e, Quotation)
    }

    assert said["Tomas Lund, a soil scientist"].startswith("A heap without air is a swamp")
    assert said["Ada Roth"].endswith("never ask for more than peelings.")
    assert "wear a mask" in said["Berit Aasen"]  # the author's own caveat, in her own voice


def test_a_list_keeps_its_announcement(articles: tuple[Article, ...], compose: Compose) -> None:
    for part in compose(articles).instalments:
        for before, after in pairwise(part.body):
            announces = isinstance(before, Paragraph) and before.sentences[-1].text.endswith(":")
            assert not (announces and isinstance(after, Paragraph | Heading))


def test_parts_go_from_the_general_to_the_practical(
    articles: tuple[Article, ...], compose: Compose
) -> None:
    titles = [part.title.lower() for part in compose(articles, parts=5).instalments]

    risks = next(n for n, title in enumerate(titles) if "risks" in title)
    basics = next(n for n, title in enumerate(titles) if title.startswith("what is"))
    assert basics < risks


def test_a_part_for_each_article_has_its_title_unless_that_speaks_of_its_author(
    articles: tuple[Article, ...], compose: Compose
) -> None:
    made = compose(articles, division=Division.ARTICLE)

    assert [part.title for part in made.instalments] == [
        "Compost for Beginners",
        "Five Years of Compost",  # the whole is "My First Heap: Five Years of Compost"
        "Compost on a Balcony",
        "Winter Compost",
        "Compost Tea",
    ]


def test_the_same_articles_make_the_same_series(
    articles: tuple[Article, ...], compose: Compose
) -> None:
    assert compose(articles) == compose(articles)


def test_more_parts_than_the_material_gives_are_refused_with_the_number_it_gives(
    articles: tuple[Article, ...], compose: Compose
) -> None:
    with pytest.raises(WrongNumberOfParts) as refused:
        compose(articles, parts=100)

    most = refused.value.possible
    assert f"{most} parts at most" in str(refused.value)
    assert len(compose(articles, parts=most).instalments) == most
    with pytest.raises(WrongNumberOfParts, match="at least 1"):
        compose(articles, parts=0)
    with pytest.raises(WrongNumberOfParts, match="makes 5, not 3"):
        compose(articles, division=Division.ARTICLE, parts=3)


def test_articles_that_give_nothing_are_refused(
    articles: tuple[Article, ...], compose: Compose
) -> None:
    flagged = replace(
        articles[0],
        blocks=tuple(replace(b, flag=Category.PROMOTION) for b in articles[0].blocks),
    )

    with pytest.raises(NothingToCompose, match="no articles"):
        compose([])
    with pytest.raises(NothingToCompose, match="garden-compost: every block is flagged"):
        compose([flagged])
    with pytest.raises(NothingToCompose, match="empty-one: nothing in it"):
        compose([replace(articles[0], slug="empty-one", blocks=())])


def test_a_language_without_tables_still_composes(
    article_of: Callable[..., Article], compose: Compose
) -> None:
    german = article_of(
        "kompost",
        """
# Was Kompost ist

So entsteht aus Laub und Schalen in einem Jahr dunkle Erde. Ein Haufen von 60 Litern wird im Sommer
warm und sinkt um ein Drittel.

# Wie man beginnt

Ein schattiger Platz im Garten genügt für den Anfang. In der Erde leben Würmer, die von unten in
den Haufen kriechen.
""",
        language="de",
    )
    made = compose([german], language="de")

    assert "So entsteht aus Laub und Schalen in einem Jahr dunkle Erde." in everything(made)
    assert [f for p in made.instalments for f in faults(p, {"kompost": german}, "1.md")] == []


VOCABULARY = (
    "heap worm leaf frost But And It She I we not risk 60 two % “ ” . , : ? ! — Ada Norwood"
)
WORDS = st.sampled_from(VOCABULARY.split(" "))
BLOCKS = st.lists(
    st.tuples(st.sampled_from(["", "# ", "* ", "> "]), st.lists(WORDS, min_size=1, max_size=30)),
    min_size=1,
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60, deadline=None)
@given(blocks=BLOCKS, division=st.sampled_from(Division))
def test_whatever_is_read_composes_without_faults_or_is_refused(
    article_of: Callable[..., Article],
    compose: Compose,
    blocks: list[tuple[str, list[str]]],
    division: Division,
) -> None:
    odd = article_of("odd", "\n\n".join(mark + " ".join(words) for mark, words in blocks))
    try:
        made = compose([odd], division=division)
    except NothingToCompose:
        return
    found = [f for p in made.instalments for f in faults(p, {"odd": odd}, "1.md")]

    assert [f for f in found if f.rule != "preheader"] == []
    assert repeated(made.instalments, ["1.md"] * len(made.instalments)) == ()
