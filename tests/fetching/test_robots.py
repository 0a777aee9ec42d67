"""What a robots.txt asks is understood as RFC 9309 writes it."""

import pytest

from partwork.fetching.robots import parse_robots

HERE = "https://journal.example.org"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("<!doctype html><title>Our app</title>", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /", "", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("user-AGENT: partWORK/9\ndisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Partwork\nAllow: /", "/a", True),
        ("User-agent: Partwork\nUser-agent: other\nDisallow: /b", "/b/c", False),
        ("User-agent: *\nUser-agent: other\nDisallow: /b", "/b/c", False),
        ("User-agent: Partwork\nDisallow: /a\nUser-agent: Partwork\nDisallow: /b", "/a", False),
        ("User-agent: Partwork\n\nDisallow: /a", "/a", False),
        ("Disallow: /a\nUser-agent: *\nAllow: /", "/a", True),
        # The longest rule decides, not the first; allow before disallow.
        ("User-agent: *\nAllow: /\nDisallow: /private", "/private/x", False),
        ("User-agent: *\nDisallow: /private\nAllow: /private/open", "/private/open/x", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        # Wildcards.
        ("User-agent: *\nDisallow: /*/private", "/uk/private", False),
        ("User-agent: *\nDisallow: /*?", "/a?n=1", False),
        ("User-agent: *\nDisallow: /*?", "/a", True),
        ("User-agent: *\nDisallow: /*.json$", "/a.json", False),
        ("User-agent: *\nDisallow: /*.json$", "/a.json.html", True),
        ("User-agent: *\nDisallow: /a$", "/a", False),
        ("User-agent: *\nDisallow: /a$", "/ab", True),
        ("User-agent: *\nDisallow: /ab*b$", "/ab", True),
        ("User-agent: *\nDisallow: *", "/a", False),
        ("User-agent: *\nDisallow: /a # but why", "/a", False),
        # Encoded alike, however it is written.
        ("User-agent: *\nDisallow: /%7Eada", "/~ada/x", False),
        ("User-agent: *\nDisallow: /caf\u00e9", "/caf%C3%A9", False),
        ("\ufeffUser-agent: *\r\nDisallow: /a\r\n", "/a", False),
    ],
)
def test_the_rule_that_speaks_to_us_decides(text: str, path: str, allowed: bool) -> None:
    assert parse_robots(text.encode(), "Partwork").allows(HERE + path) is allowed


def test_a_pattern_of_many_stars_is_answered_at_once() -> None:
    robots = parse_robots(b"User-agent: *\nDisallow: /" + b"*a" * 100_000 + b"b$", "Partwork")

    assert robots.allows(HERE + "/" + "a" * 100_000)
