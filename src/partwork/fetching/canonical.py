"""The address an article goes by: the page's own word for it, where that can be believed."""

from urllib.parse import urldefrag, urlsplit

# The same page for a small screen, or with the site's www.
_VARIANTS = frozenset({"www", "m", "mobile", "amp"})


def canonical_url(said: str, fetched: str) -> str:
    """What the page calls its address (RFC 6596) if that is plausible, else where it was fetched.

    Plausible is a page of the same site: anybody can write another's address into a page, and
    would so be quoted under its name. Believed neither is the site's front page of a page that
    is further in: many sites have that on every page, and all would become one article.
    """
    fetched = urldefrag(fetched).url
    try:
        one, other = urlsplit(said.strip()), urlsplit(fetched)
        is_same = _site(one.hostname or "") == _site(other.hostname or "")
        is_plausible = (
            is_same and one.scheme in {"http", "https"} and _port(one.port) == _port(other.port)
        )
    except ValueError:
        return fetched
    if not is_plausible or "@" in one.netloc:
        return fetched
    front = (one.path.strip("/") or one.query) == "" and (other.path.strip("/") or other.query)
    return fetched if front else urldefrag(said.strip()).url


def _site(host: str) -> tuple[str, ...]:
    """The host's labels, without those that name a variant; never without its last two."""
    labels = host.lower().rstrip(".").split(".")
    return (*(label for label in labels[:-2] if label not in _VARIANTS), *labels[-2:])


def _port(port: int | None) -> int:
    """The port, 443 counting as 80: an address changes from http to https and back."""
    return 80 if port in {None, 443} else port or 0
