"""Sentences by the rank that sumy's LexRank gives them, a peer for `composing.py`."""

from collections.abc import Sequence
from typing import Any

from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.summarizers.lex_rank import LexRankSummarizer

from partwork.composing.words import words_in


def ranked(texts: Sequence[str]) -> list[str]:
    """The texts, the most central first."""
    tokenizer = _Tokenizer()
    document = ObjectDocumentModel([Paragraph([Sentence(text, tokenizer) for text in texts])])
    return [str(sentence) for sentence in _ByRank()(document, len(texts))]


class _ByRank(LexRankSummarizer):
    """LexRank that gives its sentences by rank, not by place."""

    def _get_best_sentences(
        self, sentences: Any, count: int, rating: Any, *args: Any, **kwargs: Any
    ) -> tuple[Any, ...]:
        del count, args, kwargs
        return tuple(sorted(sentences, key=lambda sentence: -rating[sentence]))


class _Tokenizer:
    """Words for sumy, whose own tokenizer wants a download."""

    def to_words(self, text: str) -> tuple[str, ...]:
        return words_in(text)
