"""Which articles say the same, whatever their titles, sources and forms."""

from collections import Counter
from heapq import nlargest

from partwork.model.article import Article


class Bodies:
    """The longest blocks of a home's articles, by which a text that comes again is known."""

    def __init__(self) -> None:
        self._with: dict[str, dict[str, None]] = {}  # articles in the order they came, by digest
        self._words: dict[str, int] = {}

    def learn(self, article: Article) -> None:
        """Takes note of an article."""
        longest = _longest_of(article)
        self._words[article.slug] = sum(longest.values())
        for digest in longest:
            self._with.setdefault(digest, {})[article.slug] = None

    def twin_of(self, article: Article) -> str:
        """The earlier article that says the same; empty where none does.

        That is one with which most of the longest blocks are shared, by their words: a page and
        the text pasted from it differ by a caption or a line that one of them lacks.
        """
        longest = _longest_of(article)
        shared: Counter[str] = Counter()
        for digest, words in longest.items():
            shared.update(dict.fromkeys(self._with.get(digest, ()), words))
        shared.pop(article.slug, None)
        for slug, words in shared.most_common(1):
            most = max(sum(longest.values()), self._words[slug])
            if words >= max(_FEWEST_WORDS, _SHARE * most):
                return slug
        return ""


# Guesses: what one article quotes of another is less than this share, and a text shorter than
# that may say by chance what another says.
_SHARE, _FEWEST_WORDS = 0.8, 30
_BLOCKS = 8


def _longest_of(article: Article) -> dict[str, int]:
    """The words of the longest blocks, by digest."""
    counted = ((len(block.text.split()), at) for at, block in enumerate(article.blocks))
    return {article.blocks[at].digest: words for words, at in nlargest(_BLOCKS, counted)}
