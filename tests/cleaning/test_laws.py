from hypothesis import given, settings
from hypothesis import strategies as st

from partwork.cleaning.cleaner import CLEANER, as_read, cleaned
from partwork.model.article import Article, Block, BlockKind, Markup

FURNITURE = [
    "logo",
    "Menu",
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
    "Photo by Ilse Maron",
    "Advertisement",
    "Subscribe to our newsletter",
    "***",
    "Read more: The Kettle at War",
]
SENTENCE = "the kettle was cold and rain fell on every roof of Norrbridge that year"
words = st.sampled_from(SENTENCE.split())
sentences = st.lists(words, min_size=12, max_size=30).map(lambda w: " ".join(w).capitalize() + ".")
lines = st.one_of(
    st.sampled_from(FURNITURE),
    st.lists(words, min_size=1, max_size=5).map(" ".join),
    sentences,
    st.text(max_size=40).filter(str.strip),
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


@given(articles)
@settings(max_examples=200, deadline=None)
def test_kept_blocks_and_removals_are_the_article_as_it_was_read(article):
    clean = cleaned(article)

    assert as_read(clean) == article.blocks
    assert clean.cleaner == CLEANER
    assert all(removal.reason and 0 < removal.confidence <= 1 for removal in clean.removals)


@given(articles)
@settings(max_examples=200, deadline=None)
def test_cleaning_what_is_clean_removes_nothing(article):
    once = cleaned(article)

    again = cleaned(once.article)

    assert again.removals == ()
    assert again.article == once.article


@given(st.lists(sentences, min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_a_text_of_sentences_loses_nothing(paragraphs):
    text = tuple(Block(BlockKind.PARAGRAPH, paragraph) for paragraph in paragraphs)

    clean = cleaned(Article(slug="a", title="Kettles", blocks=text))

    assert clean.article.blocks == text
