import gzip
import hashlib

import pytest

from partwork.reading.decoding import decoded
from partwork.reading.errors import Unreadable

GERMAN = "Die Kälte kam früh, und niemand hieß sie willkommen – „nicht einmal“ die Möwen."


@pytest.mark.parametrize(
    "raw",
    [
        GERMAN.encode(),
        GERMAN.encode("utf-8-sig"),
        GERMAN.encode("utf-16"),
        GERMAN.encode("utf-16-le"),
        GERMAN.encode("utf-16-be"),
        GERMAN.encode("utf-32"),
        GERMAN.encode("cp1252"),
    ],
)
def test_a_western_text_reads_the_same_in_each_encoding(raw):
    assert decoded(raw, "winter.txt") == GERMAN


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Чайник стоял на плите с самого утра, и никто не подумал его наполнить водой."),
        ("koi8_r", "Чайник стоял на плите с самого утра, и никто не подумал его наполнить водой."),
        ("cp1250", "Żółta łódka płynęła powoli, a dzieci śpiewały na brzegu aż do późnej nocy."),
        ("shift_jis", "やかんは朝からストーブの上にあったが、水を入れようとは誰も思わなかった。"),
    ],
)
def test_legacy_encodings_beyond_the_west_are_told_apart(encoding, text):
    assert decoded(text.encode(encoding), "kettle.txt") == text


def test_utf_8_with_one_damaged_byte_keeps_every_other_letter():
    text = GERMAN * 3
    raw = text.encode().replace("ü".encode(), b"\xc3", 1)

    assert decoded(raw, "winter.txt") == text.replace("ü", "�", 1)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["Tea", "Чайник стоял на плите", "주전자 는 난로 위 에 있 었 다 그 리 고"]
)
def test_utf_16_needs_no_mark(encoding, text):
    assert decoded(text.encode(encoding), "kettle.txt") == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"noon \0", "noon "),
        (b"caf\xe9s \0", "cafés "),
        (b"a\0b\0 kettle", "ab kettle"),
        (b"\0" * 30 + 300 * b"kettle", 300 * "kettle"),
        (b"bell\x07 escape\x1b[31m\0", "bell\x07 escape\x1b[31m"),
    ],
)
def test_a_text_with_a_few_stray_controls_is_text_and_has_no_nul(raw, text):
    assert decoded(raw, "noon.txt") == text


@pytest.mark.parametrize(
    "raw",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"PK\x03\x04\x14\0\0\0",
        b"PK\x03\x04 [Content_Types].xml and a long run of letters, as in a small document",
        b"%PDF-1.4 a page of plain commands",
        b"{\\rtf1 kettle}",
        gzip.compress(b"kettle", mtime=0),
        hashlib.shake_128(b"kettle").digest(5_000),
        bytes(range(256)),
        b"\x01\x02\x03\x04 some text \x05\x06",
    ],
)
def test_binary_content_is_refused_by_name(raw):
    with pytest.raises(Unreadable, match=r"^logo\.png: is not text; save"):
        decoded(raw, "logo.png")


def test_a_broken_unicode_file_says_so():
    with pytest.raises(Unreadable, match="damaged Unicode"):
        decoded(b"\xff\xfeabc", "torn.txt")
