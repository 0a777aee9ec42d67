"""The address in `List-Unsubscribe` to which a mail is a wish to leave (RFC 2369, 3.2)."""

from urllib.parse import quote


def leaving_address(bounce_address: str) -> str:
    """`mailto:…?subject=unsubscribe` to the bounce address of one mail (RFC 6068, 2).

    Its token says which mail the wish is about, and that we made it; what a mail program makes
    of the subject tells it from a bounce. All of the local part that could be read otherwise is
    percent-encoded, + too, which some take for a space.
    """
    local, _, domain = bounce_address.rpartition("@")
    return f"mailto:{quote(local, safe='')}@{domain}?subject=unsubscribe"
