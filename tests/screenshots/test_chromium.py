"""Pictures of pages, from a real Chromium."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from partwork.screenshots.chromium import Camera, Scheme, View, camera, is_cut_off
from partwork.screenshots.errors import NoPicture

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
PHONE = View(375)

needs_browser = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}; CHROMIUM names another"
)
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def taking() -> Iterator[Camera]:
    with camera(CHROMIUM) as made:
        yield made


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG, from its first chunk."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


@needs_browser
def test_a_page_is_shown_from_top_to_end(taking: Camera) -> None:
    tall = '<body style="margin: 0"><div style="height: 2345px">Tall</div></body>'

    assert size_of(taking.picture(tall, PHONE)) == (375, 2345)
    assert size_of(taking.picture(tall, View(600, Scheme.DARK))) == (600, 2345)


@needs_browser
def test_a_page_that_does_not_end_is_cut(taking: Camera) -> None:
    endless = '<body style="margin: 0"><div style="height: 90000px">Tall</div></body>'

    cut_off = taking.picture(endless, View(100))
    whole = taking.picture('<body style="height: 300px">', View(100))

    assert size_of(cut_off) == (100, 16_000)
    assert [is_cut_off(cut_off), is_cut_off(whole)] == [True, False]


@needs_browser
def test_light_and_dark_are_told_apart(taking: Camera) -> None:
    page = "<style>@media (prefers-color-scheme: dark) { body { background: #000 } }</style>"

    light, dark, forced = (taking.picture(page, View(375, scheme)) for scheme in Scheme)

    assert len({light, dark, forced}) == 3
    assert taking.picture(page, PHONE) == light


@needs_browser
def test_no_script_runs_and_only_what_is_given_is_shown(taking: Camera) -> None:
    asked: list[str] = []

    def fetched(url: str) -> bytes | None:
        asked.append(url)
        return None

    plain = '<body style="margin: 0"><p>Words</p>'
    hostile = (
        f"{plain}<script>document.body.style.height = '5000px'</script>"
        '<link rel="stylesheet" href="https://elsewhere.example.org/a.css">'
        '<meta http-equiv="refresh" content="0;url=https://elsewhere.example.org/">'
    )

    assert taking.picture(hostile, PHONE, fetched) == taking.picture(plain, PHONE)
    assert "https://elsewhere.example.org/a.css" in asked


@needs_browser
def test_what_is_given_for_a_url_is_shown(taking: Camera) -> None:
    url = "https://news.example.org/media/square.svg"
    page = f'<body style="margin: 0"><img src="{url}" alt="" style="display: block">'
    square = taking.picture('<body style="margin: 0; height: 900px">', View(900))

    png = taking.picture(page, View(900), {url: square}.get)

    assert size_of(png) == (900, 900)


def test_a_program_that_is_no_browser_takes_no_pictures(tmp_path: Path) -> None:
    false = tmp_path / "chromium"
    false.write_text("#!/bin/sh\nexit 1\n")
    false.chmod(0o755)

    with pytest.raises(NoPicture, match="chromium takes no pictures: ended"), camera(false):
        pass
    with pytest.raises(NoPicture, match="does not start"), camera(tmp_path / "nothing"):
        pass
