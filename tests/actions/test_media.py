"""Pictures of content/media, and what keeps one out."""

import io
from pathlib import Path

import pytest
from PIL import Image

from partwork.actions.media import album_of, picture_at, served_picture
from partwork.assembly import Press

NOTE = 'alt = "A wet stone"\ncredit = "Photo: Marit Oduya"\npermission = "by letter of 3 May"\n'


@pytest.fixture
def media(press: Press) -> Path:
    """The folder with one picture and its note."""
    folder = press.library.home / "content" / "media"
    folder.mkdir(parents=True, exist_ok=True)
    stream = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(stream, "JPEG")
    (folder / "Wet stone.jpg").write_bytes(stream.getvalue())
    (folder / "Wet stone.toml").write_text(NOTE)
    return folder


def test_a_picture_with_its_note_is_made_and_served(press: Press, media: Path) -> None:
    album = album_of(press, ["Wet stone.jpg", "Wet stone.jpg"])

    picture = album.pictures["Wet stone.jpg"]
    assert album.left_out == {}
    assert (picture.width, picture.height) == (600, 400)
    assert picture.note.credit == "Photo: Marit Oduya"
    name = picture.url.rpartition("/media/")[2]
    assert name.startswith("wet-stone-")
    content = served_picture(press, name)
    assert content is not None
    assert Image.open(io.BytesIO(content)).size == (600, 400)
    assert picture_at(press, picture.url) == content
    assert picture_at(press, f"https://elsewhere.example.org/media/{name}") is None


def test_what_was_served_once_stays_when_the_file_is_replaced(press: Press, media: Path) -> None:
    before = album_of(press, ["Wet stone.jpg"]).pictures["Wet stone.jpg"].url.rpartition("/")[2]
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(stream, "JPEG")
    (media / "Wet stone.jpg").write_bytes(stream.getvalue())

    after = album_of(press, ["Wet stone.jpg"]).pictures["Wet stone.jpg"].url.rpartition("/")[2]

    assert after != before
    assert served_picture(press, before) != served_picture(press, after) is not None


@pytest.mark.parametrize("field", ["alt", "credit", "permission"])
def test_without_credit_permission_or_words_for_it_a_picture_is_left_out(
    press: Press, media: Path, field: str
) -> None:
    lines = [line for line in NOTE.splitlines() if not line.startswith(field)]
    (media / "Wet stone.toml").write_text("\n".join(lines))

    album = album_of(press, ["Wet stone.jpg"])

    assert album.pictures == {}
    assert f"{field} is missing" in album.left_out["Wet stone.jpg"]
    assert "content/media/Wet stone.toml" in album.left_out["Wet stone.jpg"]


def test_a_picture_without_a_note_is_told_which_to_write(press: Press, media: Path) -> None:
    (media / "Wet stone.toml").unlink()

    (why,) = album_of(press, ["Wet stone.jpg"]).left_out.values()

    assert "Wet stone.toml is not there; write alt, credit and permission into it" in why


@pytest.mark.parametrize(
    "name",
    ["gone.jpg", "../newsletters/x.jpg", "/etc/passwd", "a/b.png", "Wet stone.toml", ".x.png", ""],
)
def test_no_name_leads_out_of_the_folder(press: Press, media: Path, name: str) -> None:
    album = album_of(press, [name])

    assert album.pictures == {}
    assert list(album.left_out) == [name]


@pytest.mark.parametrize(
    "name", ["größe.jpg", "نصل.jpg", "刃 2_b.JPG", "चाकू.jpg", "cafe\u0301.jpg"]
)
def test_a_name_may_be_of_any_script(press: Press, media: Path, name: str) -> None:
    (media / "Wet stone.jpg").rename(media / name)
    (media / "Wet stone.toml").rename((media / name).with_suffix(".toml"))

    (picture,) = album_of(press, [name]).pictures.values()

    assert picture.url.isascii()
    assert picture_at(press, picture.url)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a/b.png", "it holds '/'; use letters and digits of any script, spaces, dots, - and _"),
        ("a\u202egnp.png", r"it holds '\u202e'; use letters"),
        ("a\\b.png", r"it holds '\\'; use letters"),
        (".x.png", "it begins with '.'; begin with a letter or digit"),
        ("x.svg", "it ends in none of .gif, .jpg, .png, .webp"),
        ("刃" * 80 + ".png", "it is too long; shorten it"),
        ("\ud800.png", r"it begins with '\ud800'; begin"),
    ],
)
def test_what_no_name_may_hold_is_named(press: Press, media: Path, name: str, why: str) -> None:
    (said,) = album_of(press, [name]).left_out.values()

    assert f"names no picture of content/media: {why}" in said


def test_a_link_out_of_the_folder_is_not_followed(press: Press, media: Path) -> None:
    outside = media.parent / "secret.jpg"
    outside.write_bytes((media / "Wet stone.jpg").read_bytes())
    (media / "link.jpg").symlink_to(outside)
    (media / "link.toml").write_text(NOTE)

    album = album_of(press, ["link.jpg"])

    assert album.pictures == {}
    assert album.left_out["link.jpg"].startswith("content/media/link.jpg is a link to another")


@pytest.mark.parametrize(
    "name", ["", "..", "wet-stone.jpg", "../keys.env", "x-0123456789abcdef.jpg", "a" * 5_000]
)
def test_only_what_was_made_is_served(press: Press, media: Path, name: str) -> None:
    assert served_picture(press, name) is None
