"""What is on file of an article's cleaning: `articles/<slug>.removals.json`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from partwork.manuscript.article import print_removals
from partwork.manuscript.blocks import print_blocks
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.removals import of_type, parse_removals
from partwork.model.article import Article, Cleaned, Removal
from partwork.model.memory import Decision, EditorVerdict


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was on file of an article before both of its files were to be written anew.

    It holds until the article's file has the text whose SHA-256 is `until_sha256`.
    """

    until_sha256: str
    record: "Record"


@dataclass(frozen=True, slots=True)
class Record:
    """What was read, what cleaning and editors took out of it, and where it came from.

    `article_sha256` is over the article's file as it was made: it tells a hand edit. `site` is
    the site it counts with (empty: none), `together` names the ingest it came with where it has
    no site. `blocks` are the digests of all blocks as they were read; `written` has the Markdown
    of removed blocks by position, where that is more than their words. `earlier` is there
    only while the article's file is being written.
    """

    article_sha256: str = ""
    cleaner: str = ""
    site: str = ""
    together: str = ""
    blocks: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    removals: tuple[Removal, ...] = ()
    written: Mapping[int, str] = field(default_factory=dict)
    earlier: Earlier | None = None

    @property
    def kept(self) -> tuple[int, ...]:
        """The positions of the blocks that are not removed."""
        removed = {removal.position for removal in self.removals}
        return tuple(i for i in range(len(self.blocks)) if i not in removed)

    def read_with(self, left: Iterable[str]) -> tuple[str, ...]:
        """The digests of all blocks as they were read, where `left` are those of the article.

        For a record that was written before `blocks` were noted, and an article as it was made.
        """
        digests = list(left)
        for removal in self.removals:  # in reading order
            digests.insert(removal.position, removal.block.digest)
        return tuple(digests)

    def markdown_of(self, removal: Removal) -> str:
        """The Markdown that puts a removed block back."""
        return self.written.get(removal.position) or print_blocks([removal.block])


def written_of(removals: Sequence[Removal]) -> dict[int, str]:
    """The Markdown of removed blocks that is more than their words, by position."""
    printed = {removal.position: print_blocks([removal.block]) for removal in removals}
    return {
        r.position: printed[r.position] for r in removals if printed[r.position] != r.block.text
    }


def print_record(record: Record) -> str:
    """The record as JSON; the removals as `print_removals` has them."""
    return json.dumps(_stored(record), ensure_ascii=False, indent=1) + "\n"


def parse_record(text: str, file: str) -> Record:
    """The record in the text of `file`; one that an earlier version wrote has no blocks.

    Raises ManuscriptError for what it cannot read.
    """
    removals = parse_removals(text, file)
    try:
        stored = json.loads(text)
        return Record(
            article_sha256=removals.article_sha256,
            cleaner=removals.cleaner,
            site=of_type(stored.get("site", ""), str),
            together=of_type(stored.get("together", ""), str),
            blocks=tuple(of_type(b, str) for b in of_type(stored.get("blocks", []), list)),
            decisions=tuple(_decision(d) for d in of_type(stored.get("decisions", []), list)),
            removals=removals.removals,
            written={
                r["position"]: of_type(r["markdown"], str)
                for r in stored["removals"]
                if "markdown" in r
            },
            earlier=_earlier(stored["earlier"], file) if "earlier" in stored else None,
        )
    except (ValueError, TypeError, LookupError, RecursionError):
        raise ManuscriptError(
            file, 0, "its blocks or decisions cannot be read; restore it from a backup"
        ) from None


def _stored(record: Record) -> dict[str, Any]:
    listed = Cleaned(Article("", "", ()), record.removals, record.cleaner)
    removals = json.loads(print_removals(listed))
    for removal in removals:
        if removal["position"] in record.written:
            removal["markdown"] = record.written[removal["position"]]
    stored: dict[str, Any] = {
        "article_sha256": record.article_sha256,
        "cleaner": record.cleaner,
        "site": record.site,
        "together": record.together,
        "blocks": list(record.blocks),
        "decisions": [
            {
                "verdict": decision.verdict.value,
                "block": decision.block,
                "occurrence": decision.occurrence,
                "words": decision.words,
                "made_on": decision.made_on.isoformat(),
            }
            for decision in record.decisions
        ],
        "removals": removals,
    }
    if record.earlier is not None:
        stored["earlier"] = {
            "until_sha256": record.earlier.until_sha256,
            "record": _stored(record.earlier.record),
        }
    return stored


def _earlier(stored: dict[str, Any], file: str) -> Earlier:
    record = parse_record(json.dumps(stored["record"]), file)
    return Earlier(of_type(stored["until_sha256"], str), record)


def _decision(stored: dict[str, Any]) -> Decision:
    return Decision(
        verdict=EditorVerdict(stored["verdict"]),
        block=of_type(stored["block"], str),
        occurrence=of_type(stored["occurrence"], int),
        words=of_type(stored["words"], str),
        made_on=date.fromisoformat(stored["made_on"]),
    )
