"""A real server on loopback that speaks the chat-completions protocol, well or badly."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from partwork.language_model.cache import Cache
from partwork.language_model.endpoint import Endpoint
from partwork.language_model.model import LanguageModel

KEY = "sk-never-to-be-seen"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Answer = Callable[[BaseHTTPRequestHandler], None]
Row = dict[str, str]


def rows_of(request: Mapping[str, Any]) -> list[Row]:
    """The labelled sentences of a request, as a model finds them between the markers."""
    user = request["messages"][1]["content"]
    sentences = json.loads(user.split("\n", 1)[1].rsplit("\n", 2)[0])["sentences"]
    return [s for s in sentences if "source" in s]


def completion(content: str | None, **message: object) -> dict[str, Any]:
    return {
        "choices": [{"message": {"role": "assistant", "content": content, **message}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 500},
    }


@dataclass
class Server:
    """What answers come: `script` one after the other, then the obedient model's for ever.

    That model knows other words for some sentences (`wording`) and gives the others unchanged.
    """

    port: int
    wording: dict[str, str] = field(default_factory=dict)
    script: list[Answer] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def says(self, content: str | None, **message: object) -> Answer:
        return self.gives(json.dumps(completion(content, **message)).encode())

    def gives(self, raw: bytes, status: int = 200, **headers: str) -> Answer:
        """An answer of these bytes; headers are named as `content_type`."""
        named = {"content_type": "application/json", "content_length": str(len(raw))} | headers

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in named.items():
                handler.send_header(name.replace("_", "-").title(), value)
            handler.end_headers()
            handler.wfile.write(raw)

        return answer

    def rewords(self, change: Callable[[Row], Row]) -> Answer:
        """The obedient model's answer with each row changed."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            rows = [change(row) for row in self.obedient()]
            self.says(json.dumps({"sentences": rows}))(handler)

        return answer

    def obedient(self) -> list[Row]:
        return [
            {
                "source": row["source"],
                "quote": row["text"],
                "text": self.wording.get(row["text"], row["text"]),
            }
            for row in rows_of(self.requests[-1])
        ]


class _Handler(BaseHTTPRequestHandler):
    timeout = 10  # a client that went away without a word

    def do_POST(self) -> None:
        server: Server = self.server.told  # type: ignore[attr-defined]
        server.paths.append(self.path)
        server.headers.append(dict(self.headers.items()))
        server.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        answer = server.script.pop(0) if server.script else server.rewords(lambda row: row)
        answer(self)

    def log_message(self, *_: Any) -> None: ...


class _Listener(ThreadingHTTPServer):
    told: Server

    def handle_error(self, *_: Any) -> None: ...  # the client leaves when it has enough


@pytest.fixture
def server() -> Iterator[Server]:
    listener = _Listener(("127.0.0.1", 0), _Handler)
    listener.told = Server(listener.server_address[1])
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield listener.told
    finally:
        listener.told.over.set()
        listener.shutdown()
        listener.server_close()
        thread.join()


@pytest.fixture
def waits() -> list[float]:
    """The seconds that a model was made to wait, which pass at once."""
    return []


@pytest.fixture
def model_of(tmp_path: Path, waits: list[float]) -> Callable[..., LanguageModel]:
    """A model at a server's address; keyword arguments go to `LanguageModel`."""

    def made(server: Server, *, key: str = KEY, **options: Any) -> LanguageModel:
        given = {"patience": timedelta(seconds=10), "wait": waits.append, "clock": lambda: NOW}
        return LanguageModel(
            Endpoint(server.url, key), "scribe-1", Cache(tmp_path / "answers"), **given | options
        )

    return made
