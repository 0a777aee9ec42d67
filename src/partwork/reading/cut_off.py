"""Whether an HTML text ends before it is over."""

import re

_TAG_NAME = re.compile(r"<(/?[a-z][a-z0-9]*)", re.IGNORECASE)
# Atomic, so that an unclosed quote costs one pass and no more; a group with a possessive `*+`
# reads too far before Python 3.11.5 (gh-106052).
_TAG_END = re.compile(r"""(?>(?:[^>"']++|"[^"]*+"|'[^']*+')*)>""")
_SKIPPED = ("script", "style")
_WHOLE = ("html", "body")


def cut_off_in(html: str) -> str:
    """Where `html` breaks off, in words such as "inside a comment"; nothing if it is whole.

    A fragment may leave elements open, since browsers close them, and so may a document of which
    `</body>` or `</html>` is left.
    """
    if _is_plainly_whole(html):
        return ""
    seen: set[str] = set()
    at = html.find("<")
    while at >= 0:
        if html.startswith("<!--", at):
            end = html.find("-->", at + 2)  # "<!-->" is a whole comment (WHATWG HTML, 13.2.5.43)
            if end < 0:
                return "inside a comment"
            at = html.find("<", end + 3)
            continue
        name = _TAG_NAME.match(html, at)
        if name is None:
            at = html.find("<", at + 1)
            continue
        end = _end_of_tag(html, name.end())
        if end < 0:
            return "inside a tag"
        tag = name[1].lower()
        seen.add(tag)
        if tag in _SKIPPED:
            close = re.compile(rf"</{tag}\b", re.IGNORECASE).search(html, end)
            if close is None:
                return f"inside <{tag}>"
            end = close.start()
        at = html.find("<", end)
    opened = [tag for tag in _WHOLE if tag in seen]
    if opened and not any(f"/{tag}" in seen for tag in _WHOLE):
        return f"before </{opened[0]}> (add it if the text is whole)"
    return ""


def _is_plainly_whole(html: str) -> bool:
    """Whether the end of `html` alone shows that it is whole, as it does for most pages.

    It ends in `</html>`, and an end stands after the last beginning of what can hide one.
    """
    if html.rstrip()[-len("</html>") :].lower() != "</html>":
        return False
    folded = html.encode("utf-8", "replace").lower()  # twice as quick as in characters
    closings = {b"<!--": b"-->", b"<script": b"</script", b"<style": b"</style"}
    return all(folded.rfind(end) >= folded.rfind(start) for start, end in closings.items())


def _end_of_tag(html: str, at: int) -> int:
    """The place after the tag's `>`; a quote that never closes is taken for a stray one."""
    match = _TAG_END.match(html, at)
    return match.end() if match else html.find(">", at) + 1 or -1
