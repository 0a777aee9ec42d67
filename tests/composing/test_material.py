from collections.abc import Callable

from partwork.composing.material import sections_of
from partwork.composing.passages import PassageKind
from partwork.composing.repeats import without_repeats
from partwork.model.article import Article, Block, BlockKind
from partwork.model.text import Mark, Span

ArticleOf = Callable[..., Article]


def said(article: Article) -> list[str]:
    sections, _ = sections_of(article, is_english=True)
    return [s.text for section in sections for p in section.passages for s in p.all_statements]


def test_a_sentence_that_leans_stays_with_the_one_before(article_of: ArticleOf) -> None:
    sections, _ = sections_of(
        article_of(
            "a", "Worms need air and water. They die without either. Straw holds a lot of water."
        ),
        is_english=True,
    )

    runs = [[s.text for s in p.statements] for p in sections[0].passages]
    assert runs == [
        ["Worms need air and water.", "They die without either."],
        ["Straw holds a lot of water."],
    ]


def test_what_leans_on_a_sentence_left_out_goes_too_but_a_caveat_stays(
    article_of: ArticleOf,
) -> None:
    article = article_of("a", "Who would not want a heap? It smells of earth. It can harm lungs.")

    assert said(article) == ["It can harm lungs."]


def test_a_caveat_inside_a_story_stays_and_the_person_goes(article_of: ArticleOf) -> None:
    article = article_of(
        "a",
        """
Consider Ingrid, a teacher with a cough. Her heap was dry. Nobody with asthma should turn a dry
heap; spores can cause an attack. She wears a mask now.
""",
    )

    assert said(article) == [
        "Nobody with asthma should turn a dry heap; spores can cause an attack."
    ]


def test_a_caveat_of_a_pronoun_is_merged_with_the_one_that_names_the_subject(
    article_of: ArticleOf,
) -> None:
    named = article_of("named", "Worm boxes are not for everyone, least of all in a warm flat.")
    bare = article_of("bare", "We are done here with praise. It’s not for everyone.")
    sections = [s for a in (named, bare) for s in sections_of(a, is_english=True)[0]]

    (section,) = without_repeats(sections)
    (statement,) = section.passages[0].statements
    assert [c.article for c in statement.citations] == ["named", "bare"]


def test_a_list_without_its_announcement_is_left_out_but_for_its_caveats(
    article_of: ArticleOf,
) -> None:
    article = article_of("a", "My three friends are:\n\n* A spade\n* Never add meat\n* A fork")

    assert said(article) == ["Never add meat"]


def test_an_item_that_another_list_has_already_is_merged(article_of: ArticleOf) -> None:
    one = article_of("one", "Good places for a heap are:\n\n* Cellars and dry pantries\n* Hedges")
    two = article_of("two", "A box can stand in:\n\n* Dry cellars\n* Kitchens")
    sections = [s for a in (one, two) for s in sections_of(a, is_english=True)[0]]

    items = [
        s
        for section in without_repeats(sections)
        for p in section.passages
        if p.kind is PassageKind.LIST
        for s in p.statements
    ]
    assert [i.text for i in items] == ["Cellars and dry pantries", "Hedges", "Kitchens"]
    assert [c.article for c in items[0].citations] == ["one", "two"]


def test_marks_are_counted_from_the_start_of_their_sentence_and_links_stay_behind() -> None:
    text = "Straw is brown. Worms love straw very much."
    spans = (
        Span(text.index("love"), text.index("love") + 4, Mark.EMPHASIS),
        Span(text.index("straw"), text.index("straw") + 5, Mark.LINK, "https://example.org/"),
    )
    article = Article("a", "A", (Block(BlockKind.PARAGRAPH, text, spans=spans),))

    sections, _ = sections_of(article, is_english=True)
    last = sections[0].passages[-1].statements[0]
    assert last.spans == (Span(6, 10, Mark.EMPHASIS),)


def test_a_persons_words_are_used_where_the_sentence_before_says_whose(
    article_of: ArticleOf,
) -> None:
    said_by = "“The heap was cold,” says Ada Roth, who keeps worms."
    bare = "“I gave them straw and they came back.”"
    other = "Worms need air and water."

    assert said(article_of("a", f"{said_by} {bare}")) == [said_by, bare]
    assert said(article_of("a", f"{other} {bare}")) == [other]
    assert said(article_of("a", bare)) == []
