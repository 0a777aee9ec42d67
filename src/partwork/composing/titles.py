"""Titles, subjects and preheaders of parts, from the words of their sources."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from partwork.composing.aspects import aspect_of_heading, title_about
from partwork.composing.passages import Section
from partwork.composing.themes import Theme
from partwork.composing.voice import as_running_text, is_first_person, is_selling
from partwork.composing.words import content_of, is_small, stem, words_in
from partwork.composing.worth import flourishes

SUBJECT_LENGTH = 60  # characters; a phone shows about 40, a desktop about 60
PREHEADER_LENGTH = (40, 100)  # characters, least and most; shorter lets the body's first words in
_ADDED = 5  # content words that a preheader must add to the subject; a guess

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Headings that could stand over anything.
_EMPTY = re.compile(
    r"(?:final|closing|last|parting|some) (?:thoughts?|words?)|conclusions?|introduction|summary"
    r"|overview|background|in closing|wrapping up|references|faq|q ?& ?a|the basics|more"
    r"|(?:a|some) personal notes?.*|(?:about|why) (?:me|I)\b.*",
    re.I,
)
# What a heading says to sound like talk, before and after what it is about, and the number that it
# had among others, which a part may not have.
_TALK = re.compile(
    r"^\d{1,2}[.)] +(?=\w)|^(?:so|well|ok(?:ay)?|now|but|and)\b[\s,.…—–-]+(?=\w)"
    r"|,? (?:really|actually|exactly|anyway)(?=\?$)"
    r"|(?<=\bis )(?:really|actually) |(?<=\bdoes )(?:really|actually) ",
    re.I,
)
_TITLE_CASE = 3  # capitals inside a heading from which it is in title case; a guess
_ACRONYM = 4  # letters; longer words in capitals are shouted; a guess
_COLON = re.compile(r":\s| [—–-] ")
_PRONOUN = re.compile(
    r"\b(?:it|its|this|they|them|he|she|here|really|actually)\b|(?:^|\b(?:of|about|with|in|for|is"
    r"|like|and|why|how|what|when|does|do) )that\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Wording:
    """How the articles of a series write: their subject, and which words they capitalise.

    `topic` is the word most common to them ("" where none is in at least half of them);
    `lower` are stems of words that running text writes in lower case more often than not,
    `upper` the others that it has.
    """

    topic: str
    lower: frozenset[str]
    is_english: bool
    upper: frozenset[str] = frozenset()


def wording_of(sections: Sequence[Section], *, is_english: bool) -> Wording:
    """The wording of all sections of a series."""
    small, large = Counter[str](), Counter[str]()
    in_articles: dict[str, set[str]] = {}
    forms = Counter[str]()
    for section in sections:
        for passage in section.passages:
            for statement in passage.all_statements:
                for word in _WORD.findall(statement.text)[1:]:
                    (small if word[0].islower() else large)[stem(word.casefold())] += 1
        for word in words_in(section.text):
            if not is_small(word) and not word.isdigit():
                forms[word] += 1
                in_articles.setdefault(word, set()).add(section.article)
    lower = frozenset(w for w, n in small.items() if n >= large[w])
    articles = {section.article for section in sections}
    common = [w for w in forms if len(in_articles[w]) * 2 >= len(articles) and forms[w] > 1]
    topic = max(common, key=lambda w: (len(in_articles[w]), forms[w], w), default="")
    upper = frozenset(large.keys() - lower)
    return Wording(topic if stem(topic) in lower else topic.capitalize(), lower, is_english, upper)


_NAMELESS = "In short"  # where not one heading or sentence may be a title


def in_sentence_case(heading: str, wording: Wording) -> str:
    """A heading without talk, with capitals only where the articles' running text has them.

    "So... What Is Tea, Really?" becomes "What is tea?". Of words that do not occur in running
    text and may be names, one is left as it is; three or more say that the heading is in title
    case.
    """
    text = _TALK.sub("", _unshouted(heading.strip(), wording)).rstrip(":.—– ")
    text = text[:1].upper() + text[1:]
    capitals = _capitals(text)
    known = [m for m in capitals if _may_be_lower(m.group(), wording)]
    if len(known) < len(capitals) < _TITLE_CASE:
        return text
    for match in capitals:
        if match in known or stem(match.group().casefold()) not in wording.upper:
            start, end = match.span()
            text = text[:start] + match.group().lower() + text[end:]
    return text


def _unshouted(heading: str, wording: Wording) -> str:
    """A heading all in capitals in small letters, but for what running text has with a capital."""
    if not heading.isupper() or len(_WORD.findall(heading)) < _TITLE_CASE:
        return heading

    def lowered(match: re.Match[str]) -> str:
        word = match.group()
        if stem(word.casefold()) not in wording.upper:
            return word.lower()
        return word.capitalize() if len(word) > _ACRONYM else word

    text = _WORD.sub(lowered, heading)
    return text[:1].upper() + text[1:]


def _capitals(heading: str) -> list[re.Match[str]]:
    """The capitalised words of a heading but the first; acronyms are none."""
    later = list(_WORD.finditer(heading))[1:]
    return [m for m in later if m.group()[0].isupper() and m.group()[1:].islower()]


def _may_be_lower(word: str, wording: Wording) -> bool:
    folded = word.casefold()
    return is_small(folded) or stem(folded) in wording.lower


def is_telling(heading: str) -> bool:
    """Whether a heading may stand over a part's section: it says something, in no one's voice."""
    return (
        bool(heading)
        and not _EMPTY.fullmatch(heading.strip(" .:!?"))
        and not is_first_person(as_running_text(heading))
        and not is_selling(heading)
        and "“" not in heading
        and '"' not in heading
    )


def title_of(theme: Theme, wording: Wording, taken: Collection[str], *, known: str = "") -> str:
    """A title for a part: plain, specific, at most `SUBJECT_LENGTH`, unlike those `taken`.

    The one under which it is `known` if that is among those that fit.

    Best is the article's own, where the part is one article, or a heading that names the topic
    and the theme's first aspect; else, of a part that is little but one article, that one's
    title; else one is made from topic and aspect; else any heading that says something; else the
    start of a sentence.
    """
    used = {title.casefold() for title in taken}
    fitting = [t for t in _candidates(theme, wording) if 0 < len(t) <= SUBJECT_LENGTH]
    free = [t for t in fitting if t.casefold() not in used] or fitting
    return known if known in free else free[0]


def _candidates(theme: Theme, wording: Wording) -> Iterator[str]:
    title = _unshouted(theme.title, wording)
    yield from filter(is_telling, _whole_and_parts(title))
    headings = Counter[str]()
    for section in theme.sections:
        headings[in_sentence_case(section.heading, wording)] += section.words
    telling = sorted(
        filter(is_telling, headings), key=lambda h: (_is_plain(h), headings[h]), reverse=True
    )
    words = theme.words
    weighty = [heading for heading in telling if 4 * headings[heading] >= words]
    topic = stem(wording.topic.casefold())
    specific = [h for h in weighty if topic in content_of(h) and _aspect_fits(h, theme)]
    yield from filter(_is_plain, specific)
    topical = [h for h in headings if h in telling and _is_plain(h) and topic in content_of(h)]
    general = topical if not theme.aspects else []
    yield from (h for h in general if h == next(iter(headings)))  # what opens the part
    of_article = in_sentence_case(theme.article_title, wording)
    yield from filter(_is_plain, filter(is_telling, _whole_and_parts(of_article)))
    yield from general
    if wording.topic:
        yield from (title_about(aspect, wording.topic) for aspect in theme.aspects)
    yield from filter(_is_plain, (heading for heading in headings if heading in weighty))
    yield from filter(_is_plain, telling)
    yield from weighty
    yield from telling
    for section in theme.sections:
        for passage in section.passages:
            for statement in passage.statements:
                text = statement.text
                line = text if len(text) <= SUBJECT_LENGTH else _cut(text, 1, SUBJECT_LENGTH)
                if not is_first_person(as_running_text(line)):  # half a quotation is, too
                    yield line
    yield _NAMELESS


def _whole_and_parts(title: str) -> Iterator[str]:
    """A title, and what stands before and after its colon or dash."""
    return (part.strip(" .:…") for part in (title, *_COLON.split(title)))


def _is_plain(heading: str) -> bool:
    """Whether a heading can be a title: a short phrase of its own, not in title case."""
    return (
        not _PRONOUN.search(heading)
        and 3 <= len(heading.split()) <= 9  # words; a guess
        and not _capitals(heading)
    )


def _aspect_fits(heading: str, theme: Theme) -> bool:
    return not theme.aspects or aspect_of_heading(heading) == theme.aspects[0]


def preheader_of(subject: str, sentences: Sequence[str]) -> str:
    """The line after the subject: the sentence of fitting length that adds most to it.

    Where none adds enough, the start of a longer one up to a word's end, with an ellipsis, unless
    that leaves somebody's words without whose they are; else several short ones; "" where there
    are no sentences.
    """
    least, most = PREHEADER_LENGTH
    known = content_of(subject)

    def added(text: str) -> int:
        return len(content_of(text) - known) - 2 * flourishes(text)

    fitting = [text for text in sentences if least <= len(text) <= most]
    best = max(fitting, key=added, default="")
    if best and added(best) >= _ADDED:
        return best
    cut = [_cut(text, least, most) for text in sentences if len(text) > most]
    cut = [text for text in cut if not is_first_person(text)]
    return max(cut, key=added, default="") or best or _joined(sentences, least, most)


def _joined(sentences: Sequence[str], least: int, most: int) -> str:
    """Short sentences, one after the other, until there are enough characters.

    A dot parts what ends without a mark from what comes next.
    """
    line = ""
    for text in sentences:
        between = "" if not line else " " if line[-1] in ".!?…”" else " · "
        if len(line) < least and len(line) + len(between) + len(text) <= most:
            line += between + text
    return line


def _cut(text: str, least: int, most: int) -> str:
    end = text.rfind(" ", least, most)
    return text[: end if end > 0 else most - 1].rstrip(",;:—–- ") + "…"
