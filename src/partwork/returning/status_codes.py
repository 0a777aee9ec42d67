"""Enhanced status codes (RFC 3463) in what servers write."""

import re


def status_in(words: str) -> str:
    """The first enhanced status code in `words` that tells of no success, such as `5.1.1`.

    "": none. If its detail is 0, a telling one of its class that stands behind it: filters put
    their own before the other server's. What has a fourth number is an IP address or a version.
    """
    codes = [found["status"] for found in _ENHANCED.finditer(words)]
    telling = (code for code in codes if code[0] == codes[0][0] and not code.endswith(".0"))
    return next(telling, codes[0]) if codes else ""


def more_telling(status: str, diagnostic: str) -> str:
    """`status`, or that of the diagnostic's words where `status` is none, or undefined.

    A detail of 0 is "other or undefined" in every subject (RFC 3463, 3.1 to 3.8): Exim writes
    5.0.0 whatever the other server said. The class stays: an expired message has 4.4.7 though
    its sender is told 550.
    """
    other = status_in(diagnostic)
    if not status or (status.endswith(".0") and other.startswith(status[0])):
        return other or status
    return status


# No leading zeros, at most three digits a number: RFC 3463, 2. qmail writes (#5.1.1), Exchange
# #5.1.1 or 550-5.1.1.
_ENHANCED = re.compile(
    r"(?<![0-9.])(?P<status>[45]\.(?:0|[1-9][0-9]{0,2})\.(?:0|[1-9][0-9]{0,2}))(?!\.?[0-9])"
)
