"""The encoding a server names reaches a reader of the bytes."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.fetching.charset import with_charset

TEXT = "Zażółć gęślą jaźń"
JAPANESE = "水車の溝"


@pytest.mark.parametrize(
    ("text", "charset", "encoding"),
    [
        (TEXT, "ISO-8859-2", "iso8859-2"),
        (TEXT, '"windows-1250"', "cp1250"),
        ("a “quoted” word", "iso-8859-1", "cp1252"),
        ("Мельница", "koi8-r", "koi8-r"),
        (JAPANESE, "Shift_JIS", "cp932"),
        (JAPANESE, "iso-2022-jp", "iso2022_jp"),
        (JAPANESE, "gb2312", "gb18030"),
        (JAPANESE, "utf-16", "utf-16-le"),
        (JAPANESE, "utf-16be", "utf-16-be"),
    ],
)
def test_a_named_encoding_becomes_marked_utf_8(text: str, charset: str, encoding: str) -> None:
    assert with_charset(text.encode(encoding), charset) == codecs.BOM_UTF8 + text.encode()


@pytest.mark.parametrize(
    "charset",
    ["", "utf-8", "iso-8859-1", "none", "zlib", "bz2_codec", "punycode", "unicode_escape", "\0"],
)
def test_what_the_bytes_say_themselves_is_not_overruled(charset: str) -> None:
    assert with_charset(TEXT.encode(), charset) == TEXT.encode()


def test_a_wrong_or_unknown_encoding_changes_nothing() -> None:
    raw = b"caf\xe9 \x81\xff"

    for charset in ("utf-8", "shift_jis", "windows-1253", "klingon", "zlib", "bz2", "punycode"):
        assert with_charset(raw, charset) == raw


@given(st.binary(), st.sampled_from(["utf-8", "cp1252", "shift_jis", "utf-16", "hex", "idna"]))
def test_no_bytes_break_it(raw: bytes, charset: str) -> None:
    told = with_charset(raw, charset)

    assert told == raw or told.startswith(codecs.BOM_UTF8)
