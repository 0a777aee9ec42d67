"""Characters that look like others or like nothing, made plain."""

import re
import unicodedata

_INVISIBLE = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060\u2061\u2062\u2063\u2064"
_INVISIBLE += "\u3164\ufeff\uffa0\ufff9\ufffa\ufffb\ufffe\uffff"
# Embeddings, overrides and isolates lay text out in another order than it is read (Unicode
# Technical Report 36, 2.5); scripts that run from the right need none in running text.
_REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e"
_REORDERING += "\u206f"
_LINE_ENDS_IN_A_LINE = "\t\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_SPACES += "\u202f\u205f\u3000"

_PLAIN = {
    **{c: None for c in range(0xA0) if unicodedata.category(chr(c)) == "Cc" and c != ord("\n")},
    **{ord(c): None for c in _INVISIBLE + _REORDERING},
    **{ord(c): " " for c in _LINE_ENDS_IN_A_LINE + _SPACES},
    # Half a character, which UTF-8 cannot write.
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}
_KEEPING_TABS = {**_PLAIN, ord("\t"): "\t"}
# Tags spell out letters unseen; only a flag of England, Scotland or Wales is written with them.
# A second variation selector in a row chooses nothing, but can carry a byte each.
_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
_SELECTORS = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_CODED = re.compile(f"({_FLAG})|[\U000e0000-\U000e007f]|(?<={_SELECTORS}){_SELECTORS}+")
_CODING = re.compile(f"{_SELECTORS[:-1]}\U000e0000-\U000e007f]")
_ODD = re.compile(f"[{re.escape(''.join(map(chr, _PLAIN)))}]")


def plain(text: str) -> str:
    """`text` with every kind of space a space; what is not to be seen is gone.

    That is control and invisible characters and those that reorder or smuggle text. Zero-width
    joiners stay: emoji and several scripts need them. Line feeds stay as well.
    """
    return _translated(text, _PLAIN)


def plain_line(text: str) -> str:
    """`plain`, tabs kept: they part the cells of a pasted table."""
    return _translated(text, _KEEPING_TABS)


def code_lines(text: str) -> str:
    """Lines of code, `plain`, tabs as spaces, without empty lines around them."""
    lines = [plain_line(line).expandtabs(4).rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n")


def one_line(text: str) -> str:
    """`plain` on one line, with single spaces."""
    return " ".join(plain(text).split())


def _translated(text: str, table: dict[int, str | None]) -> str:
    if text.isascii():
        return text if text.isprintable() else text.translate(table)
    if _ODD.search(text):
        text = text.translate(table)
    if not _CODING.search(text):
        return text
    return _CODED.sub(r"\1", text)
