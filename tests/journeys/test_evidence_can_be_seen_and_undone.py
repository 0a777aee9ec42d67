"""Promise 1: nothing is removed or claimed without evidence that a person can see and undo."""

import json

from partwork.actions.loading import load_article, load_series
from partwork.assembly import Press
from partwork.model.article import normalised
from tests.actions.conftest import ARTICLES


def words(text: str) -> list[str]:
    return normalised(text).split()


def test_every_line_of_a_source_is_in_its_article_or_among_its_removals(
    press: Press, articles: tuple[str, ...]
) -> None:
    for source in sorted(ARTICLES.glob("*.txt")):
        slug = next(s for s in articles if load_article(press, s).source == source.name)
        article = load_article(press, slug)
        report = json.loads(press.library.read(press.library.removals_file(slug)))
        kept = [article.title, article.deck, *(block.text for block in article.blocks)]
        told = " ".join(words(" ".join(kept + [r["text"] for r in report["removals"]])))

        for line in filter(None, map(str.strip, source.read_text().splitlines())):
            bare = line.removeprefix("1. ").removeprefix("2. ").removeprefix("3. ")
            assert " ".join(words(bare)) in told, line


def test_every_sentence_of_a_series_stands_in_the_block_it_cites(press: Press, series: str) -> None:
    whole = load_series(press, series)
    blocks = {
        (slug, block.digest): normalised(block.text)
        for slug in whole.articles
        for block in load_article(press, slug).blocks
    }

    for part in whole.instalments:
        for sentence in part.sentences:
            cited = [blocks[c.article, c.block] for c in sentence.citations]
            assert any(normalised(sentence.text) in text for text in cited), sentence.text
