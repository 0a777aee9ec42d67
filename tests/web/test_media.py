"""Pictures of mails, served by us."""

import io

from PIL import Image

from partwork.actions.media import album_of
from partwork.assembly import Press


def test_a_picture_may_be_shown_anywhere_and_kept_for_ever(press: Press, client) -> None:
    folder = press.library.home / "content" / "media"
    folder.mkdir(parents=True, exist_ok=True)
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(stream, "PNG")
    (folder / "dot.png").write_bytes(stream.getvalue())
    (folder / "dot.toml").write_text('alt = "A dot"\ncredit = "Us"\npermission = "own"\n')
    url = album_of(press, ["dot.png"]).pictures["dot.png"].url

    answer = client.get(url.removeprefix(press.settings.public_url))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "immutable" in answer.headers["Cache-Control"]
    assert Image.open(io.BytesIO(answer.content)).size == (60, 40)
    for path in ("/media/dot.png", "/media/..%2f..%2f.env", "/media/dot-0123456789abcdef.png"):
        assert client.get(path).status_code == 404
