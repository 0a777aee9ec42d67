"""What holds for every article, whatever rules or weights judge it."""

from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from partwork.actions.clean import clean
from partwork.cleaning.cleaner import as_read, cleaned
from partwork.model.article import Article, Block, BlockKind, Markup
from partwork.reading.raw import read_article

BIO = "Ottoline Varga mends kettles and lives in Norrbridge."
FURNITURE = [
    "logo",
    "Menu",
    "Home / Journal / Kettles",
    "Comments",
    "About the author",
    "You may also like",
    "In this article",
    "Share this:",
    "Facebook",
    "Reply",
    "Tags: tea, kettles",
    "12 May 2021",
    "By Ottoline Varga",
    BIO,
    "Photo by Ilse Maron",
    "Advertisement",
    "Subscribe to our newsletter",
    "Enter your email address",
    "***",
    "Read more: The Kettle at War",
    "The Kettle at War",
    "* The Kettle at Peace",
    "We use cookies to keep your basket.",
    "© 2021 Kettle & Daughter. All rights reserved.",
]
# Words that no list of ours can know: what is prose is told by its form alone. One byte, one
# word, which is many times quicker than drawing them letter by letter.
SYLLABLES = ["ba", "ne", "rol", "tis", "mu", "ka", "ven", "dor"]
SYLLABLES += ["sil", "pra", "ho", "lun", "get", "fi", "wos", "um"]
VOCABULARY = [first + second for first, second in product(SYLLABLES, SYLLABLES)]


def spoken(data: bytes) -> str:
    return " ".join(VOCABULARY[byte] for byte in data)


short_lines = st.binary(min_size=1, max_size=5).map(spoken)
sentences = st.binary(min_size=12, max_size=30).map(lambda b: f"{spoken(b).capitalize()}.")
paragraphs = st.lists(sentences, min_size=2, max_size=4).map(" ".join)
boilerplate = st.lists(st.one_of(st.sampled_from(FURNITURE), short_lines), max_size=12)

lines = st.one_of(
    st.sampled_from(FURNITURE), short_lines, sentences, st.text(max_size=40).filter(str.strip)
)
markups = st.one_of(
    st.none(),
    st.builds(
        Markup,
        tag=st.sampled_from(["p", "li", "div"]),
        classes=st.lists(st.sampled_from(["nav", "content", "share-bar", "main"])).map(tuple),
        link_density=st.floats(0, 1),
        hidden=st.booleans(),
    ),
)
blocks = st.builds(Block, kind=st.sampled_from(BlockKind), text=lines, markup=markups)
articles = st.builds(
    Article, slug=st.just("a"), title=lines, blocks=st.lists(blocks, max_size=25).map(tuple)
)
# A page: what stands above, the paragraphs with lines in between, what stands below.
pages = st.tuples(
    boilerplate,
    st.lists(st.one_of(paragraphs, paragraphs, st.sampled_from(FURNITURE), short_lines)),
    paragraphs,
    boilerplate,
).map(lambda parts: [*parts[0], *parts[1], parts[2], *parts[3]])
TWO_SENTENCES = " ".join([f"{spoken(bytes(12)).capitalize()}."] * 2)
breaks = st.sampled_from(["\n", "\n\n", "\r\n", "\n \n\n"])


@given(articles)
@settings(max_examples=150)
def test_kept_blocks_and_removals_are_the_article_as_it_was_read(article):
    clean = cleaned(article)

    assert as_read(clean) == article.blocks
    assert clean.cleaner
    assert all(removal.reason and 0 < removal.confidence <= 1 for removal in clean.removals)
    positions = [removal.position for removal in clean.removals]
    assert positions == sorted(set(positions))


@given(articles)
@settings(max_examples=150)
def test_cleaning_what_is_clean_removes_nothing(article):
    once = cleaned(article)

    again = cleaned(once.article)

    assert again.removals == ()
    assert again.article == once.article


@given(pages, breaks)
@settings(max_examples=150)
def test_a_page_is_kept_and_removed_in_order_and_unaltered(page, line_break):
    raw = line_break.join(page).encode()

    article = read_article(raw, "kettles.txt")

    assert as_read(cleaned(article)) == article.blocks


@given(pages, breaks)
@example([BIO, "Menu", "Menu", TWO_SENTENCES, TWO_SENTENCES], "\n")
@example(["A kettle", TWO_SENTENCES, "12 May 2021", FURNITURE[-1]], "\n")
@settings(max_examples=150)
def test_a_printed_article_is_clean(page, line_break):
    printed = clean(line_break.join(page).encode(), "kettles.txt").markdown

    again = clean(printed.encode(), "kettles.md")

    assert [removal.block.text for removal in again.result.removals] == []


@given(st.lists(sentences, min_size=1, max_size=20))
@settings(max_examples=150)
def test_blocks_of_sentences_lose_nothing(paragraphs):
    text = tuple(Block(BlockKind.PARAGRAPH, paragraph) for paragraph in paragraphs)

    clean = cleaned(Article(slug="a", title="Kettles", blocks=text))

    assert clean.article.blocks == text


@given(short_lines, st.lists(paragraphs, min_size=1, max_size=12), breaks)
@settings(max_examples=150)
def test_a_text_of_prose_alone_loses_nothing(title, text, line_break):
    raw = line_break.join([title, *text]).encode()

    result = clean(raw, "kettles.txt").result

    assert result.removals == ()
    said = " ".join([result.article.title, *(block.text for block in result.article.blocks)])
    assert set(" ".join(text).split()) <= set(said.split())


@given(boilerplate, paragraphs, boilerplate, breaks)
@example(["About the author", "Photo by Ilse Maron"], TWO_SENTENCES, [BIO], "\n")
@example(
    ["Share this:", "baba baba baba baba baba", "We use cookies to keep your basket."],
    TWO_SENTENCES,
    ["logo"],
    "\n",
)
@settings(max_examples=150)
def test_an_article_with_prose_never_ends_empty(above, paragraph, below, line_break):
    raw = line_break.join([*above, paragraph, *below]).encode()

    assert clean(raw, "kettles.txt").result.article.blocks
