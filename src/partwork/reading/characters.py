"""Characters that look like others or like nothing, made plain."""

import unicodedata

_INVISIBLE = "\u00ad\u200b\u2060\ufeff"
_LINE_ENDS_IN_A_LINE = "\t\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_SPACES += "\u202f\u205f\u3000"

_PLAIN = {
    **{c: None for c in range(0xA0) if unicodedata.category(chr(c)) == "Cc" and c != ord("\n")},
    **{ord(c): None for c in _INVISIBLE},
    **{ord(c): " " for c in _LINE_ENDS_IN_A_LINE + _SPACES},
}
_KEEPING_TABS = {**_PLAIN, ord("\t"): "\t"}


def plain(text: str) -> str:
    """`text` with every kind of space a space; invisible and control characters are gone.

    Zero-width joiners stay: emoji and several scripts need them. Line feeds stay as well.
    """
    return text.translate(_PLAIN)


def plain_line(text: str) -> str:
    """`plain`, tabs kept: they part the cells of a pasted table."""
    return text.translate(_KEEPING_TABS)


def one_line(text: str) -> str:
    """`plain` on one line, with single spaces."""
    return " ".join(plain(text).split())
