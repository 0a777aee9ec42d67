"""The look at a draft before it is approved, and the previews that follow a file."""

import io
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

import pytest
from PIL import Image

from partwork.actions.letter import begin_letter
from partwork.actions.preview import preview
from partwork.actions.watch import Rendering, rendering
from partwork.assembly import Press
from partwork.subscribing.page_links import draft_key
from partwork.web.watching import create_watcher
from tests.web.conftest import Client

TEXT = r"Words of a letter. \<script>alert(1)\</script>"


@pytest.fixture
def part(press: Press) -> str:
    words = {"subject": "A <b>first</b> letter", "preheader": "What it is about."}
    begin_letter(press, "greetings", title="Greetings", newsletter="", **words, text=TEXT)
    return preview(press, "greetings", None, datetime.now(UTC))[0].issue.instalment


def address(press: Press, part: str, days: int = 1) -> str:
    key = draft_key("greetings", part, datetime.now(UTC) + timedelta(days=days), press.secrets)
    return f"/drafts/greetings/{part}/mail?key={key}"


def test_the_look_shows_words_checks_and_how_to_approve(press: Press, client, part: str) -> None:
    answer = client.get(address(press, part))

    assert answer.status_code == 200
    assert "A &lt;b&gt;first&lt;/b&gt; letter" in answer.text
    assert "<script>" not in answer.text
    assert "notice: the preheader is 17 characters wide" in answer.text
    assert "partwork approve greetings --part 1" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert client.head(address(press, part)).content == b""


def test_a_link_that_is_not_ours_or_is_old_opens_nothing(press: Press, client, part: str) -> None:
    assert client.get(f"/drafts/greetings/{part}/mail").status_code == 404
    assert client.get(address(press, part).replace(part, "aaaaaaaa", 1)).status_code == 404
    assert client.get(address(press, part, days=-1)).status_code == 410


def test_pictures_need_the_key_and_a_view_there_is(press: Press, client, part: str) -> None:
    picture = address(press, part).replace("/mail?", "/mail/375-light.png?")
    for path in (picture, picture.partition("?")[0], picture.replace("375-light", "..%2f..%2fx")):
        assert client.get(path).status_code == 404


@pytest.fixture
def watched(press: Press, part: str) -> Rendering:
    return rendering(press, "greetings", None, datetime.now(UTC))


def watcher(press: Press, now: Rendering, host: str = "127.0.0.1") -> Client:
    return Client(create_watcher(press, lambda: now), f"http://{host}")


def test_the_watcher_shows_each_file_of_a_preview_and_nothing_else(
    press: Press, watched: Rendering
) -> None:
    client = watcher(press, watched)

    assert client.get("/stamp").text == watched.stamp
    assert 'src="1/mail.html"' in client.get("/").text
    assert "A &lt;b&gt;first&lt;/b&gt; letter" in client.get("/").text
    mail = client.get("/1/mail.html")
    assert mail.status_code == 200
    assert mail.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert client.get("/1/mail.txt").headers["Content-Type"].startswith("text/plain")
    for path in ("/1/mail.eml", "/2/mail.html", "/1/..%2f..%2fkeys.env", "/x/mail.html"):
        assert client.get(path).status_code in {404, 422}


def test_the_watcher_serves_the_pictures_of_a_mail_itself(press: Press, part: str) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(stream, "PNG")
    media = press.library.home / "content" / "media"
    media.mkdir(parents=True, exist_ok=True)
    (media / "dot.png").write_bytes(stream.getvalue())
    (media / "dot.toml").write_text('alt = "A dot"\ncredit = "Jo"\npermission = "own"\n')
    (file,) = press.library.instalment_files("greetings")
    file.write_text(f"{file.read_text()}\n![](dot.png)\n")

    client = watcher(press, rendering(press, "greetings", None, datetime.now(UTC)))

    (beside,) = re.findall(r'src="([^"]*/media/[^"]*)"', client.get("/1/mail.html").text)
    url = urljoin("http://127.0.0.1/1/mail.html", beside)
    assert client.get(url.removeprefix("http://127.0.0.1")).headers["Content-Type"] == "image/png"
    assert client.get("/media/keys.env").status_code == 404


def test_the_watcher_says_what_is_wrong_instead_of_showing_half_a_mail(press: Press) -> None:
    page = watcher(press, Rendering("0f", error="templates/email/issue.mjml, line 3: <b> open"))

    assert "line 3: &lt;b&gt; open" in page.get("/").text
    assert page.get("/1/mail.html").status_code == 404


def test_no_other_name_leads_to_the_watcher(press: Press, watched: Rendering) -> None:
    assert watcher(press, watched, "evil.example.org").get("/").status_code == 400
