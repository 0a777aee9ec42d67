"""Evidence checks: whether each sentence of a part is borne out by the blocks it cites."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from partwork.composing.attribution import attributed_in
from partwork.composing.evidence import (
    Evidence,
    evidence_in,
    figures_missing,
    hedges,
    is_certain,
    names_missing,
    says_no,
)
from partwork.composing.findings import Finding, faults_in
from partwork.composing.lines import PREHEADER, SPEAKER, lines_of, speakers_of
from partwork.composing.risk import denies_risk
from partwork.composing.sentences import outside_quotations, quotations_in, sentences_in
from partwork.composing.voice import as_running_text, without_connective
from partwork.composing.voice_faults import line_findings, quoted_findings, voice_findings
from partwork.composing.words import content_of, word_count
from partwork.model.article import Article, Block, normalised
from partwork.model.fault import Fault
from partwork.model.series import Instalment, Kind, Paragraph, Quotation, Sentence
from partwork.model.text import Mark

_LONG_QUOTATION = 3  # words; shorter marks set off a word and quote nobody
_CLOSE = 0.75  # share of content words from which a sentence restates one of its source; a guess
_RESTATED = 4  # content words, below which a share of them says nothing
# Languages that capitalise every noun, so that a capital does not make a name.
_NOUNS_ARE_CAPITAL = {"de", "lb"}


def faults(
    instalment: Instalment,
    articles: Mapping[str, Article],
    file: str,
    *,
    language: str = "en",
    kind: Kind = Kind.COMPOSED,
) -> tuple[Fault, ...]:
    """What is wrong with a part, machine-written or edited by hand, by line and rule.

    Rules: `uncited`, `citation`, `flagged`, `figure`, `name`, `negation`, `hedge`, `quotation`,
    `link`, `risk`, `voice`, `story`, `empty`. What is signed off for a sentence or line is not
    found in it. Lengths are rendering's affair. Titles, headings, subject and preheader may use
    what any cited article's blocks, title or byline have. Names are not looked for beside sources
    in German, where nouns are capitalised; voice is judged where `language` is English. Of a
    letter only `risk` and `empty` are asked: it has no sources, and its voice is its author's.
    """
    if kind is Kind.LETTER:
        return _of_letter(instalment, file)
    is_english = language.partition("-")[0].lower() == "en"
    cited_articles = [articles[slug] for slug in instalment.articles if slug in articles]
    shelf = {article.slug: _by_digest(article) for article in cited_articles}
    found = [*_line_faults(instalment, cited_articles, file, is_english=is_english)]
    found += _empty_faults(instalment, file)
    speakers = {
        id(s): e.speaker for e in instalment.body if isinstance(e, Quotation) for s in e.sentences
    }
    before = _sentences_before(instalment)
    for sentence in instalment.sentences:
        cited, findings = _cited(sentence, shelf)
        sources = [articles[c.article] for c in sentence.citations if c.article in shelf]
        speaker = speakers.get(id(sentence))
        if cited:
            findings += _evidence_findings(
                sentence.text,
                cited,
                is_quoted=speaker is not None,
                has_names=_may_have_names(sources),
            )
        findings += _link_findings(sentence, sources)
        if denies_risk(sentence.text):
            findings.append(_DENIES)
        if is_english and speaker is None:
            findings += voice_findings(sentence.text, cited, before.get(id(sentence), ""))
        elif is_english:
            findings += quoted_findings(sentence.text, speaker or "")
        found += faults_in(sentence, file, findings)
    return tuple(sorted(found))


_LINE_DENIES = Finding("risk", "denies a risk; say it without")
_DENIES = Finding("risk", "denies a risk; say what the source warns of, or remove it")
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>“”\"]+", re.I)


def _sentences_before(part: Instalment) -> dict[int, str]:
    """By a sentence's identity, what its paragraph says just before it."""
    paragraphs = [e.sentences for e in part.body if isinstance(e, Paragraph)]
    return {id(two): one.text for p in (part.lead, *paragraphs) for one, two in pairwise(p)}


def _of_letter(part: Instalment, file: str) -> tuple[Fault, ...]:
    denying = (s for s in part.sentences if denies_risk(s.text))
    found = [fault for s in denying for fault in faults_in(s, file, [_DENIES])]
    for line in lines_of(part):
        found += line.faults(file, [_LINE_DENIES] if denies_risk(line.text) else [])
    return tuple(sorted([*found, *_empty_faults(part, file)]))


def _empty_faults(part: Instalment, file: str) -> Iterator[Fault]:
    """A part that has nothing to read under its title."""
    if not any(word_count(sentence.text) for sentence in part.sentences):
        yield Fault(file, 0, "empty", "has no sentence under its title; write one, or remove it")


def _link_findings(sentence: Sentence, sources: Sequence[Article]) -> Iterator[Finding]:
    """Links, marked or spelt out, that none of the cited articles is or has."""
    links = [span.url for span in sentence.spans if span.mark is Mark.LINK]
    links += (url.rstrip(".,;:!?)]”’") for url in _URL.findall(sentence.text))
    if not links:
        return
    known = {_plain_url(article.source) for article in sources}
    for block in (block for article in sources for block in article.blocks):
        known.update(_plain_url(span.url) for span in block.spans if span.mark is Mark.LINK)
        known.update(_plain_url(url.rstrip(".,;:!?)]”’")) for url in _URL.findall(block.text))
    for link in dict.fromkeys(links):
        if _plain_url(link) not in known:
            message = f"links to {link}, which its sources do not; take the link out"
            yield Finding("link", message)


def _plain_url(url: str) -> str:
    """An address without what leads to the same page all the same."""
    return re.sub(r"^https?://", "", url.strip(), flags=re.I).rstrip("/").casefold()


def _by_digest(article: Article) -> dict[str, list[Block]]:
    found: dict[str, list[Block]] = defaultdict(list)
    for block in article.blocks:
        found[block.digest].append(block)
    return found


def _cited(
    sentence: Sentence, shelf: Mapping[str, Mapping[str, list[Block]]]
) -> tuple[list[Block], list[Finding]]:
    """The blocks a sentence cites, and what is wrong with its citations."""
    found: list[Block] = []
    broken: list[Finding] = []
    if not sentence.citations:
        broken.append(Finding("uncited", "has no source; cite a block or remove it"))
    for citation in sentence.citations:
        name = f"{citation.article}#{citation.block}"
        blocks = shelf.get(citation.article, {}).get(citation.block, [])
        if citation.article not in shelf:
            broken.append(Finding("citation", f"cites {name}, but the series has no such article"))
        elif not blocks:
            broken.append(
                Finding("citation", f"cites {name}, but no block of it has these words now")
            )
        else:
            found.append(blocks[0])
            if all(block.flag is not None for block in blocks):
                kind = blocks[0].flag
                broken.append(
                    Finding("flagged", f"cites {name}, flagged as {kind}; cite another block")
                )
    return found, broken


def _evidence_findings(
    text: str, cited: Sequence[Block], *, is_quoted: bool, has_names: bool
) -> Iterator[Finding]:
    """What a text states that its blocks do not; their own whole sentences state nothing new."""
    if is_quoted:
        if objection := _misquoted(text, cited):
            yield Finding("quotation", f"{objection}; quote it as it stands")
        return
    known = {form for block in cited for form in _forms(block.text)}
    new = [part for part in sentences_in(text) if _flat(part) not in known]
    if not new:
        return
    whole = " ".join(new)
    source = evidence_in(" ".join(block.text for block in cited))
    yield from _wording_findings(whole, source, has_names=has_names)
    for start, end in quotations_in(whole):
        words = whole[start + 1 : end - 1]
        is_long = word_count(words) >= _LONG_QUOTATION
        if is_long and (objection := _misquoted(words, cited)):
            yield Finding("quotation", f"quotes “{words}”, which {objection}")
    said = {_flat(s) for b in cited for line in b.text.splitlines() for s in sentences_in(line)}
    restated = [(part, _restated(part, said)) for part in new]
    if any(all(says_no(s) != says_no(part) for s in close) for part, close in restated if close):
        yield Finding(
            "negation", "denies what its source affirms, or the reverse; take the source's words"
        )
    if any(_is_surer(part, close) for part, close in restated if close):
        yield Finding(
            "hedge", "is surer than its source; keep its may, some or often, and add no always"
        )


def _is_surer(part: str, sources: Sequence[str]) -> bool:
    loses_hedge = all(map(hedges, sources)) and not hedges(part)
    return loses_hedge or (is_certain(part) and not any(map(is_certain, sources)))


def _misquoted(words: str, cited: Sequence[Block]) -> str:
    """What is wrong with words as a quotation from one of the blocks; "" if nothing is."""
    flat = _flat(words)
    inside = re.compile(rf"(?<!\w){re.escape(flat)}(?!\w)")
    having = [block for block in cited if inside.search(_flat(block.text))]
    if not having:
        return "is not in the cited block word for word"
    whole = [s for block in having for s in _sayings(block.text) if inside.search(_flat(s))]
    if whole and not says_no(flat) and all(map(says_no, whole)):
        return "is cut so that its sentence no longer says no"
    return ""


def _sayings(text: str) -> Iterator[str]:
    """A block's sentences without who says them: what is quoted inside, the rest whole."""
    said = attributed_in(text)
    for sentence in sentences_in(said.words if said else text):
        quoted = [sentence[start + 1 : end - 1] for start, end in quotations_in(sentence)]
        yield from (part for words in quoted for part in sentences_in(words))
        yield outside_quotations(sentence) if quoted else sentence


def _may_have_names(articles: Sequence[Article]) -> bool:
    """Whether a capital inside a sentence tells a name in the language of all the articles."""
    return not any(a.language.partition("-")[0] in _NOUNS_ARE_CAPITAL for a in articles)


def _wording_findings(text: str, source: Evidence, *, has_names: bool) -> Iterator[Finding]:
    """Figures and names that the source does not have."""
    if missing := figures_missing(text, source):
        yield Finding(
            "figure", f"has {', '.join(missing)}, which its sources do not; correct or cite it"
        )
    if has_names and (missing := names_missing(text, source)):
        yield Finding(
            "name", f"names {', '.join(missing)}, which its sources do not; correct or cite it"
        )


def _restated(part: str, said: Collection[str]) -> list[str]:
    """The sentences of the source that a sentence restates; a short one with all its words."""
    content = content_of(part)
    if len(content) < _RESTATED:
        return [s for s in said if content == content_of(s)] if len(content) > 1 else []
    return [s for s in said if len(content & content_of(s)) >= _CLOSE * len(content)]


def _line_faults(
    part: Instalment, cited: Sequence[Article], file: str, *, is_english: bool
) -> Iterator[Fault]:
    """What is wrong with the lines that cite nothing: title, subject, preheader and headings."""
    source = evidence_in(
        " ".join(text for a in cited for text in (a.title, a.byline, *(b.text for b in a.blocks)))
    )
    has_names = _may_have_names(cited)
    for line in (*lines_of(part), *speakers_of(part)):
        found = [*_wording_findings(line.text, source, has_names=has_names)] if cited else []
        if denies_risk(line.text):
            found.append(_LINE_DENIES)
        if is_english and line.what != SPEAKER:
            is_running = line.what == PREHEADER
            found += line_findings(line.text if is_running else as_running_text(line.text))
        yield from line.faults(file, found)


@lru_cache(maxsize=4096)  # many sentences cite one block
def _forms(block: str) -> frozenset[str]:
    """A block's sentences and lines as a part may have them, with or without connective."""
    texts = {text for line in block.splitlines() for text in (line, *sentences_in(line))}
    texts.update(sentences_in(block))  # a sentence may run over lines
    return frozenset(_flat(form) for text in texts for form in (text, without_connective(text)))


def _flat(text: str) -> str:
    return normalised(text).replace("’", "'").replace("“", '"').replace("”", '"')
