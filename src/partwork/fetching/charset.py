"""The encoding that a server names, told to a reader who sees the bytes alone."""

import codecs


def with_charset(raw: bytes, charset: str) -> bytes:
    """`raw` as a reader without headers will rightly understand it: as it is, or as marked UTF-8.

    `charset` is the Content-Type's, which comes before what the page says of itself (WHATWG HTML,
    13.2.3.2). It does not come before a byte order mark, nor before bytes that are valid UTF-8,
    which hardly any other text is by chance, while servers name Latin-1 for everything. An
    unknown or wrong one changes nothing.
    """
    label = charset.strip().strip("\"'").lower()
    if not label or raw.startswith(_MARKS):
        return raw
    try:
        codec = codecs.lookup(_AS_BROWSERS_READ.get(label, label)).name
        is_told_by_bytes = _is_utf_8(raw) and not codec.startswith(_LIKE_UTF_8)
        if is_told_by_bytes or not codec.startswith(_ON_THE_WEB):
            return raw
        return codecs.BOM_UTF8 + raw.decode(codec).encode()
    except (LookupError, ValueError):
        return raw


_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# Labels that mean another encoding on the web than by their name (WHATWG Encoding, 4.2).
_AS_BROWSERS_READ = {
    **dict.fromkeys(("iso-8859-1", "latin1", "iso8859-1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("iso-8859-11", "tis-620"), "cp874"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis"), "cp932"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601"), "cp949"),
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}


# Whose texts can be valid UTF-8: seven-bit ones, and UTF-16 with its NULs.
_LIKE_UTF_8 = ("iso2022_", "utf-16")

# Python has others that a server must not choose: some unpack, some take quadratic time.
_ON_THE_WEB = ("cp", "iso8859", "koi8", "mac", "euc", "gb18030", "big5", *_LIKE_UTF_8)


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
