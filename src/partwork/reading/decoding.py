"""Bytes to text: UTF-8, UTF-16, or the legacy encoding that fits best."""

import codecs
import re

from charset_normalizer import from_bytes

from partwork.reading.errors import Unreadable


def decoded(raw: bytes, name: str) -> str:
    """`raw` as text, without a byte order mark.

    A byte order mark decides; then many NULs mean UTF-16; valid UTF-8 is UTF-8, since other
    encodings hardly ever look like it by chance; then Windows-1252, where it gives a text of
    Western letters; charset-normalizer chooses among the rest. UTF-8 with a few damaged bytes
    stays UTF-8, each of them U+FFFD. Stray NULs are dropped. Raises `Unreadable` for binary
    content: files that begin as such do, and what has more than a few control characters.
    """
    if raw.startswith(_BINARY):
        raise _binary(name)
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            text = _strictly(raw[len(mark) :], encoding)
            if text is None:
                raise Unreadable(name, "is damaged Unicode by its first bytes; save it again")
            return _checked(text, name)
    for guess in (_utf_16, _utf_8, _damaged_utf_8, _western, _legacy):
        text = guess(raw)
        if text is not None:
            return _checked(text, name)
    raise _binary(name)


# UTF-32's mark begins with UTF-16's, so it stands first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# How the files begin that people take for articles: PNG, JPEG, GIF; PDF; ZIP, and with it Word
# and EPUB; gzip; Word before 2007; RTF, whose letters are text and whose text is not.
_BINARY = (
    *(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF-"),
    *(b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"{\\rtf"),
)

# What Windows-1252 holds of Western European writing; its other signs (¹, ³, ¿ amid letters)
# are what Polish or Cyrillic bytes look like when they are read as Windows-1252.
_WESTERN = frozenset(
    "àáâãäåæçèéêëìíîïñòóôõöøœùúûüýÿßšžÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜÝŸŠŽ"
    "‘’“”‚„‹›«»–—…•·\xa0\xad©®™°£€§½¼¾×¡¿²†‡"
)

# Legacy encodings that articles still come in.
_LEGACY = ["cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "koi8_r", "shift_jis", "euc_jp"]
_LEGACY += ["gb18030", "big5", "euc_kr"]

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
# Those beyond ASCII are left out: they come from text that was decoded wrongly, which is text.
_CONTROLS = bytes((*range(0x09), *range(0x0E, 0x20)))
_DELETE = b"\x7f"
# So many on one side are not there by chance.
_FEWEST_NULS = 8
_A_FEW = 3


def _strictly(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _utf_8(raw: bytes) -> str | None:
    return _strictly(raw, "utf-8")


def _utf_16(raw: bytes) -> str | None:
    """UTF-16 without a mark: the high bytes of Western text are NULs, all on one side."""
    even, odd = (raw[0::2].count(0), raw[1::2].count(0)) if b"\0" in raw else (0, 0)
    controls = _count(raw, _CONTROLS)
    # The high bytes of alphabets are controls; of other scripts they are no UTF-8.
    if 4 * controls < len(raw) and (max(even, odd) < _FEWEST_NULS or _utf_8(raw) is not None):
        return None
    for encoding, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        # Spaces and line ends alone are one character in ten, even of long words.
        if high > 5 * low and high >= len(raw) / 20:
            return _strictly(raw, encoding)
    return None


def _damaged_utf_8(raw: bytes) -> str | None:
    """UTF-8 in which at most one in ten of the characters beyond ASCII is damaged."""
    text = raw.decode("utf-8", "replace")
    return text if text.count("�") * 10 <= len(_BEYOND_ASCII.findall(text)) else None


def _western(raw: bytes) -> str | None:
    text = _strictly(raw, "cp1252")
    if text is None:
        return None
    beyond = _BEYOND_ASCII.findall(text)
    # French, the densest of these languages, has about 5 % of its letters beyond ASCII.
    is_dense = len(beyond) > 0.15 * len(text)
    return None if is_dense or not _WESTERN.issuperset(beyond) else text


def _legacy(raw: bytes) -> str | None:
    best = from_bytes(raw, cp_isolation=_LEGACY).best()
    return None if best is None else str(best)


def _checked(text: str, name: str) -> str:
    """`text` without NULs, unless so many characters are controls that no person wrote it."""
    controls = _count(text.encode("utf-8", "surrogatepass"), _CONTROLS + _DELETE)
    # Of compressed content 11 % are controls, of programs more; half of that is a guess.
    if controls > _A_FEW + len(text) / 20:
        raise _binary(name)
    return text.replace("\0", "") if controls else text


def _count(raw: bytes, these: bytes) -> int:
    """How many bytes of `raw` are one of `these`."""
    return len(raw) - len(raw.translate(None, these))


def _binary(name: str) -> Unreadable:
    return Unreadable(name, "is not text; save the article as .txt, .md or .html")
