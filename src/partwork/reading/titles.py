"""Which line of a text is its title, where nothing but the text tells."""

import re
from collections.abc import Sequence
from operator import mul

from partwork.model.article import Block, BlockKind
from partwork.reading.top import TITLE_WORDS, Top, ends_a_sentence, long_words, top_of


def title_at(blocks: Sequence[Block]) -> int | None:
    """The position of the likeliest title line, None where none is likelier than no title.

    A linear model over the lines above the text's body and a few in it. It knows nothing but a
    line's own shape, how often the text goes on to use its words, where else the page has it,
    and what is around it.
    """
    top = top_of(blocks)
    scores = {i: _score(top, i) for i in top.shares}
    best = max(scores, key=scores.__getitem__, default=None)
    return best if best is not None and scores[best] > _NO_TITLE else None


# Fitted by softmax regression on 676 labelled pages as pasted, cropped, without boilerplate and
# without title (benchmarks/fit_titles.py). Over sites not fitted on, of the pages that have a
# title it is right on 89 % with their blank lines, 84 % without, 85 % of careful copies.
_NO_TITLE = 6.0
_WEIGHTS = {
    "told": 2.6,
    "told first": 1.8,
    "untold": 0.6,
    "told above": -0.9,
    "full": 3.5,
    "long": -1.0,
    "tiny": -0.8,
    "trailed": 1.7,
    "in longer lines": 1.1,
    "again": 0.5,
    "listed": -1.7,
    "dated": 1.5,
    "dated at once": 0.9,
    "below date": 0.9,
    "furniture below": 2.5,
    "below line": -0.8,
    "tiny above": 1.7,
    "opens": 3.2,
    "first": 1.5,
    "far": -1.6,
    "in text": -1.9,
    "deep": -1.4,
    "below prose": -1.2,
    "amid text": -1.5,
    "bare": -1.1,
    "heading": 0.8,
    "trail": -1.2,
    "glued": -1.0,
    "contact": -0.4,
    "barred": -0.5,
    "cues": -2.1,
    "addressed": -0.4,
    "sentence": -1.5,
    "last question": -1.1,
    "exclaimed": 1.2,
    "colon": -1.1,
    "lower": -0.4,
    "quoted": -0.3,
    "digits": 0.8,
}

# A byline is below title and deck, with buttons and counters between them.
_DATED_WITHIN, _DATED_SEARCH, _PARAGRAPH_WORDS = 4, 9, 40
_FEWEST, _EQUALLY_TOLD, _EQUAL_WITHIN = 4, 0.7, 8
_BARE_WITHIN, _ABOVE = 9, 4

_TRAIL = re.compile(r"\s[»›>/|]\s|[»›>→]|\AHome\s?/", re.IGNORECASE)
_BARS = re.compile(r"[|·•©]")
# Entries of a menu without a space between them.
_GLUED = re.compile(r"[a-z0-9®)!?][A-Z][a-z]")
_CONTACT = re.compile(r"https?:|www\.|\S@\S|\d{3}[-. ]\d{3,4}|[€£$]\d|\.(?:com|org)\b")
_ADDRESS = re.compile(r"\b(?:our|us|your|we)\b", re.IGNORECASE)
_CUE = re.compile(
    r"\b(?:subscri\w+|cookies?|privacy|policy|newsletters?|sign|log ?in|account|menu|search"
    r"|navigation|contact|skip|share|tweet|follow|download|free|trial|register|donate|shop|cart"
    r"|get started|book now|read more|learn more|view all|see all|popular|related|trending|posted"
    r"|written|published|updated|categor\w+|tags?|comments?|advertis\w+|sponsor\w*|about us"
    r"|click)\b",
    re.IGNORECASE,
)


def _score(top: Top, i: int) -> float:
    score: float = sum(map(mul, _WEIGHTS.values(), _features(top, i)))
    return score


def _features(top: Top, i: int) -> tuple[float, ...]:
    """What the model sees of block `i`, in the order of `_WEIGHTS`, 0 to 1."""
    return (*_of_words(top, i), *_of_repeats(top, i), *_of_place(top, i), *_of_shape(top, i))


def _of_words(top: Top, i: int) -> tuple[float, ...]:
    words, share = top.words[i], top.shares[i]
    own = long_words(top.blocks[i].text)
    rivals = (
        top.shares.get(j, 0.0) for j in range(max(0, i - _EQUAL_WITHIN), i) if top.words[j] >= 3
    )
    return (
        share,
        sum(word in top.lead for word in own) / len(own) if own else 0.0,
        sum(word not in top.told for word in own) / len(own) if own else 0.0,
        share > 0 and any(rival >= _EQUALLY_TOLD * share for rival in rivals),
        min(words, 8) / 8,
        words >= 14,
        words <= 2,
    )


def _of_repeats(top: Top, i: int) -> tuple[float, ...]:
    if top.words[i] < 2:
        return 0.0, 0.0, 0.0, 0.0
    key = top.keys[i]
    is_long = top.words[i] >= 3
    copies = len(top.places[key])
    longer = top.all_keys.count(key) - copies if is_long else 0
    above = top.keys[max(0, i - _ABOVE) : i]
    return (
        longer > 0 and any(key in line and key != line for line in above),
        min(2, longer) / 2,
        is_long and copies > 1,
        _is_listed(top, i),
    )


def _is_listed(top: Top, i: int) -> bool:
    """Whether the line comes again below, and one beside it too: a list of contents, a menu.

    Or whether a list above the text names it and it stands in the text.
    """
    if i >= top.body and top.keys[i] in top.entries:
        return True
    if top.places[top.keys[i]][-1] <= i + 1:
        return False
    beside = (j for j in (i - 2, i - 1, i + 1, i + 2) if 0 <= j < len(top.keys))
    return any(
        top.keys[j] and top.words[j] >= 2 and top.places[top.keys[j]][-1] > i + 2 for j in beside
    )


def _of_place(top: Top, i: int) -> tuple[float, ...]:
    dated = _dated_below(top, i)
    to_body = top.body - i
    end = min(i + _BARE_WITHIN, len(top.words))
    return (
        any(dated),
        any(dated[:2]),
        i > 0 and top.dated[i - 1],
        sum(top.furniture[i + 1 : i + 5]) / 4,
        i > 0 and _is_line(top, i - 1, top.keys[i]),
        sum(w <= 3 for w in top.words[max(0, i - _ABOVE) : i]) / _ABOVE,
        max(0.0, 1 - top.below[i] / 2) if top.has_blanks else 0.5,
        i == 0,
        min(max(0, to_body), 30) / 30,
        to_body <= 0,
        min(max(0, -to_body), 12) / 12,
        top.before[i] > 0,
        top.before[i] > top.before[-1] / 10,
        top.before[end] == top.before[i + 1],
        top.blocks[i].kind is BlockKind.HEADING,
    )


def _dated_below(top: Top, i: int) -> list[bool]:
    """Which of the next lines are a dateline, without furniture, up to a list or a paragraph."""
    found: list[bool] = []
    for j in range(i + 1, min(i + 1 + _DATED_SEARCH, len(top.dated))):
        if top.blocks[j].kind is BlockKind.LIST or top.words[j] >= _PARAGRAPH_WORDS:
            break
        if top.dated[j] or not top.furniture[j]:
            found.append(top.dated[j])
    return found[:_DATED_WITHIN]


def _is_line(top: Top, i: int, below: str) -> bool:
    """Whether block `i` is as good a title or deck as the line `below` it, and no menu."""
    if not _FEWEST <= top.words[i] <= TITLE_WORDS or top.blocks[i].kind is BlockKind.LIST:
        return False
    if top.dated[i] or top.furniture[i] or below in top.keys[i]:
        return False
    text = top.blocks[i].text
    is_menu = any(p.search(text) for p in (_TRAIL, _BARS, _GLUED, _CONTACT))
    return not is_menu and _cues(top, text) == 0


def _cues(top: Top, text: str) -> int:
    """How many words of a page's frame are in a line, without those that the text itself uses."""
    return sum(top.told[cue.lower()] < top.often for cue in _CUE.findall(text))


def _of_shape(top: Top, i: int) -> tuple[float, ...]:
    text = top.blocks[i].text
    return (
        _TRAIL.search(text) is not None,
        _GLUED.search(text) is not None,
        _CONTACT.search(text) is not None,
        _BARS.search(text) is not None,
        min(2, _cues(top, text)) / 2,
        _ADDRESS.search(text) is not None,
        ends_a_sentence(text),
        text[-1] == "?" and top.body - i <= 2,
        "!" in text,
        text[-1] in ":,;",
        text[0].islower(),
        text[0] in "\"'“‘",
        any(map(str.isdigit, text)),
    )
