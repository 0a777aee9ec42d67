"""What an article gives a series: its sections, cut into passages that can stand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from partwork.composing.attribution import Saying, attributed_in, said_in
from partwork.composing.cohesion import is_in_step, lacks_its_noun, recalled, with_labels
from partwork.composing.passages import LeftOut, Passage, PassageKind, Section, Statement
from partwork.composing.risk import is_caveat
from partwork.composing.sentences import sentences_in
from partwork.composing.voice import (
    is_imagined,
    is_personal,
    is_second_hand,
    is_story,
    is_unattributed,
    leans,
    objection,
    speaks_of_a_person,
    without_connective,
)
from partwork.composing.words import word_count
from partwork.model.article import Article, Block, BlockKind
from partwork.model.series import Citation
from partwork.model.text import Mark, Span

_ENDS = (".", "!", "?", "…", ":", ";")
_LONG_LINE = 12  # words; a guess
_TOO_SHORT = 4  # words; "Subtle." and "That is all." say nothing away from their place


def sections_of(
    article: Article, *, is_english: bool
) -> tuple[tuple[Section, ...], tuple[LeftOut, ...]]:
    """An article's sections with what may be said of each, and what may not be said with why.

    Flagged blocks give nothing. In other languages than English voice and caveats are not
    judged, and each sentence stands by itself.
    """
    reader = _Reader(article, is_english)
    groups = list(_grouped(article.blocks))
    sections = [
        Section(article.slug, heading, n / max(1, len(groups) - 1), reader.passages(numbered))
        for n, (heading, numbered) in enumerate(groups)
    ]
    return tuple(s for s in sections if s.passages), tuple(reader.left_out)


def _grouped(blocks: Sequence[Block]) -> Iterator[tuple[str, list[tuple[int, Block]]]]:
    heading, under = "", list[tuple[int, Block]]()
    for number, block in enumerate(blocks):
        if block.kind is BlockKind.HEADING and block.flag is None:
            if under:
                yield heading, under
            heading, under = " ".join(block.text.split()), []
        else:
            under.append((number, block))
    if under:
        yield heading, under


_STORY_NAME = re.compile(r"(?:\b(?:named|called)|^(?:Consider|Meet|Take)) ([A-Z]\w+)")


class _Reader:
    """Reads one article; a class for the sake of what it collects on the way: `left_out`."""

    def __init__(self, article: Article, is_english: bool) -> None:
        self.article = article
        self.is_english = is_english
        self.left_out: list[LeftOut] = []

    def passages(self, numbered: Sequence[tuple[int, Block]]) -> tuple[Passage, ...]:
        """The passages of one section."""
        found: list[Passage] = []
        story_names: set[str] = set()
        intro: tuple[Statement, ...] | None = ()
        for place, (number, block) in enumerate(numbered):
            follower = numbered[place + 1][1] if place + 1 < len(numbered) else None
            if block.flag is not None:
                self._leave(f"flagged as {block.flag.value}", block.text)
                intro = None if block.text.rstrip().endswith(":") else ()
                continue
            match block.kind:
                case BlockKind.PARAGRAPH:
                    runs = self._prose(number, block, story_names)
                    intro = ()
                    if block.text.rstrip().endswith(":"):
                        intro = self._announcement(runs, follower)
                    found += runs
                case BlockKind.LIST:
                    found += self._list(number, block, intro)
                    intro = ()
                case BlockKind.QUOTE:
                    found += self._quote(number, block)
                case _:
                    self._leave("only prose, lists and quotations are used", block.text)
        return tuple(found)

    def _prose(self, number: int, block: Block, story_names: set[str]) -> list[Passage]:
        sentences = with_labels(sentences_in(block.text))
        if self.is_english and self._is_told(sentences, story_names):
            judged = [self._told(block, text, story_names) for text in sentences]
        else:
            judged = list(self._judged(block, sentences))
        runs = [_joined(r) if _warns(r) else r for r in self._runs(number, block, judged)]
        return [
            replace(r, recalled=recalled(sentences[r.first], sentences[: r.first])) for r in runs
        ]

    def _is_told(self, sentences: Sequence[str], names: set[str]) -> bool:
        """Whether a paragraph tells one person's story, or goes on with one begun before it."""
        whole = " ".join(sentences)
        tells = any(is_story(s) for s in sentences)
        goes_on = bool(names) and (speaks_of_a_person(whole) or _names_one_of(names, whole))
        if tells:
            names.update({"", *(m for s in sentences for m in _STORY_NAME.findall(s))})
        return tells or goes_on

    def _told(self, block: Block, text: str, names: set[str]) -> Statement | Passage | None:
        """A sentence of a story: only a caveat that says nothing of the person may be used."""
        statement = self._statement(block, text)
        is_of_person = speaks_of_a_person(text) or _names_one_of(names, text)
        if statement.is_caveat and not is_of_person and not objection(text):
            return statement
        self._leave("one person's story", text)
        return None

    def _judged(
        self, block: Block, sentences: Sequence[str]
    ) -> Iterator[Statement | Passage | None]:
        """Each sentence as a statement, as words to be quoted, or None where it may not be used."""
        tainted = ""
        for text in sentences:
            statement = self._statement(block, text)
            reason = objection(text) if self.is_english else ""
            if not reason and tainted and not statement.is_caveat:
                reason = tainted
            is_short = word_count(text) < _TOO_SHORT and not text.endswith(":")
            if self.is_english and not reason and is_short and not statement.is_caveat:
                reason = "too short to stand"
            if self.is_english and not reason and not (statement.is_caveat or _is_whole(text)):
                reason = "not a sentence"
            if reason == "in the first person" and statement.is_caveat and not leans(text):
                yield Passage(
                    PassageKind.QUOTATION, (statement,), 0, speaker=self.article.byline.strip()
                )
            elif reason:
                self._leave(reason, text)
                yield None
            else:
                yield statement
            if self.is_english and (is_personal(text) or is_second_hand(text) or is_imagined(text)):
                tainted = "goes on from what was left out"

    def _runs(
        self, number: int, block: Block, judged: Sequence[Statement | Passage | None]
    ) -> list[Passage]:
        """Runs of statements: each opens with one that can stand, the others lean on it."""
        runs: list[Passage] = []
        is_open = False
        for place, one in enumerate(judged):
            if one is None:
                is_open = False
            elif isinstance(one, Passage):
                runs.append(replace(one, block=number))
                is_open = False
            elif said := said_in(one.text):
                runs.append(self._quoted(number, block, said))
                is_open = False
            elif is_unattributed(one.text, runs[-1].statements[-1].text if is_open else ""):
                self._leave("quotes a person and does not say whom", one.text)
                is_open = False
            elif is_open and self._goes_on(runs[-1], one):
                _extend(runs, one, place)
            elif not (self.is_english and leans(one.text)):
                runs.append(Passage(PassageKind.PROSE, (one,), number, place, place))
                is_open = True
            elif one.is_caveat:
                runs.append(
                    Passage(PassageKind.PROSE, (one,), number, place, place, is_orphan=True)
                )
            else:
                self._leave("needs a sentence before it that is not there", one.text)
        return runs

    def _goes_on(self, run: Passage, one: Statement) -> bool:
        """Whether a statement must stay with the run before it."""
        before = run.statements[-1].text
        return self.is_english and (leans(one.text) or is_in_step(one.text, before))

    def _announcement(
        self, runs: list[Passage], follower: Block | None
    ) -> tuple[Statement, ...] | None:
        """Takes the run that announces a list off `runs`; None: the announcement is lost."""
        last = runs[-1].statements[-1] if runs else None
        if last is None or not last.text.endswith(":"):
            return None
        if follower is not None and follower.kind is BlockKind.LIST and follower.flag is None:
            return runs.pop().statements
        if not last.is_caveat:
            self._leave("announces what is not there", last.text)
            run = runs.pop()
            if rest := run.statements[:-1]:
                runs.append(replace(run, statements=rest, last=run.last - 1))
        return ()

    def _list(
        self, number: int, block: Block, intro: tuple[Statement, ...] | None
    ) -> list[Passage]:
        items: list[Statement] = []
        for line in filter(None, map(str.strip, block.text.splitlines())):
            text = " ".join(line.split())
            statement = self._statement(block, text)
            reasons = [objection(s) for s in sentences_in(text)] if self.is_english else []
            reason = next(filter(None, reasons), "")
            if intro is None and not statement.is_caveat:
                reason = reason or "the sentence that announces the list is left out"
            if reason:
                self._leave(reason, text)
            else:
                items.append(statement)
        if not items:
            return []
        return [
            Passage(
                PassageKind.LIST, tuple(items), number, intro=intro or (), ordered=block.ordered
            )
        ]

    def _quote(self, number: int, block: Block) -> list[Passage]:
        said = attributed_in(" ".join(block.text.split()))
        if said is None:
            self._leave("a quotation without a named speaker", block.text)
            return []
        if self.is_english and is_story(f"{said.speaker} said"):
            self._leave("one person's story", block.text)
            return []
        return [self._quoted(number, block, said)]

    def _quoted(self, number: int, block: Block, said: Saying) -> Passage:
        statements = tuple(self._statement(block, text) for text in sentences_in(said.words))
        return Passage(PassageKind.QUOTATION, statements, number, speaker=said.speaker)

    def _statement(self, block: Block, text: str) -> Statement:
        return Statement(
            text,
            (Citation(self.article.slug, block.digest),),
            _marks(block, text),
            self.is_english and is_caveat(text),
            len(text) - len(without_connective(text)) if self.is_english else 0,
        )

    def _leave(self, reason: str, text: str) -> None:
        self.left_out.append(LeftOut(self.article.slug, reason, " ".join(text.split())))


def _is_whole(text: str) -> bool:
    """Whether it ends as sentences do; a long line may have lost its full stop."""
    return text.rstrip("”\"’')] ").endswith(_ENDS) or word_count(text) > _LONG_LINE


def _extend(runs: list[Passage], one: Statement, place: int) -> None:
    """Adds a statement to the last run, and that to the run before it where "they" needs that."""
    before = runs[-2] if len(runs) > 1 else None
    is_next = before and before.kind is PassageKind.PROSE and before.last + 1 == runs[-1].first
    if before and is_next and lacks_its_noun(one.text, [s.text for s in runs[-1].statements]):
        run = runs.pop()
        runs[-1] = replace(before, statements=before.statements + run.statements, last=run.last)
    run = runs[-1]
    runs[-1] = replace(run, statements=(*run.statements, one), last=place)


def _names_one_of(names: set[str], text: str) -> bool:
    return any(re.search(rf"\b{name}\b", text) for name in names if name)


def _warns(run: Passage) -> bool:
    return run.kind is PassageKind.PROSE and run.statements[0].is_caveat


def _joined(run: Passage) -> Passage:
    """A run that opens with a caveat as one statement: a caution must be understood by itself."""
    first = run.statements[0]
    text = " ".join(s.text for s in run.statements)
    return replace(run, statements=(replace(first, text=text),))


def _marks(block: Block, text: str) -> tuple[Span, ...]:
    """The block's emphasis, strong and code as far as they lie in `text`, counted from its start.

    None where the block's white space is not as the sentence has it.
    """
    start = block.text.find(text)
    if start < 0 or not block.spans:
        return ()
    end = start + len(text)
    return tuple(
        Span(max(span.start, start) - start, min(span.end, end) - start, span.mark)
        for span in block.spans
        if span.mark is not Mark.LINK and span.start < end and span.end > start
    )
