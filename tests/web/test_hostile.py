"""What a hostile visitor sends: the right status, a page a person understands, nothing changed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from partwork.actions.subscribers import import_subscribers, story_of
from partwork.assembly import Press
from partwork.model.audience import SubscriptionState
from partwork.subscribing.tokens import (
    Departure,
    Pass,
    PassKind,
    form_token,
    move_token,
    pass_token,
    unsubscribe_token,
)
from tests.web.conftest import ADDRESS, AT, Client, Reader, Site
from tests.web.test_serve import serving

KINDS = ("u", "undo", "confirm", "preferences", "move")
OF_ANOTHER_DEPLOYMENT = ("another secret",)
INJECTED = "eve@example.org\r\nBcc: all@example.org"


def own_tokens(press: Press, ada: Reader, secrets: tuple[str, ...]) -> dict[str, str]:
    """A good token for each kind of link, by the first part of its path."""
    now = datetime.now(UTC)
    held = Pass(ada.id, ada.newsletter, now)
    return {
        "u": unsubscribe_token(Departure(ada.id, ada.newsletter, 7), secrets),
        "undo": pass_token(PassKind.UNDO, held, secrets),
        "confirm": pass_token(PassKind.CONFIRM, held, secrets),
        "preferences": pass_token(PassKind.ACCESS, held, secrets),
        "move": move_token(ada.id, "eve@example.org", now, secrets),
    }


def hostile_tokens(press: Press, ada: Reader, kind: str) -> Iterator[str]:
    """For one kind of link, everything that is not one of its own."""
    ours = own_tokens(press, ada, press.secrets)
    good = ours[kind]
    yield from (good[:-1], good[1:], good[: len(good) // 2], f"{good}x", good.swapcase())
    held, _, signature = good.rpartition(".")
    yield f"{ours['u' if kind != 'u' else 'move'].rpartition('.')[0]}.{signature}"  # swapped
    yield f"{held}."
    yield own_tokens(press, ada, OF_ANOTHER_DEPLOYMENT)[kind]
    yield from (token for name, token in ours.items() if name != kind)  # another purpose
    yield form_token(ada.newsletter, datetime.now(UTC), press.secrets)
    yield from ("x" * 10_000, good * 100, "%00", "..%2f..%2f.env", "<script>", "é", "%ff")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_link_of_ours_opens_nothing(
    press: Press, client: Client, ada: Reader, kind: str
) -> None:
    before = story_of(press, ADDRESS)
    forms = {"do": "erase", "sure": "yes", "leave": "newsletter"}

    for token in hostile_tokens(press, ada, kind):
        path = f"/{kind}/{token if '%' in token else quote(token)}"
        for answer in (client.get(path), client.post(path, data=forms), client.post(path)):
            assert answer.status_code in {404, 415}, token[:80]
            assert "<h1>" in answer.text
            assert token not in answer.text

    assert story_of(press, ADDRESS) == before
    assert not list(press.outbox.glob("*.eml"))


def test_no_field_of_any_form_gets_a_line_into_a_mail(
    press: Press, site: Site, ada: Reader
) -> None:
    fields = ("email", "newsletter", "form", "website", "do", "sure", "pause", "shown-x", "again")

    for path in (site.path, "/leave", site.access(ADDRESS)):
        for field in fields:
            form = {**site.form("new@example.org"), "do": "move", field: INJECTED}
            assert site.client.post(path, data=form).status_code in {200, 422, 429}

    heads = [file.read_bytes().split(b"\r\n\r\n")[0] for file in press.outbox.glob("*.eml")]
    assert len(heads) > 2
    assert not any(b"Bcc" in head or b"eve@" in head for head in heads)


def test_markup_and_formulas_in_names_stay_words(press: Press, site: Site, tmp_path: Path) -> None:
    name = '<img src=x onerror=alert(1)>=HYPERLINK("https://evil.example.org")'
    file = tmp_path / "people.csv"
    doubled = name.replace('"', '""')
    file.write_text(f'email,name\nmallory@example.org,"{doubled}"\n')
    import_subscribers(press, file, site.newsletter, note="a test", now=AT)

    page = site.client.get(site.access("mallory@example.org"))
    mails = [mail.as_string() for mail in site.mails("mallory@example.org")]

    assert page.status_code == 200
    assert not any("onerror" in text for text in (page.text, *mails))


@pytest.mark.parametrize("host", ["evil.example.org", "evil.example.org:80@x", "", "a b", "é"])
def test_no_link_is_made_from_the_host_that_is_asked_for(site: Site, host: str) -> None:
    headers = {"Host": host.encode(), "X-Forwarded-Host": b"evil.example.org"}

    pages = [
        site.client.request("GET", path, headers=headers)
        for path in (
            "/",
            site.path,
            "/leave",
            f"{site.path}/archive",
            "/sitemap.xml",
            "/robots.txt",
        )
    ]
    site.client.request("POST", site.path, data=site.form(), headers=headers)

    assert not any("evil" in page.text for page in pages)
    assert not any("evil" in page.headers.get("Location", "") for page in pages)
    assert not any("evil" in mail.as_string() for mail in site.mails())


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example.org",
        "//evil.example.org/%2e%2e",
        "/\\evil.example.org",
        "/%5cevil.example.org",
        "/newsletters/%2f%2fevil.example.org",
        "/newsletters//evil.example.org",
        "/leave/?next=https://evil.example.org",
        "/?next=https://evil.example.org",
        "/newsletters/the-bench/?url=//evil.example.org",
    ],
)
def test_nobody_is_sent_elsewhere(client: Client, path: str) -> None:
    answer = client.get(f"http://web{path}")

    assert answer.status_code in {302, 404}
    assert answer.headers.get("Location", "newsletters/the-bench") == "newsletters/the-bench"


def test_another_site_s_page_posts_nothing_but_a_wish_to_leave(
    press: Press, site: Site, ada: Reader
) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example.org"}
    tokens = own_tokens(press, ada, press.secrets)
    before = story_of(press, ADDRESS)

    for path in (site.path, "/leave", *(f"/{kind}/{tokens[kind]}" for kind in KINDS[1:])):
        answer = site.client.request("POST", path, data={"do": "erase"}, headers=headers)
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert story_of(press, ADDRESS) == before

    left = site.client.request("POST", f"/u/{ada.token}", data={"leave": "x"}, headers=headers)
    assert left.status_code == 200
    assert ada.state is SubscriptionState.ENDED


def test_what_is_far_too_large_is_refused_on_every_form(
    ada: Reader, home: Path, tmp_path: Path
) -> None:
    five_megabytes = b"email=" + b"x" * 5_000_000
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    with serving(home, tmp_path / "log") as (url, _):
        for path in ("/newsletters/the-bench", "/leave", "/confirm/x", f"/u/{ada.token}"):
            for body in (five_megabytes, pieces_of(five_megabytes)):  # with and without a length
                assert status_of(url + path, body, form) in {413, None}
        assert httpx.get(f"{url}/healthz").status_code == 200

    assert ada.state is SubscriptionState.CONFIRMED


def pieces_of(body: bytes) -> Iterator[bytes]:
    return (body[start : start + 65_536] for start in range(0, len(body), 65_536))


def status_of(url: str, body: bytes | Iterator[bytes], headers: dict[str, str]) -> int | None:
    """None: the server hung up while the body was still on its way, which it may."""
    try:
        return httpx.post(url, content=body, headers=headers).status_code
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        return None


def test_an_address_that_is_typed_is_shown_as_text(site: Site) -> None:
    typed = '"><script>alert(1)</script>{{7*7}}${7*7}'

    page = site.sign_up(typed).text

    assert "<script" not in page
    assert "49" not in re.sub(r"<style.*?</style>|value=\"[^\"]{60,}\"", "", page, flags=re.DOTALL)


def test_a_form_s_token_serves_its_own_newsletter_alone(press: Press, site: Site) -> None:
    shown_at = datetime.now(UTC) - timedelta(seconds=30)
    token = form_token("another", shown_at, press.secrets)

    assert site.sign_up(form=token).status_code == 422
    assert site.state() is None


@pytest.mark.parametrize("charset", ["undefined", "punycode", "unicode_escape", "idna", "zlib"])
@pytest.mark.parametrize("email", [rb"a\ud800@example.org", b"\xff@example.org"])
def test_a_form_in_letters_of_the_sender_s_choice_is_refused_or_read(
    site: Site, charset: str, email: bytes
) -> None:
    fields = {b"form": site.form()["form"].encode(), b"email": email}
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % field
        for field in fields.items()
    )
    kind = f"multipart/form-data; boundary=x; charset={charset}"

    for path in (site.path, "/leave"):
        answer = site.client.post(path, content=body + b"--x--\r\n", headers={"content-type": kind})
        assert answer.status_code in {200, 400, 422}, path


@pytest.mark.parametrize(
    "since",
    [
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2020 00:00:00 +999999999999999999",
        "Mon, 01 Jan 2020 99999999999999999999:00 GMT",
    ],
)
def test_a_date_beyond_all_calendars_is_none(client: Client, newsletter: str, since: str) -> None:
    path = f"/newsletters/{newsletter}/archive"

    answer = client.request("GET", path, headers={"If-Modified-Since": since})

    assert answer.status_code == 200


def test_a_newsletter_of_somebody_s_invention_is_left_without_ado(site: Site) -> None:
    site.join()
    invented = "".join(chr(ord("a") + n * n % 26) + str(n) for n in range(400))

    answer = site.client.post(site.access(), data={"do": "leave", "newsletter": invented})

    assert answer.status_code == 200
    assert site.state() is SubscriptionState.CONFIRMED
