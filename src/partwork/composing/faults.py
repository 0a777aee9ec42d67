"""Evidence checks: whether each sentence of a part is borne out by the blocks it cites."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from partwork.composing.evidence import (
    Evidence,
    evidence_in,
    figures_missing,
    names_missing,
    says_no,
)
from partwork.composing.overlap import alike, is_same_point, point_of
from partwork.composing.risk import denies_risk
from partwork.composing.sentences import quotations_in, sentences_in
from partwork.composing.voice import without_connective
from partwork.composing.words import content_of, word_count
from partwork.model.article import Article, Block, normalised
from partwork.model.fault import Fault
from partwork.model.series import Heading, Instalment, Quotation, Sentence

_SHOWN = 60  # characters of a sentence in a message
_LONG_QUOTATION = 3  # words; shorter marks set off a word and quote nobody
_CLOSE = 0.75  # share of content words from which a sentence restates one of its source; a guess
_RESTATED = 4  # content words; a shorter sentence is not compared
# Languages that capitalise every noun, so that a capital does not make a name.
_NOUNS_ARE_CAPITAL = {"de", "lb"}


def faults(instalment: Instalment, articles: Mapping[str, Article], file: str) -> tuple[Fault, ...]:
    """What is wrong with a part, machine-written or edited by hand, by line and rule.

    Rules: `uncited`, `citation`, `flagged`, `figure`, `name`, `negation`, `quotation`, `risk`. A
    sentence's `signed_off` rules are not applied to it. Lengths are rendering's affair.
    Titles, headings, subject and preheader may use what any cited article's blocks, title or
    byline have. Names are not looked for beside sources in German, where nouns are capitalised.
    """
    cited_articles = [articles[slug] for slug in instalment.articles if slug in articles]
    shelf = {article.slug: _by_digest(article) for article in cited_articles}
    found = [*_line_faults(instalment, cited_articles, file)]
    quoted = {id(s) for e in instalment.body if isinstance(e, Quotation) for s in e.sentences}
    for sentence in instalment.sentences:
        cited, broken = _cited(sentence, shelf)
        checks = [*broken]
        if cited:
            is_quoted = id(sentence) in quoted
            has_names = _may_have_names(
                [articles[c.article] for c in sentence.citations if c.article in shelf]
            )
            checks += _evidence_faults(
                sentence.text, cited, is_quoted=is_quoted, has_names=has_names
            )
        if denies_risk(sentence.text):
            checks.append(("risk", "denies a risk; say what the source warns of, or remove it"))
        found += (
            Fault(file, sentence.line, rule, f"{_shown(sentence.text)} {message}")
            for rule, message in checks
            if rule not in sentence.signed_off
        )
    return tuple(sorted(found))


def repeated(instalments: Sequence[Instalment], files: Sequence[str]) -> tuple[Fault, ...]:
    """Points made twice, within a part or over parts: a fault at each later place.

    `files` name the instalments' files, in the same order.
    """
    places = [
        (sentence, file)
        for instalment, file in zip(instalments, files, strict=True)
        for sentence in instalment.sentences
    ]
    points = [point_of(sentence.text) for sentence, _ in places]
    first: dict[int, int] = {}
    for earlier, later in alike(points):
        if later not in first and is_same_point(points[earlier], points[later]):
            first[later] = earlier
    return tuple(
        sorted(
            Fault(
                places[later][1],
                places[later][0].line,
                "repeated",
                f"{_shown(places[later][0].text)} was said before, in {_place(*places[earlier])}; "
                "remove one and cite both sources in the other",
            )
            for later, earlier in first.items()
            if "repeated" not in places[later][0].signed_off
        )
    )


_Check = tuple[str, str]  # rule and message


def _by_digest(article: Article) -> dict[str, list[Block]]:
    found: dict[str, list[Block]] = defaultdict(list)
    for block in article.blocks:
        found[block.digest].append(block)
    return found


def _cited(
    sentence: Sentence, shelf: Mapping[str, Mapping[str, list[Block]]]
) -> tuple[list[Block], list[_Check]]:
    """The blocks a sentence cites, and what is wrong with its citations."""
    found: list[Block] = []
    broken: list[_Check] = []
    if not sentence.citations:
        broken.append(("uncited", "has no source; cite a block or remove it"))
    for citation in sentence.citations:
        name = f"{citation.article}#{citation.block}"
        blocks = shelf.get(citation.article, {}).get(citation.block, [])
        if citation.article not in shelf:
            broken.append(("citation", f"cites {name}, but the series has no such article"))
        elif not blocks:
            broken.append(("citation", f"cites {name}, but no block of it has these words now"))
        else:
            found.append(blocks[0])
            if all(block.flag is not None for block in blocks):
                kind = blocks[0].flag
                broken.append(("flagged", f"cites {name}, flagged as {kind}; cite another block"))
    return found, broken


def _evidence_faults(
    text: str, cited: Sequence[Block], *, is_quoted: bool, has_names: bool
) -> Iterator[_Check]:
    """What a text states that its blocks do not; their own whole sentences state nothing new."""
    sources = [_flat(block.text) for block in cited]
    if is_quoted:
        if not any(_flat(text) in source for source in sources):
            yield "quotation", "is not in the cited block word for word; quote it as it stands"
        return
    known = {form for block in cited for form in _forms(block.text)}
    new = [part for part in sentences_in(text) if _flat(part) not in known]
    if not new:
        return
    whole = " ".join(new)
    source = evidence_in(" ".join(block.text for block in cited))
    yield from _wording_faults(whole, source, has_names=has_names)
    for start, end in quotations_in(whole):
        words = whole[start + 1 : end - 1]
        if word_count(words) >= _LONG_QUOTATION and not any(_flat(words) in s for s in sources):
            yield "quotation", f"quotes “{words}”, which is not in the cited block word for word"
    if any(_turns_round(part, known) for part in new):
        yield "negation", "denies what its source affirms, or the reverse; take the source's words"


def _may_have_names(articles: Sequence[Article]) -> bool:
    """Whether a capital inside a sentence tells a name in the language of all the articles."""
    return not any(a.language.partition("-")[0] in _NOUNS_ARE_CAPITAL for a in articles)


def _wording_faults(text: str, source: Evidence, *, has_names: bool) -> Iterator[_Check]:
    """Figures and names that the source does not have."""
    if missing := figures_missing(text, source):
        yield "figure", f"has {', '.join(missing)}, which its sources do not; correct or cite it"
    if has_names and (missing := names_missing(text, source)):
        yield "name", f"names {', '.join(missing)}, which its sources do not; correct or cite it"


def _turns_round(part: str, known: Collection[str]) -> bool:
    """Whether a sentence restates sentences of its source and says no where all of them do not."""
    content = content_of(part)
    if len(content) < _RESTATED:
        return False
    close = [s for s in known if len(content & content_of(s)) >= _CLOSE * len(content)]
    return bool(close) and all(says_no(s) != says_no(part) for s in close)


def _line_faults(part: Instalment, cited: Sequence[Article], file: str) -> Iterator[Fault]:
    """What is wrong with the lines that cite nothing: title, subject, preheader and headings."""
    if not cited:
        return
    source = evidence_in(
        " ".join(text for a in cited for text in (a.title, a.byline, *(b.text for b in a.blocks)))
    )
    lines = [("the title", part.title, 0), ("the subject", part.subject, 0)]
    lines.append(("the preheader", part.preheader, 0))
    lines += [("the heading", e.text, e.line) for e in part.body if isinstance(e, Heading)]
    lines += [
        ("the speaker", f"by {e.speaker}", min((s.line for s in e.sentences), default=0))
        for e in part.body
        if isinstance(e, Quotation)
    ]
    for what, text, line in lines:
        for rule, message in _wording_faults(text, source, has_names=_may_have_names(cited)):
            yield Fault(file, line, rule, f"{what} {message}")
        if denies_risk(text):
            yield Fault(file, line, "risk", f"{what} denies a risk; say it without")


@lru_cache(maxsize=4096)  # many sentences cite one block
def _forms(block: str) -> frozenset[str]:
    """A block's sentences and lines as a part may have them, with or without connective."""
    texts = {text for line in block.splitlines() for text in (line, *sentences_in(line))}
    texts.update(sentences_in(block))  # a sentence may run over lines
    return frozenset(_flat(form) for text in texts for form in (text, without_connective(text)))


def _flat(text: str) -> str:
    return normalised(text).replace("’", "'").replace("“", '"').replace("”", '"')


def _shown(text: str) -> str:
    short = text if len(text) <= _SHOWN else f"{text[:_SHOWN].rsplit(' ', 1)[0]}…"
    return f"“{short}”"


def _place(sentence: Sentence, file: str) -> str:
    return f"{file}, line {sentence.line}" if sentence.line else file
