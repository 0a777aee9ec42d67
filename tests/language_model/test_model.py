"""What becomes of a question, whatever an endpoint does."""

import json
import logging
import socket
import traceback
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from partwork.language_model.endpoint import MAX_BYTES, Endpoint
from partwork.language_model.errors import BudgetSpent, NoAnswer, Unusable
from partwork.language_model.model import TRIES, LanguageModel
from partwork.language_model.spending import Prices
from tests.language_model.conftest import KEY, NOW, Server, completion

Model = Callable[..., LanguageModel]


def test_a_question_goes_out_as_the_protocol_has_it(server: Server, model_of: Model) -> None:
    server.script = [server.says("Forty-two.")]

    assert model_of(server).ask("Be brief.", "What is six times seven?") == "Forty-two."
    assert server.paths == ["/v1/chat/completions"]
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert server.requests == [
        {
            "model": "scribe-1",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "What is six times seven?"},
            ],
        }
    ]


def test_without_a_key_no_login_is_sent(server: Server, model_of: Model) -> None:
    server.script = [server.says("Yes.")]
    model_of(server, key="").ask("", "")

    assert "Authorization" not in server.headers[0]


@pytest.mark.parametrize("asked", ["7", "Mon, 02 Mar 2026 09:00:07 GMT"])
def test_a_busy_server_is_asked_again_when_it_says(
    server: Server, model_of: Model, waits: list[float], asked: str
) -> None:
    server.script = [server.gives(b"{}", 429, retry_after=asked), server.says("Now.")]

    assert model_of(server).ask("", "") == "Now."
    assert waits == [7.0]


def test_a_wait_that_is_too_long_is_not_waited_for(
    server: Server, model_of: Model, waits: list[float]
) -> None:
    server.script = [server.gives(b"{}", 429, retry_after="3600")]

    with pytest.raises(NoAnswer, match="429"):
        model_of(server).ask("", "")
    assert waits == []


@pytest.mark.parametrize("asked", ["soon", "-5", "9" * 400, "Mon, 02 Mar 2026 09:00:07", ""])
def test_a_retry_after_that_says_nothing_does_no_harm(
    server: Server, model_of: Model, waits: list[float], asked: str
) -> None:
    server.script = [server.gives(b"", 503, retry_after=asked), server.says("Now.")]
    try:
        assert model_of(server).ask("", "") == "Now."
    except NoAnswer:
        assert len(asked) == 400
    assert all(0 <= wait <= 60 for wait in waits)


def test_a_server_that_stays_broken_is_given_up(
    server: Server, model_of: Model, waits: list[float]
) -> None:
    server.script = [server.gives(b"sorry", 502) for _ in range(9)]

    with pytest.raises(NoAnswer, match="502"):
        model_of(server).ask("", "")
    assert len(server.requests) == TRIES
    assert waits == [2.0, 4.0]


def drip(server: Server, start: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """Sends the start and then a space now and then, which would keep a socket's clock at bay."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(start)
        while not server.over.wait(0.02):
            handler.wfile.write(b" ")

    return answer


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n",
    ],
)
def test_a_server_that_drips_is_left_in_time(server: Server, model_of: Model, start: bytes) -> None:
    server.script = [drip(server, start)]

    with pytest.raises(NoAnswer):
        model_of(server, patience=timedelta(seconds=0.2)).ask("", "")
    assert len(server.requests) == 1


def test_a_server_that_is_silent_is_left_in_time(server: Server, model_of: Model) -> None:
    server.script = [lambda _handler: server.over.wait(10) and None]

    with pytest.raises(NoAnswer, match=r"longer than 0\.2 seconds"):
        model_of(server, patience=timedelta(seconds=0.2)).ask("", "")


def test_of_an_answer_of_100_megabytes_little_is_read(server: Server, model_of: Model) -> None:
    sent = 0

    def flood(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100000000\r\n\r\n"
        )
        for _ in range(1000):
            handler.wfile.write(b" " * 100_000)
            sent += 100_000

    server.script = [flood]

    with pytest.raises(NoAnswer, match="larger than"):
        model_of(server).ask("", "")
    assert sent < 30 * MAX_BYTES  # what the sockets of both sides hold


HALF = json.dumps(completion("A word"))[:40].encode()


@pytest.mark.parametrize(
    "given",
    [
        (HALF, 200, {"content_length": "500"}, "broke off"),
        (HALF, 200, {}, "not with a message"),
        (b"", 200, {}, "not with a message"),
        (b"[" * 100_000, 200, {}, "not with a message"),
        (b'{"choices": []}', 200, {}, "not with a message"),
        (b'{"error": {"message": "no"}}', 200, {}, "not with a message"),
        (b'{"choices": [{"message": {"content": 7}}]}', 200, {}, "not with a message"),
        (b'{"choices": [{"message": {"content": null}}]}', 200, {}, "not with a message"),
        (b"<html>A login</html>", 200, {"content_type": "text/html"}, "not JSON"),
        (b"data: {}\n\n", 200, {"content_type": "text/event-stream"}, "not JSON"),
        (b"{}", 401, {}, "does not accept the key"),
        (b"{}", 404, {}, "check address and model"),
        (b"{}", 204, {}, "does not take the request"),
    ],
)
def test_what_is_no_answer_is_said_in_one_line(
    server: Server, model_of: Model, given: tuple[bytes, int, dict[str, str], str]
) -> None:
    raw, status, headers, why = given
    server.script = [server.gives(raw, status, **headers)]

    with pytest.raises(NoAnswer, match=why) as refused:
        model_of(server).ask("", "")
    assert len(str(refused.value).splitlines()) == 1
    assert len(server.requests) == 1


def test_a_refusal_is_an_answer(server: Server, model_of: Model) -> None:
    server.script = [server.says(None, refusal="I would rather not.")]

    assert model_of(server).ask("", "") == "I would rather not."


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_key_is_taken_to_no_other_host(server: Server, model_of: Model, status: int) -> None:
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    server.script = [server.gives(b"", status, location=f"{elsewhere}/chat/completions")]

    with pytest.raises(NoAnswer, match="elsewhere"):
        model_of(server).ask("", "")
    assert len(server.requests) == 1


def test_this_machine_is_asked_without_a_proxy(
    server: Server, model_of: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    server.script = [server.says("Yes.")]

    assert model_of(server).ask("", "") == "Yes."


def test_an_endpoint_that_is_not_there_is_named(model_of: Model, waits: list[float]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(NoAnswer, match=r"127\.0\.0\.1 cannot be reached, tried 3 times"):
        model_of(Server(port)).ask("", "")


def test_the_same_question_is_paid_for_once(server: Server, model_of: Model) -> None:
    first, second = model_of(server), model_of(server)
    server.script = [server.says("Once."), server.says("Twice.")]

    assert [first.ask("a", "b"), first.ask("a", "b"), second.ask("a", "b")] == ["Once."] * 3
    assert second.ask("a", "c") == "Twice."
    assert len(server.requests) == 2
    assert (first.spending.requests, first.spending.remembered) == (1, 1)


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b"[]", b'{"answer": "x"}'])
def test_a_damaged_memory_is_none(
    server: Server, model_of: Model, tmp_path: Path, damage: bytes
) -> None:
    server.script = [server.says("Once."), server.says("Twice.")]
    model_of(server).ask("a", "b")
    (kept,) = (tmp_path / "answers").iterdir()
    for raw in (damage, kept.read_bytes().replace(b"Once", b"Oops")):
        kept.write_bytes(raw)
        server.script = [server.says("Twice.")]

        assert model_of(server).ask("a", "b") == "Twice."


def test_an_answer_with_half_a_character_is_remembered(server: Server, model_of: Model) -> None:
    server.script = [server.says("\ud800")]

    assert [model_of(server).ask("a", "b") for _ in range(2)] == ["\ud800"] * 2


def test_without_room_for_its_memory_a_model_still_answers(
    server: Server, model_of: Model, tmp_path: Path
) -> None:
    (tmp_path / "answers").write_text("a file where the folder should be")
    server.script = [server.says("Yes.")]

    assert model_of(server).ask("", "") == "Yes."


def test_costs_are_added_up_by_the_prices(server: Server, model_of: Model) -> None:
    model = model_of(server, prices=Prices(a_million_in=2.0, a_million_out=8.0))
    server.script = [server.says("One."), server.says("Two.")]
    model.ask("", "1")
    model.ask("", "2")

    assert (model.spending.tokens_in, model.spending.tokens_out) == (2000, 1000)
    assert model.spending.cost == pytest.approx(0.012)
    assert str(model.spending) == (
        "2 requests and 0 answers from the cache; "
        "2,000 tokens in, 1,000 out, 0.0120 by the prices set"
    )


@pytest.mark.parametrize(
    "usage",
    [
        None,
        7,
        {},
        {"prompt_tokens": -1, "completion_tokens": 1},
        {"prompt_tokens": True, "completion_tokens": 5},
        {"prompt_tokens": 5, "completion_tokens": "5"},
        {"prompt_tokens": 10**30, "completion_tokens": 1},
    ],
)
def test_tokens_that_were_not_counted_are_estimated(
    server: Server, model_of: Model, usage: object
) -> None:
    reply = completion("x" * 300) | {"usage": usage}
    server.script = [server.gives(json.dumps(reply).encode())]
    model = model_of(server)
    model.ask("y" * 100, "z" * 200)

    assert (model.spending.tokens_in, model.spending.tokens_out) == (100, 100)
    assert "about" in str(model.spending)


def test_beyond_the_budget_nothing_is_asked_but_what_is_remembered(
    server: Server, model_of: Model
) -> None:
    model = model_of(server, prices=Prices(1.0, 1.0), budget=0.002)
    server.script = [server.says("One."), server.says("Two.")]
    model.ask("", "1")
    model.ask("", "2")

    with pytest.raises(BudgetSpent, match=r"0\.0030 of a budget of 0\.002"):
        model.ask("", "3")
    assert model.ask("", "1") == "One."
    assert len(server.requests) == 2


def test_the_key_is_seen_nowhere(
    server: Server, model_of: Model, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = json.dumps({"error": {"message": f"wrong key {KEY}"}}).encode()
    answers = [(echo, 401), (echo, 400), (echo, 500), (echo, 200), (b"", 302)]
    server.script = [server.says("Yes.")]
    model = model_of(server)
    model.ask("", "")
    shown = [repr(model), repr(Endpoint(server.url, KEY)), str(model.spending)]
    for number, (raw, status) in enumerate(answers):
        server.script = [server.gives(raw, status, location=f"{server.url}/{KEY}")] * TRIES
        try:
            model.ask("", str(number))
        except NoAnswer:
            shown.append(traceback.format_exc())
    kept = [file.read_text() for file in (tmp_path / "answers").iterdir()]

    assert len(shown) == 3 + len(answers)
    assert KEY not in "\n".join((*shown, *kept, caplog.text))


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("", ""),
        ("api.example.org/v1", ""),
        ("ftp://api.example.org/v1", ""),
        ("http://[::1/v1", ""),
        ("https://api.example.org:99999/v1", ""),
        ("https://ada:sesame@api.example.org/v1", ""),
        ("https://api.example.org/v1?key=sesame", ""),
        ("https://api.example.org/v1#sesame", ""),
        ("https://api.example.org/v1\r\nX: sesame", ""),
        ("http://api.example.org/v1", "sesame"),
        ("https://api.example.org/v1", "two sesames"),
        ("https://api.example.org/v1", "sesame\r\nX: y"),
        ("https://api.example.org/v1", "sésame"),
    ],
)
def test_an_address_or_key_that_cannot_be_used_is_refused_without_a_secret(
    url: str, key: str
) -> None:
    with pytest.raises(Unusable) as refused:
        Endpoint(url, key)
    assert "sesame" not in str(refused.value)
    assert "sésame" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.org/v1",
        "https://api.example.org/v1/",
        "https://api.example.org/v1/chat/completions",
    ],
)
def test_the_address_may_end_before_or_after_the_path(url: str) -> None:
    assert Endpoint(url, "k").url == "https://api.example.org/v1/chat/completions"


def test_a_budget_without_prices_or_a_model_without_a_name_is_refused(
    server: Server, model_of: Model
) -> None:
    with pytest.raises(Unusable, match="prices"):
        model_of(server, budget=1.0)
    with pytest.raises(Unusable, match="which one"):
        LanguageModel(Endpoint(server.url), "", model_of(server)._cache, clock=lambda: NOW)
