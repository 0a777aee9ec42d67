"""An editor's word on blocks of an article: `keep` and `drop`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from partwork.actions.filing import is_as_made, load_record, save_edited, save_rules
from partwork.actions.holding import holding_articles
from partwork.actions.loading import load_article
from partwork.actions.ruling import grown_rules, uncount
from partwork.assembly import Clock, Press
from partwork.cleaning.memory import TAKEN_OUT, removal_of
from partwork.library import LibraryError
from partwork.manuscript.editing import Sheet, places_of, put_in, sheet_of, taken_out, unflagged
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.record import Record
from partwork.model.article import Removal
from partwork.model.errors import PartworkError
from partwork.model.memory import Decision, EditorVerdict, SiteRule, site_of, words_of


@dataclass(frozen=True, slots=True)
class Judged:
    """A block, by its number in the article as it was read, from 1, and what was done to it."""

    number: int
    done: str
    text: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of it: block by block, the rules that it made, and those that these replaced."""

    blocks: tuple[Judged, ...]
    made: tuple[SiteRule, ...] = ()
    ended: tuple[SiteRule, ...] = ()


class NotPlaced(PartworkError):
    """A block that is not there, or cannot be put where it was; `number` counts from 1."""

    def __init__(self, article: str, number: int, why: str) -> None:
        self.article, self.number = article, number
        super().__init__(f"{article}, block {number}: {why}")


def keep(
    press: Press, slug: str, numbers: Sequence[int], *, for_site: bool, clock: Clock
) -> Judgement:
    """Puts removed blocks back into an article, and takes the flag off flagged ones.

    It binds the article: when it is cleaned again, the blocks stay. A block that an editor took
    out comes back as it was, flag and all. `for_site`, or the same verdict on the same words in
    another article of the site, makes it the site's rule. What was edited by hand stays; all
    blocks are placed or none. Raises NotPlaced, LibraryError, ManuscriptError, AlreadyIngesting.
    """
    return _judge(press, slug, numbers, EditorVerdict.KEEP, for_site=for_site, clock=clock)


def drop(
    press: Press, slug: str, numbers: Sequence[int], *, for_site: bool, clock: Clock
) -> Judgement:
    """Takes blocks out of an article; all else as `keep`."""
    return _judge(press, slug, numbers, EditorVerdict.DROP, for_site=for_site, clock=clock)


@dataclass(frozen=True, slots=True)
class _Desk:
    """An article under an editor's hands. Positions count from 0 in the article as it was read."""

    sheet: Sheet
    record: Record

    @property
    def places(self) -> Mapping[int, int]:
        """Where in the sheet the blocks are that were read, by position."""
        return places_of(self.record.blocks, self.record.kept, self.sheet)

    def removal_at(self, position: int) -> Removal | None:
        """The removal of that block, if it is removed."""
        return next((r for r in self.record.removals if r.position == position), None)

    def place_of(self, position: int) -> int:
        """Where in the sheet a kept block is. Raises ManuscriptError if it cannot be told."""
        place = self.places.get(position)
        if place is None:
            raise ManuscriptError(
                self.sheet.file, 0, "the block was changed or taken out there; edit it by hand"
            )
        return place


def _judge(
    press: Press,
    slug: str,
    numbers: Sequence[int],
    verdict: EditorVerdict,
    *,
    for_site: bool,
    clock: Clock,
) -> Judgement:
    treated = _kept if verdict is EditorVerdict.KEEP else _dropped
    with holding_articles(press):
        today = clock().date()
        desk, as_made = _desk_for(press, slug)
        count = len(desk.record.blocks)
        if beyond := [number for number in numbers if not 0 < number <= count]:
            why = f"it has {count}; `partwork report {slug}` numbers them"
            raise NotPlaced(slug, beyond[0], why)
        done: list[Judged] = []
        for number in dict.fromkeys(numbers):
            try:
                desk, judged, binds = treated(desk, number - 1)
            except PartworkError as error:
                raise NotPlaced(slug, number, str(error)) from None
            decision = _decision(desk.record, number - 1, verdict, judged.text, today)
            desk = replace(desk, record=_with_decision(desk.record, decision, binds=binds))
            done.append(judged)
        grown = grown_rules(
            press,
            slug,
            [words_of(judged.text) for judged in done],
            site=desk.record.site,
            verdict=verdict,
            for_site=for_site,
            today=today,
        )
        save_edited(press, slug, desk.sheet.text, desk.record, as_made=as_made)
        save_rules(press, grown.rules)
        for rule in grown.ended:
            uncount(press, rule)
        return Judgement(tuple(done), grown.made, grown.ended)


def _desk_for(press: Press, slug: str) -> tuple[_Desk, bool]:
    """The article, and whether its file is as we made it."""
    article = load_article(press, slug)
    record = load_record(press, slug)
    file = press.library.article_file(slug)
    sheet = sheet_of(press.library.read(file), press.library.shown(file))
    as_made = is_as_made(press, slug, record)
    if not record.blocks:
        if not as_made:
            raise LibraryError(
                f"{slug}: it is not on file what was read; edit {press.library.shown(file)} by hand"
            )
        left = (placed.block.digest for placed in sheet.blocks)
        record = replace(record, blocks=record.read_with(left))
    return _Desk(sheet, replace(record, site=record.site or site_of(article.source))), as_made


def _kept(desk: _Desk, position: int) -> tuple[_Desk, Judged, bool]:
    """The article with the block in it, what was done, and whether that binds it.

    What comes back flagged is what an editor had taken out of the article; that is undone, and
    nothing is said yet of the flag.
    """
    removal = desk.removal_at(position)
    if removal is not None:
        markdown = desk.record.markdown_of(removal)
        sheet = put_in(desk.sheet, markdown, desk.places, position)
        removals = tuple(r for r in desk.record.removals if r is not removal)
        written = {at: m for at, m in desk.record.written.items() if at != position}
        desk = _Desk(sheet, replace(desk.record, removals=removals, written=written))
        flag = desk.sheet.blocks[desk.place_of(position)].block.flag
        done = f"put back, flagged as {flag}" if flag else "put back"
        return desk, Judged(position + 1, done, removal.block.text), flag is None
    place = desk.place_of(position)
    block = desk.sheet.blocks[place].block
    if block.flag is None:
        return desk, Judged(position + 1, "is in the article already", block.text), True
    desk = replace(desk, sheet=unflagged(desk.sheet, place))
    return desk, Judged(position + 1, f"no longer flagged as {block.flag}", block.text), True


def _dropped(desk: _Desk, position: int) -> tuple[_Desk, Judged, bool]:
    """The article without the block, what was done, and that it binds the article."""
    removal = desk.removal_at(position)
    if removal is not None:
        return desk, Judged(position + 1, "is out of the article already", removal.block.text), True
    place = desk.place_of(position)
    block = replace(desk.sheet.blocks[place].block, flag=None)
    sheet, markdown = taken_out(desk.sheet, place)
    removal = removal_of(position, block, TAKEN_OUT)
    removals = sorted((*desk.record.removals, removal), key=lambda r: r.position)
    record = replace(
        desk.record,
        removals=tuple(removals),
        written={**desk.record.written, position: markdown},
    )
    return _Desk(sheet, record), Judged(position + 1, "taken out", block.text), True


def _decision(
    record: Record, position: int, verdict: EditorVerdict, text: str, today: date
) -> Decision:
    digest = record.blocks[position]
    occurrence = record.blocks[:position].count(digest)
    return Decision(verdict, digest, occurrence, words_of(text), today)


def _with_decision(record: Record, decision: Decision, *, binds: bool) -> Record:
    """The record with the decision, if it binds, in the place of an earlier one on that block."""
    block = (decision.block, decision.occurrence)
    others = [d for d in record.decisions if (d.block, d.occurrence) != block]
    return replace(record, decisions=(*others, decision) if binds else tuple(others))
