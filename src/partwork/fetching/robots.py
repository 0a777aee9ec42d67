"""What a site asks of programs in its robots.txt (RFC 9309)."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from requests.utils import requote_uri

MAX_BYTES = 500 * 1024  # more need not be read (RFC 9309, 2.5)


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one robots.txt that speak to us: each a path pattern, and whether it allows."""

    rules: tuple[tuple[str, bool], ...] = ()

    def allows(self, url: str) -> bool:
        """Whether the page may be read: the longest rule that matches decides, allow before
        disallow, and none allows (RFC 9309, 2.2.2).
        """
        parts = urlsplit(requote_uri(url))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        found = [(len(path), allow) for path, allow in self.rules if _matches(path, target)]
        return max(found)[1] if found else True


def parse_robots(raw: bytes, product: str) -> Robots:
    """The rules for `product`, else those for everybody; groups of one name are one (2.2.1).

    What is not understood is passed over, so that a page sent in its place has no rules.
    """
    groups: dict[str, list[tuple[str, bool]]] = {}
    agents: list[str] = []
    open_group = False  # whether the last line named an agent
    for line in raw.decode("utf-8-sig", "replace").splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if name == "user-agent" and colon:
            agents = [*agents, _product(value)] if open_group else [_product(value)]
            groups.setdefault(agents[-1], [])
            open_group = True
        elif name in {"allow", "disallow"} and colon:
            open_group = False
            if value.startswith(("/", "*")):
                for agent in agents:
                    groups[agent].append((requote_uri(value), name == "allow"))
    return Robots(tuple(groups.get(product.lower(), groups.get("*", []))))


def _product(agent: str) -> str:
    """The product token alone, in small letters: `Partwork/2.0` is `partwork`."""
    found = re.match(r"\*|[A-Za-z_-]+", agent)
    return found[0].lower() if found else ""


def _matches(pattern: str, target: str) -> bool:
    """Whether `pattern` matches from the start: `*` is anything, a last `$` the end (2.2.3).

    Each piece is sought once, from the left: no pattern makes this slow.
    """
    anchored = pattern.endswith("$")
    first, *pieces = pattern.removesuffix("$").split("*")
    if not target.startswith(first):
        return False
    at = len(first)
    last = pieces.pop() if anchored and pieces else None
    for piece in pieces:
        at = target.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    if not anchored:
        return True
    if last is None:
        return at == len(target)
    return target.endswith(last) and len(target) - len(last) >= at
