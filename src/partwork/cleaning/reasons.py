"""Why a block is boilerplate, in an editor's words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from partwork.cleaning.bios import is_bio
from partwork.cleaning.cues import Cue, cue_at
from partwork.cleaning.findings import Finding
from partwork.cleaning.lines import repeated, worded, worded_at
from partwork.cleaning.markup import marked_up
from partwork.cleaning.stamped import stamped_in
from partwork.cleaning.surroundings import Surroundings, words_in
from partwork.cleaning.traits import Vocabulary
from partwork.cleaning.vocabulary import terms_of
from partwork.cleaning.wording import Place
from partwork.model.article import BlockKind, Category

# Rules that show only where a block stands, what words it has, and nothing that a person could see.
PLACES = frozenset({"above-text", "below-text"})
SOUNDS = frozenset({"sounds-like-notice"})
GUESSES = frozenset({"sounds-like-title", "unlike-text"})


def findings_on(
    page: Surroundings, doubts: Sequence[float], gone: Sequence[bool], vocabulary: Vocabulary
) -> dict[int, Finding]:
    """The reason for each block that is gone, by position, as sure as the judge or the rule is.

    The plainest reason wins: the block's own words, then its box on the page, then the line that
    it stands under, then its place and its vocabulary. The rule is what spoke against the block;
    category and reason say what it is where that can be told, as of a byline among menus.
    """
    if not any(gone):
        return {}
    marked, stamped = marked_up(page), stamped_in(page)
    kept = [i for i, is_gone in enumerate(gone) if not is_gone]
    edges = (kept[0], kept[-1]) if kept else (len(gone), -1)
    found: dict[int, Finding] = {}
    under: _Section | None = None
    for i, is_gone in enumerate(gone):
        if not is_gone:
            under = None
            continue
        cue = cue_at(page, i)
        under = _Section(i, cue) if cue is not None else under and _onward(page, i, under)
        told = repeated(page, i) or worded(page, i) or marked.get(i)
        if told is None and under is None and is_bio(page, i):
            said = "tells who wrote the text, at its end"
            told = Finding("author-bio", Category.BIO, said, _BIOS)
        if told is None and (under is None or not under.goes_on):
            told = stamped.get(i)
        if told is None and under is not None:
            told = _below(page, i, under, edges)
        if told is None:
            told = _placed(page, i, edges) or _sounding(page, i, vocabulary.words)
        sure = max(told.confidence, round(doubts[i], 3))
        found[i] = Finding(told.rule, told.category, told.reason, sure)
    return found


@dataclass(frozen=True, slots=True)
class _Section:
    """What stands below the cue at block `at`, as long as it `goes_on`."""

    at: int
    cue: Cue
    goes_on: bool = True


def _onward(page: Surroundings, i: int, section: _Section) -> _Section:
    """The section at its next block: it ends where that can no longer belong to it.

    Comments go on for any length. Of no section are the notices at a page's foot.
    """
    if not section.goes_on:
        return section
    told = worded_at(page, i, Place.BELOW)
    is_over = told is not None and told.category in _FOOT
    if section.cue.category in _REACHES:
        most_blocks, most_words = _REACHES[section.cue.category]
        is_over = (
            is_over
            or i - section.at > most_blocks
            or words_in(page.blocks[i].text) > most_words
            or (told is not None and told.rule == "menu-entries")
            or (i > section.at + 1 and _is_next_heading(page, i, section))
        )
    return replace(section, goes_on=False) if is_over else section


def _is_next_heading(page: Surroundings, i: int, section: _Section) -> bool:
    """Whether block `i` heads something else; the headings in a list of articles are titles."""
    is_heading = page.blocks[i].kind is BlockKind.HEADING
    return is_heading and section.cue.category is not Category.RELATED


def _below(page: Surroundings, i: int, under: _Section, edges: tuple[int, int]) -> Finding:
    """The line that opens a section of boilerplate, what stands in it, and what follows it."""
    at, cue = under.at, under.cue
    sure = _BIOS if cue.category is Category.BIO else 0.0
    words = page.blocks[at].text.split("\n")[0].strip(" :")
    if at == i:
        return Finding(cue.rule, cue.category, f"“{words}” opens {cue.likeness}", sure)
    if under.goes_on:
        told = Finding(cue.rule, cue.category, f"stands after “{words}”, like {cue.likeness}", sure)
        return told if cue.category in _OTHERS else _itself(page, i, told, edges)
    placed = _placed(page, i, edges)
    if placed is None:
        reason = f"stands after “{words}” and what belongs to that, amid the text"
        placed = _itself(page, i, Finding(cue.rule, Category.FURNITURE, reason, 0.0), edges)
    return placed


def _placed(page: Surroundings, i: int, edges: tuple[int, int]) -> Finding | None:
    """What stands above all of the text that stays, or below it."""
    place = _place_of(i, edges)
    if place is Place.ANYWHERE:
        return None
    if page.prose_words[i]:
        reason = f"stands {place} the text, and does not read like a part of it"
    elif place is Place.ABOVE:
        reason = "stands above the text, where pages have their menus"
    else:
        reason = "stands below the text, where pages have their links and notices"
    return _itself(page, i, Finding(f"{place}-text", Category.FURNITURE, reason, 0.0), edges)


def _place_of(i: int, edges: tuple[int, int]) -> Place:
    first, last = edges
    return Place.ABOVE if i < first else Place.BELOW if i > last else Place.ANYWHERE


def _itself(page: Surroundings, i: int, told: Finding, edges: tuple[int, int]) -> Finding:
    """`told`, with what the block is by its own words where they tell; their rule does not count.

    Words that a text may use itself say something of what is known to be no part of it.
    """
    own = worded_at(page, i, _place_of(i, edges)) or _on_people(page, i)
    return replace(told, category=own.category, reason=own.reason) if own else told


def _on_people(page: Surroundings, i: int) -> Finding | None:
    """Titles said again, bylines, bios and credits of pictures, by what they say."""
    text, line, is_prose = page.blocks[i].text, page.folded[i][0], page.prose_words[i] > 0
    told: tuple[Category, str] | None = None
    if not line:  # a picture without words
        return None
    if line == page.title:
        told = Category.DUPLICATE, "repeats the title"
    elif page.byline and set(_BY.sub("", line).split()) <= set(page.byline.split()):
        told = Category.DATELINE, "names the author"
    elif match := _PRESENTS.match(text):
        told = Category.BIO, f"tells who {match['name']} is"
    elif page.byline and _BY.sub("", line).startswith(page.byline):
        is_bio = is_prose and not _BY.match(line)
        told = (
            (Category.BIO, "speaks of the author")
            if is_bio
            else (Category.DATELINE, "names the author")
        )
    elif words_in(text) <= _CREDIT_WORDS and _CREDITS.search(text):
        told = Category.CAPTION, "has the words of a picture's caption or credit"
    elif not is_prose and words_in(text) <= _BYLINE_WORDS and _MADE.match(line):
        told = Category.DATELINE, "tells who made the text, or when"
    return Finding("", *told, 0.0) if told else None


def _sounding(page: Surroundings, i: int, words: Mapping[str, float]) -> Finding:
    """What a block in the midst of the text sounds like."""
    block = page.blocks[i]
    terms = terms_of(page.tokens[i])
    weights = {term: words[term] for term in terms if term.isalpha() and term in words}
    telling = sorted(weights, key=lambda term: -weights[term])[:_TOLD]
    telling = [term for term in telling if weights[term] >= _TELLING]
    if block.kind is BlockKind.IMAGE:
        return Finding("picture", Category.CAPTION, "describes a picture", 0.0)
    if telling:
        quoted = ", ".join(f"“{term}”" for term in telling)
        reason = f"reads like a notice of the site, by words such as {quoted}"
        notice = Finding("sounds-like-notice", Category.FURNITURE, reason, 0.0)
        own = _on_people(page, i)
        return replace(notice, category=own.category, reason=own.reason) if own else notice
    if page.prose_words[i] == 0 and words_in(block.text) >= _TITLE_WORDS:
        reason = "reads like the title of something else, in the midst of the text"
        return Finding("sounds-like-title", Category.RELATED, reason, 0.0)
    reason = "does not read like the text around it"
    return Finding("unlike-text", Category.FURNITURE, reason, 0.0)


# What `bios.py` finds is right so often, whatever the judge says.
_BIOS = 0.89
_TOLD, _TELLING, _TITLE_WORDS = 3, 0.5, 3

# How many blocks a section of a kind has at most, and of how many words each: what holds for
# lists and bios elsewhere (`lists.py`, `bios.py`), else a guess.
_REACHES: Mapping[Category, tuple[int, int]] = {
    Category.BIO: (6, 150),
    Category.RELATED: (20, 60),
    Category.SHARE: (12, 4),
    Category.CONTENTS: (30, 25),
}
# In sections of these kinds others have names, dates and pictures of their own.
_OTHERS = frozenset({Category.BIO, Category.COMMENTS, Category.RELATED})
# Notices of these kinds stand at the foot of a page, below all of its sections.
_FOOT = frozenset({Category.LEGAL, Category.CONSENT})

_CREDIT_WORDS, _BYLINE_WORDS = 60, 20
_BY = re.compile(r"^(?:(?:written|published|posted|reviewed|words|text|story) )?by:? ")
_PICTURE = r"(?:photo(?:graph)?|image|picture|illustration)s?"
_CREDITS = re.compile(
    rf"^(?:(?:cover|banner|header|lead|featured|top) )?{_PICTURE}\b(?: \w+)? ?"
    r"(?:for|by|via|from|courtesy|caption|credits?|:|,)"
    rf"|\b{_PICTURE}(?: credits?)? ?(?:by |via |courtesy |: |/)|\bcredits?(?:\.\.\.|…|: )",
    re.IGNORECASE,
)
_PRESENTS = re.compile(
    r"(?P<name>(?:(?:Dr|Prof|Mrs?|Ms)\.? )?[A-Z][\w'’-]+(?: [A-Z][\w.'’-]*){1,3}),? "
    r"(?:(?:is|was) (?:an?|the) |(?:writes|lives|works|teaches|reports|covers|edits) )"
)
_MADE = re.compile(
    r"(?:by|(?:words|text)(?= by|:)|author|interview(?:ed)? by|(?:additional )?reporting by"
    r"|edited by|(?:audio )?produced by)\b:? ."
    r"|(?:posted|published|updated|modified|reviewed|date of \w+)\b.*\d"
)
