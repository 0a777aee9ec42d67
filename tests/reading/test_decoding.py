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


@pytest.mark.parametrize(
    "raw",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"PK\x03\x04\x14\0\0\0",
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
