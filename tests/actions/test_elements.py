"""Pictures, tables and code that an editor writes into a part by hand."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from partwork.actions.approve import approve
from partwork.actions.check import faults_of
from partwork.actions.compose import compose
from partwork.actions.drafts import draft_behind
from partwork.actions.letter import begin_letter
from partwork.actions.loading import load_article, load_series
from partwork.actions.media import picture_at
from partwork.actions.preview import drafts_of, preview
from partwork.actions.publish import publish
from partwork.assembly import Press
from partwork.model.article import BlockKind
from partwork.model.fault import Fault, Severity
from partwork.model.series import Code, Figure, Table
from partwork.subscribing.page_links import draft_key
from tests.conftest import NOW

ARTICLE = """---
title: Heaps
language: en
rights: own
---

## How a heap grows

Leaves and peelings turn into dark earth within a year. A heap of 60 litres reaches 65 degrees after
two weeks. Bacteria do most of the work, and they need air and water all year.

| Layer | Litres | Weeks |
| --- | --- | --- |
| Twigs | 10 | 52 |
| Leaves | 30 | 26 |

```
sift --mesh 10 --dry
```

## What to do in winter

Cover a heap with straw before the first frost. Open the cover again when the snow has gone, and
turn it with a fork. Layer green and brown stuff by turns, and water each layer with a can.
"""
NOTE = 'alt = "A steaming heap"\ncredit = "Photo: Jo Roth"\npermission = "her mail of 3 May"\n'
FIGURE = "![A heap of 60 litres]({name}) [@heaps#{prose}]"
TABLE = """| Layer | Litres | Weeks [@heaps#{table}] |
| --- | --- | --- |
| Twigs | 10 | 52 [@heaps#{table}] |
| Leaves | {litres} | 26 [@heaps#{table}] |"""
CODE = "``` [@heaps#{code}]\nsift --mesh {mesh} --dry\n```"


@pytest.fixture
def heap(press: Press) -> Path:
    """The one part of a series of one article, and a picture with its note."""
    press.library.write(press.library.article_file("heaps"), ARTICLE)
    compose(press, "heaps", ["heaps"], title="", newsletter="", division=None, parts=1)
    media = press.library.home / "content" / "media"
    media.mkdir(parents=True, exist_ok=True)
    stream = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(stream, "JPEG")
    (media / "heap.jpg").write_bytes(stream.getvalue())
    (media / "heap.toml").write_text(NOTE)
    (file,) = press.library.instalment_files("heaps")
    return file


def add(press: Press, file: Path, name: str = "heap.jpg", litres: int = 30, mesh: int = 10) -> None:
    """Writes all three before the part's last paragraph, citing the blocks that they come from."""
    blocks = load_article(press, "heaps").blocks
    cited = {block.kind: block.digest for block in reversed(blocks)}
    text = "\n\n".join((FIGURE, TABLE, CODE)).format(
        name=name,
        litres=litres,
        mesh=mesh,
        prose=cited[BlockKind.PARAGRAPH],
        table=cited[BlockKind.TABLE],
        code=cited[BlockKind.CODE],
    )
    first, rest = file.read_text().rsplit("\n\n", 1)
    file.write_text(f"{first}\n\n{text}\n\n{rest}")


def open_ones(press: Press) -> list[Fault]:
    return [f for f in faults_of(press, "heaps") if f.severity is Severity.FAULT]


def test_what_its_sources_bear_out_has_no_fault(press: Press, heap: Path) -> None:
    add(press, heap)

    assert open_ones(press) == []
    shown = "".join(issue.text for issue in drafts_of(press, "heaps", None)[1])
    assert "[Picture: A steaming heap]\nA heap of 60 litres\nPhoto: Jo Roth" in shown
    assert "Leaves  30      26" in shown
    assert "    sift --mesh 10 --dry" in shown


def test_a_figure_of_a_row_or_command_that_no_source_has_is_a_fault_at_its_line(
    press: Press, heap: Path
) -> None:
    add(press, heap, litres=70, mesh=12)

    found = open_ones(press)

    assert [fault.rule for fault in found] == ["figure", "figure"]
    lines = heap.read_text().splitlines()
    assert [lines[fault.line - 1][:8] for fault in found] == ["| Leaves", "``` [@he"]


SIGNED = "<!-- ok: uncited, Jo, mine -->"


@pytest.mark.parametrize(
    "text",
    [
        f"{SIGNED}\n![So it steams](heap.jpg)",
        f"| Layer {SIGNED} |\n| --- |\n| Twigs {SIGNED} |",
        f"{SIGNED}\n```\nsift\n```",
    ],
)
def test_what_cites_nothing_is_a_fault_until_somebody_signs_for_it(
    press: Press, heap: Path, text: str
) -> None:
    before = heap.read_text()

    heap.write_text(f"{before}\n{text.replace(SIGNED, '')}\n")
    assert [fault.rule for fault in open_ones(press)] == ["uncited"] * text.count(SIGNED)

    heap.write_text(f"{before}\n{text}\n")
    assert open_ones(press) == []


def test_a_letter_needs_no_source_for_them(press: Press, heap: Path) -> None:
    text = "Dear readers.\n\n![Mine](heap.jpg)\n\n| a |\n|---|\n| 1 |\n\n```\nx\n```"
    begin_letter(press, "winter", title="Winter", newsletter="", subject="Winter", text=text)

    assert [f for f in faults_of(press, "winter") if f.severity is Severity.FAULT] == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone.jpg", "content/media/gone.jpg is not there"),
        ("https://elsewhere.example.org/heap.jpg", "names no picture of content/media"),
        ("../heap.jpg", "names no picture of content/media"),
        ("bare.jpg", "bare.toml is not there; write alt, credit and permission into it"),
    ],
)
def test_a_picture_that_may_not_be_shown_is_left_out_and_named_at_its_line(
    press: Press, heap: Path, name: str, said: str
) -> None:
    media = press.library.home / "content" / "media"
    (media / "bare.jpg").write_bytes((media / "heap.jpg").read_bytes())
    add(press, heap, name=name)

    (notice,) = (f for f in faults_of(press, "heaps") if f.rule == "picture")
    (shown,) = preview(press, "heaps", None, NOW)

    assert notice.severity is Severity.NOTICE
    assert said in notice.message
    assert name in heap.read_text().splitlines()[notice.line - 1]
    assert "<img" not in shown.issue.html
    assert [f.message for c in shown.checks for f in c.findings if f.rule == "picture"] == [
        notice.message
    ]


def test_a_preview_shows_the_picture_from_the_disk(press: Press, heap: Path) -> None:
    add(press, heap)

    (shown,) = preview(press, "heaps", None, NOW)

    for name in ("mail.html", "page.html"):
        (beside,) = (v for v in (shown.folder / name).read_text().split('"') if "/media/" in v)
        with Image.open(shown.folder / beside) as picture:
            assert picture.size == (600, 400)


def test_an_approval_is_bound_to_the_picture_that_was_seen(press: Press, heap: Path) -> None:
    add(press, heap)
    (shown,) = preview(press, "heaps", None, NOW)
    approve(press, "heaps", None, reviewer="Jo", channel="cli", now=NOW)
    seen = [url for url in shown.issue.html.split('"') if "/media/" in url]
    content = picture_at(press, seen[0])

    stream = io.BytesIO()
    Image.new("RGB", (600, 400), "red").save(stream, "JPEG")
    (press.library.home / "content" / "media" / "heap.jpg").write_bytes(stream.getvalue())
    report = publish(press, "heaps", now=NOW, at_once=True)

    assert report.planned == ()
    assert content is not None
    assert picture_at(press, seen[0]) == content


def test_a_draft_s_page_shows_the_picture(press: Press, heap: Path) -> None:
    add(press, heap)
    (part,) = load_series(press, "heaps").instalments
    key = draft_key("heaps", part.id, NOW + timedelta(days=1), press.secrets)

    page = draft_behind(press, "heaps", part.id, key, NOW)

    (url,) = (url for url in page.split('"') if "/media/" in url)
    assert picture_at(press, url) is not None


def test_composing_again_keeps_what_was_added_by_hand(press: Press, heap: Path) -> None:
    add(press, heap)
    article = press.library.article_file("heaps")
    more = "Worms eat what bacteria leave behind in the lower layers of every heap."
    press.library.write(article, article.read_text() + f"\n## What worms do\n\n{more}\n")

    compose(press, "heaps", ["heaps"], title="", newsletter="", division=None, parts=None)

    parts = load_series(press, "heaps").instalments
    kept = [element for part in parts for element in part.body]
    assert [type(e) for e in kept if isinstance(e, Figure | Table | Code)] == [Figure, Table, Code]
    assert more in " ".join(s.text for part in parts for s in part.sentences)
    assert open_ones(press) == []
