"""Pages are fetched whole and politely, or refused in one line that says what to do."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from partwork.fetching.errors import NotFetched
from partwork.fetching.web import MAX_BYTES, Page, Web
from tests.fetching.conftest import ARTICLE, NAME, Names, Site, certificate, serving


def refusal(web: Web, url: str) -> str:
    """What is said instead of the page: one line."""
    with pytest.raises(NotFetched) as refused:
        web.fetch(url)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_page_comes_as_it_is(site: Site, web: Web) -> None:
    raw = b"\xef\xbb\xbf<p>caf\xc3\xa9\r\n\x00"
    url = site.has("/ditch", raw, content_type='TEXT/HTML; Charset="ISO-8859-2"')

    assert web.fetch(url + "#end") == Page(url, raw, ".html", "iso-8859-2")


def test_a_site_is_told_who_asks(site: Site, web: Web) -> None:
    web.fetch(site.has("/ditch"))

    assert site.asked == ["/robots.txt", "/ditch"]
    for headers in site.headers:
        assert headers["User-Agent"].startswith("Partwork/")
        assert headers["Host"] == f"{NAME}:{site.port}"


@pytest.mark.parametrize(
    ("path", "kind", "suffix"),
    [
        ("/a", "text/html", ".html"),
        ("/a", "application/xhtml+xml; charset=utf-8", ".html"),
        ("/a", "text/plain", ".txt"),
        ("/a", "text/markdown", ".md"),
        ("/notes.md", "text/plain; charset=utf-8", ".md"),
        ("/a.md", "text/html", ".html"),
        ("/a", "", ".html"),
    ],
)
def test_the_type_decides_how_it_is_kept(
    site: Site, web: Web, path: str, kind: str, suffix: str
) -> None:
    assert web.fetch(site.has(path, content_type=kind)).suffix == suffix


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/json", "text/css"])
def test_what_is_no_text_is_named(site: Site, web: Web, kind: str) -> None:
    message = refusal(web, site.has("/a", content_type=kind))

    assert kind in message
    assert "paste the text" in message


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "login"),
        (402, "paid"),
        (403, "login"),
        (404, "check the address"),
        (429, "later"),
        (451, "legal"),
        (500, "later"),
        (503, "later"),
        (204, "no page"),
    ],
)
def test_an_answer_that_is_no_page_says_what_to_do(
    site: Site, web: Web, status: int, told: str
) -> None:
    message = refusal(web, site.has("/a", "" if status == 204 else "No.", status))

    assert str(status) in message
    assert told in message


# Redirects.


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_to_where_the_page_is(site: Site, web: Web, status: int) -> None:
    site.has("/new place")
    site.routes["/new%20place"] = site.routes["/new place"]
    url = site.passes_on("/old", "new place", status)

    assert web.fetch(url).url == site.url("/new%20place")


def test_five_redirects_are_followed_and_not_six(site: Site, web: Web) -> None:
    site.has("/6")
    for step in range(6):
        site.passes_on(f"/{step}", f"/{step + 1}")

    assert web.fetch(site.url("/1")).url == site.url("/6")
    assert "passed on more than 5 times" in refusal(web, site.url("/0"))


def test_a_loop_ends(site: Site, web: Web) -> None:
    site.passes_on("/a", "/b")
    site.passes_on("/b", "/a")

    assert "passed on more than 5 times" in refusal(web, site.url("/a"))
    assert site.asked.count("/a") + site.asked.count("/b") == 6


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("ftp://journal.example.org/a", "only http and https"),
        ("http://ada:key@journal.example.org/", "login"),
        ("http://2130706433/", "usual spelling"),
        ("http://[::1/", "no web address"),
        ("http://169.254.169.254/latest/meta-data/", "private or reserved"),
        ("http://[::ffff:169.254.169.254]/", "private or reserved"),
        ("http://100.100.100.200/", "private or reserved"),
        ("//[fe80::1]/", "private or reserved"),
    ],
)
def test_a_redirect_to_what_must_not_be_asked_is_refused(
    site: Site, target: str, told: str
) -> None:
    def literal(host: str, _port: int) -> list[str]:
        return ["127.0.0.1"] if host == NAME else [host]

    web = Web(allows_private=True, resolver=literal)

    message = refusal(web, site.passes_on("/a", target))

    assert told in message
    assert "key" not in message
    assert site.asked == ["/robots.txt", "/a"]


def test_a_way_that_ends_at_a_login_is_refused(site: Site, web: Web) -> None:
    site.has("/login?next=%2Fditch")
    url = site.passes_on("/ditch", "/login?next=%2Fditch")

    assert "login" in refusal(web, url)


# Addresses.


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", NAME])
def test_this_machine_is_not_asked_unless_the_settings_say_so(site: Site, host: str) -> None:
    web = Web(resolver=lambda _name, _port: ["127.0.0.1"])
    site.has("/a")

    assert "private or reserved" in refusal(web, site.url("/a", host))
    assert site.connections == 0


def test_a_host_with_one_private_address_among_public_ones_is_not_asked(site: Site) -> None:
    web = Web(resolver=lambda _name, _port: ["192.88.100.1", "127.0.0.1"])
    site.has("/a")

    assert "private or reserved" in refusal(web, site.url("/a"))
    assert site.connections == 0


def test_the_address_that_was_checked_is_the_one_connected_to(
    site: Site, names: Names, web: Web
) -> None:
    names.answers = [["127.0.0.1"], ["169.254.169.254"]]
    url = site.has("/a")

    assert web.fetch(url).raw == ARTICLE.encode()
    assert names.asked == [NAME]  # not once to check and once to connect


def test_a_name_that_answers_otherwise_later_is_refused(site: Site, names: Names, web: Web) -> None:
    names.answers = [["127.0.0.1"], ["169.254.169.254"]]
    url = site.has("/a", connection="close")
    site.has("/robots.txt", "", connection="close")

    assert "private or reserved" in refusal(web, url)
    assert site.asked == ["/robots.txt"]


def test_an_address_that_does_not_answer_leaves_time_for_the_next(
    site: Site, names: Names, web: Web
) -> None:
    names.answers = [["::1", "127.0.0.1"]]  # nobody listens at the first

    assert web.fetch(site.has("/a")).raw


def test_a_page_may_live_at_an_ipv6_address(names: Names, web: Web) -> None:
    names.answers = [["::1"]]
    with serving(address="::1") as site:
        site.has("/a")

        assert web.fetch(site.url("/a", "[::1]")).url == site.url("/a", "[::1]")
        assert names.asked == ["::1"]
        assert site.headers[0]["Host"] == f"[::1]:{site.port}"


def test_proxies_and_logins_of_the_environment_are_not_used(
    site: Site, web: Web, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {NAME} login ada password key\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        web.fetch(site.has("/a"))

    assert proxy.connections == 0
    assert all("Authorization" not in headers for headers in site.headers)


def test_a_name_nobody_knows_is_said_to_be_out_of_reach(site: Site) -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    assert "cannot be reached" in refusal(Web(resolver=unknown), site.url("/a"))


# TLS.


def test_certificate_and_greeting_are_for_the_name_and_not_the_address(
    tmp_path: Path, names: Names
) -> None:
    chain, context = certificate(tmp_path, NAME)
    web = Web(allows_private=True, resolver=names, certificates=str(chain))
    with serving(context) as site:
        site.has("/a")

        assert web.fetch(site.url("/a", scheme="https")).raw == ARTICLE.encode()
        assert site.server_names == [NAME]
        assert site.headers[0]["Host"] == f"{NAME}:{site.port}"
        other = site.url("/a", "paper.example.org", "https")
        assert "certificate" in refusal(web, other)
        assert "certificate" in refusal(
            Web(allows_private=True, resolver=names), site.url("/a", scheme="https")
        )
        assert len(site.asked) == 2


# Time and size.


def drip(handler: BaseHTTPRequestHandler, pieces: Iterator[bytes]) -> None:
    """Sends a piece each 20 ms until nobody listens any more."""
    over: threading.Event = handler.server.site.over  # type: ignore[attr-defined]
    handler.close_connection = True
    try:
        for piece in pieces:
            handler.wfile.write(piece)
            handler.wfile.flush()
            if over.wait(0.02):
                return
    except OSError:
        return


def endless(start: bytes, then: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def pieces() -> Iterator[bytes]:
        yield start
        while True:
            yield then

    return lambda handler: drip(handler, pieces())


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    "route",
    [
        endless(HEAD + b"\r\n", b"a"),
        endless(HEAD + b"Content-Length: 100000\r\n\r\n", b"a"),
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        endless(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"a")[:10], b""),
        endless(HEAD + b"X-Long: ", b"a"),
        endless(b"HTTP", b""),
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        endless(b"", b"H"),
    ],
    ids=["body", "length", "chunks", "gzip", "header", "silence", "continue", "status"],
)
@pytest.mark.parametrize("path", ["/a", "/robots.txt"])
def test_a_server_that_drips_is_left_in_time(
    site: Site, hasty: Web, path: str, route: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    url = site.has("/a")
    site.routes[path] = route
    start = time.monotonic()

    assert "took longer than 0.25 seconds" in refusal(hasty, url)
    assert time.monotonic() - start < 3


def test_a_server_that_greets_nobody_is_left_in_time(hasty: Web) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # TLS waits for its part
        start = time.monotonic()

        assert "took longer" in refusal(hasty, f"https://{NAME}:{silent.getsockname()[1]}/a")
        assert time.monotonic() - start < 3


def test_the_body_of_a_redirect_is_not_read(site: Site, web: Web) -> None:
    site.has("/b")
    site.routes["/a"] = endless(
        b"HTTP/1.1 302 Found\r\nLocation: /b\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"
    )

    assert web.fetch(site.url("/a")).url == site.url("/b")


def test_a_name_server_that_is_silent_is_left_in_time(site: Site) -> None:
    silent = threading.Event()

    def resolver(_host: str, _port: int) -> list[str]:
        silent.wait(10)
        return ["127.0.0.1"]

    web = Web(allows_private=True, resolver=resolver, patience=timedelta(seconds=0.2))
    start = time.monotonic()

    assert "took longer" in refusal(web, site.url("/a"))
    assert time.monotonic() - start < 3
    silent.set()


def test_no_connection_outlives_its_page(site: Site, hasty: Web) -> None:
    ended = threading.Event()

    def route(handler: BaseHTTPRequestHandler) -> None:
        endless(HEAD + b"\r\n", b"a")(handler)
        ended.set()

    site.has("/a")
    site.routes["/a"] = route
    refusal(hasty, site.url("/a"))

    assert ended.wait(5)
    assert not site.over.is_set()


def test_a_page_of_eleven_megabytes_is_too_large(site: Site, web: Web) -> None:
    url = site.has("/a", b"a" * 11_000_000)

    assert "larger than 10 MB" in refusal(web, url)


def test_a_page_just_within_the_limit_is_not(site: Site, web: Web) -> None:
    url = site.has("/a", b"a" * MAX_BYTES)

    assert len(web.fetch(url).raw) == MAX_BYTES


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "deflate"])
def test_what_swells_is_measured_as_it_swells(site: Site, web: Web, encoding: str) -> None:
    bomb = gzip.compress(b"a" * 60_000_000)
    if "," in encoding:
        bomb = gzip.compress(bomb)
    url = site.has("/a", bomb, content_encoding=encoding)

    message = refusal(web, url)

    assert "larger than 10 MB" in message or "compression" in message


def test_compressed_pages_come_uncompressed(site: Site, web: Web) -> None:
    url = site.has("/a", gzip.compress(ARTICLE.encode()), content_encoding="gzip")

    assert web.fetch(url).raw == ARTICLE.encode()


def test_other_compressions_and_broken_ones_are_refused(site: Site, web: Web) -> None:
    assert "not asked for" in refusal(web, site.has("/a", b"\x0b", content_encoding="br"))
    assert "damaged" in refusal(web, site.has("/b", b"no gzip", content_encoding="gzip"))


def test_a_page_that_breaks_off_is_not_taken_for_a_short_one(site: Site, web: Web) -> None:
    url = site.has("/a")
    site.routes["/a"] = lambda handler: drip(
        handler, iter([HEAD + b"Content-Length: 1000\r\n\r\n<p>Half"])
    )

    assert "try again later" in refusal(web, url)


# Manners.


def test_a_site_that_asks_programs_to_stay_away_is_obeyed(site: Site, web: Web) -> None:
    site.has("/robots.txt", "User-agent: *\nDisallow: /private", content_type="text/plain")

    assert "robots.txt" in refusal(web, site.has("/private/a"))
    assert web.fetch(site.has("/open")).raw
    assert site.asked == ["/robots.txt", "/open"]


def test_a_redirect_does_not_lead_around_robots_txt(site: Site, web: Web) -> None:
    site.has("/private/a")
    url = site.passes_on("/a", "/private/a")
    site.has("/robots.txt", "User-agent: Partwork\nDisallow: /private")

    assert "robots.txt" in refusal(web, url)
    assert "/private/a" not in site.asked


def test_each_site_on_the_way_is_asked_for_its_own_rules(site: Site, web: Web) -> None:
    with serving() as other:
        other.has("/robots.txt", "User-agent: *\nDisallow: /")
        other.has("/a")
        url = site.passes_on("/a", other.url("/a", "paper.example.org"))

        assert "robots.txt" in refusal(web, url)
        assert other.asked == ["/robots.txt"]


@pytest.mark.parametrize(("status", "allowed"), [(401, True), (404, True), (500, False)])
def test_rules_that_are_not_there_forbid_nothing_and_broken_ones_all(
    site: Site, web: Web, status: int, allowed: bool
) -> None:
    url = site.has("/a")
    site.has("/robots.txt", "User-agent: *\nDisallow: /", status)

    if allowed:
        assert web.fetch(url).raw
    else:
        assert f"robots.txt cannot be read ({status})" in refusal(web, url)
        assert site.asked == ["/robots.txt"]


def test_rules_that_were_moved_are_followed(site: Site, web: Web) -> None:
    site.passes_on("/robots.txt", "/rules.txt")
    site.has("/rules.txt", "User-agent: *\nDisallow: /")

    assert "robots.txt" in refusal(web, site.has("/a"))


def test_rules_are_read_to_a_limit(site: Site, web: Web) -> None:
    text = "User-agent: *\nDisallow: /a\n" + "# on and on\n" * 2_000_000
    site.has("/robots.txt", text)

    assert "robots.txt" in refusal(web, site.has("/a"))


def test_two_pages_of_one_host_have_a_pause_between_them(site: Site, names: Names) -> None:
    pause = 0.25
    web = Web(allows_private=True, resolver=names, pause=timedelta(seconds=pause))
    pages = [site.has(f"/{number}") for number in range(3)]

    for page in pages:
        web.fetch(page)

    assert site.asked == ["/robots.txt", "/0", "/1", "/2"]
    first, second, third = site.asked_at[1:]
    assert second - first >= pause
    assert third - second >= pause


def test_a_refused_page_is_waited_for_like_others(site: Site, names: Names) -> None:
    web = Web(allows_private=True, resolver=names, pause=timedelta(seconds=0.25))

    refusal(web, site.url("/gone"))
    refusal(web, site.url("/gone"))

    assert site.asked_at[-1] - site.asked_at[-2] >= 0.25


def test_pages_of_two_hosts_need_no_pause(site: Site, names: Names) -> None:
    web = Web(allows_private=True, resolver=names, pause=timedelta(seconds=30))
    site.has("/a")
    start = time.monotonic()

    web.fetch(site.url("/a"))
    web.fetch(site.url("/a", "paper.example.org"))

    assert time.monotonic() - start < 20


def test_a_message_tells_no_secret_of_the_address(site: Site, web: Web) -> None:
    assert "sesame" not in refusal(web, site.url("/gone?token=sesame#sesame"))
    assert "sesame" not in refusal(web, f"http://ada:sesame@{NAME}/")
