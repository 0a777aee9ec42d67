"""A series of three articles, measured against what an editor listed in them beforehand.

    python benchmarks/composing_seeds.py [--seeds FOLDER] [--list FILE]

`seeds.json` names caveats and points, each with every sentence that makes it: the first three
characters of the raw file's name, the block's digest, the digest of the sentence (`block_digest`
of either). Written before the composer was tuned; it holds no sentence. Printed are the caveats
that the series has lost, the points that it makes in more than one part, how many parts draw on
two sources, and what is in the first person or denies a risk outside quotations. The seeds are
no part of this project: `PARTWORK_SEEDS` or `--seeds` says where they are.
"""

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from partwork.actions.clean import clean
from partwork.composing.risk import denies_risk
from partwork.composing.sentences import sentences_in
from partwork.composing.series import composed
from partwork.composing.voice import is_first_person, without_connective
from partwork.model.article import Article, Block, block_digest, normalised
from partwork.model.series import Division, Instalment, Quotation

SEEDS = Path(os.environ.get("PARTWORK_SEEDS", "../shared/seeds"))
LIST = Path(__file__).with_name("seeds.json")


def main() -> None:
    """Compose the seeds and print what an editor would count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=Path, default=SEEDS, help="the folder of raw articles")
    parser.add_argument("--list", type=Path, default=LIST, help="what an editor found in them")
    options = parser.parse_args()
    articles = {f.name[:3]: _article(f) for f in sorted(options.seeds.glob("*.txt"))}
    numbers = count(1)
    parts = composed(
        list(articles.values()),
        language="en",
        division=Division.THEME,
        parts=None,
        new_id=lambda: f"part{next(numbers):04d}",
    ).instalments
    listed = json.loads(options.list.read_text())
    caveats = {
        name: _parts_of(places, articles, parts) for name, places in listed["caveats"].items()
    }
    points = {name: _parts_of(places, articles, parts) for name, places in listed["points"].items()}
    lost = [name for name, found in caveats.items() if not found]
    repeated = {name: sorted(found) for name, found in points.items() if len(found) > 1}
    print(f"caveats kept: {len(caveats) - len(lost)} of {len(caveats)}; lost: {lost}")
    print(f"points in more than one part: {len(repeated)} of {len(points)}: {repeated}")
    print(f"parts with two sources: {sum(len(p.articles) > 1 for p in parts)} of {len(parts)}")
    own = [text for part in parts for text in _own_voice(part)]
    print(
        f"first person: {sum(map(is_first_person, own))}; risk denied: {sum(map(denies_risk, own))}"
    )
    print("words:", [sum(len(s.text.split()) for s in part.sentences) for part in parts])


def _article(file: Path) -> Article:
    return clean(file.read_bytes(), file.name).result.article


def _parts_of(
    places: Sequence[str], articles: dict[str, Article], parts: Sequence[Instalment]
) -> set[int]:
    """The numbers of the parts in which one of the sentences stands."""
    found: set[int] = set()
    for place in places:
        seed, block, digest = place.split()
        sentence = _sentence(articles[seed], block, digest)
        core = normalised(without_connective(sentence)).partition(" ")[2]
        for part in parts:
            if any(core in normalised(s.text) for s in part.sentences):
                found.add(part.number)
    return found


def _sentence(article: Article, block: str, digest: str) -> str:
    blocks = [b for b in article.blocks if b.digest == block]
    texts = {block_digest(text): text for b in blocks for text in _units(b)}
    if digest not in texts:
        raise SystemExit(f"{article.slug}: no sentence {digest} in block {block}; list it anew")
    return texts[digest]


def _units(block: Block) -> Iterator[str]:
    for line in block.text.splitlines():
        yield " ".join(line.split())
        yield from sentences_in(line)


def _own_voice(part: Instalment) -> Iterator[str]:
    quoted = {id(s) for e in part.body if isinstance(e, Quotation) for s in e.sentences}
    yield from (s.text for s in part.sentences if id(s) not in quoted)


if __name__ == "__main__":
    main()
