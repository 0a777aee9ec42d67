"""What `partwork web` does in a second: one-clicks and archive pages, over real connections.

The part of `audience.py` that asks a web process of its own, by kept connections and without a
library, so that asking costs a tenth of answering; the two share the machine all the same.
"""

import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from partwork.assembly import Press
from partwork.model.address import Mailbox
from partwork.model.issue import AudienceRule, Issue
from partwork.store.campaigns import plan_campaign
from partwork.store.engine import read_only
from partwork.store.issues import save_draft
from partwork.store.service_messages import count_waiting
from partwork.subscribing.tokens import Departure, unsubscribe_token

CONNECTIONS = 32
PER_SECOND = 100
RESTED = 4  # seconds; the server closes a connection that rests for 5
PAGES = 5_000
ONE_CLICK = b"List-Unsubscribe=One-Click"


def web_figures(press: Press, newsletter: str, late: Path) -> dict[str, object]:
    """Rates and waits of a web process on this press; `late` is imported during a part of it.

    Half of those who are subscribed leave as fast as they can; once their goodbyes are mailed, the
    others at PER_SECOND for as long as the import runs. There have to be parts: see `publish`.
    """
    clicks = [one_click(press, newsletter, subscriber) for subscriber in confirmed(press)]
    at_once, paced = clicks[: len(clicks) // 2], clicks[len(clicks) // 2 :]
    page = f"GET /newsletters/{newsletter}/archive HTTP/1.1\r\nHost: web\r\n\r\n".encode()
    with web(press) as port:
        asked(port, [page] * 100)
        pages, pages_s = asked(port, [page] * PAGES)
        left, left_s = asked(port, at_once)
        until_mailed(press)
        importer = subprocess.Popen(  # noqa: S603 our own command
            [sys.executable, "-m", "partwork", "subscribers", "import", str(late),
             "--newsletter", newsletter, "--confirmed", "measuring"],
            env=environment(press), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        meanwhile, _ = asked(port, while_it_runs(importer, paced), PER_SECOND)
        is_imported = importer.wait() == 0
    return {
        "archive_pages_a_second": round(PAGES / pages_s),
        "archive_page_ms": spread(pages),
        "one_clicks_a_second": round(len(left) / left_s),
        "one_click_ms": spread(left),
        "one_clicks_while_importing": len(meanwhile) if is_imported else "the import failed",
        "one_click_ms_at_100_a_second_while_importing": spread(meanwhile),
    }


def publish(press: Press, newsletter: str) -> None:
    """Three series of twelve parts."""
    editor, now = Mailbox("", "editor@example.org"), datetime.now(UTC)
    for series in ("compost", "hedges", "orchard"):
        for number in range(1, 13):
            words = f"{series}, part {number}"
            issue = Issue(
                f"{series[:6]}{number:02}", number, words, words, "A few words on it", editor,
                editor, words, words, f"<p>{words}</p>", AudienceRule(newsletter, series),
            )  # fmt: skip
            with press.engine.begin() as connection:
                save_draft(connection, issue, now)
                plan_campaign(connection, issue, now, now)


def confirmed(press: Press) -> list[int]:
    """Ten thousand subscribers, or as many as there are."""
    query = "SELECT subscriber FROM subscriptions WHERE state = 'confirmed' LIMIT 10000"
    with press.engine.connect() as connection:
        return list(connection.execute(text(query)).scalars())


def one_click(press: Press, newsletter: str, subscriber: int) -> bytes:
    """A mail provider's request (RFC 8058)."""
    token = unsubscribe_token(Departure(subscriber, newsletter, 0), press.secrets)
    head = (
        f"POST /u/{token} HTTP/1.1\r\nHost: web\r\nContent-Length: {len(ONE_CLICK)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    return head.encode() + ONE_CLICK


@contextmanager
def web(press: Press) -> Iterator[int]:
    """The port of a `partwork web` of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "partwork", "web", "--port", str(port)]
    process = subprocess.Popen(command, env=environment(press), stderr=subprocess.DEVNULL)  # noqa: S603 our own command
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def environment(press: Press) -> dict[str, str]:
    """That of a command on the same home and database."""
    source = str(Path(__file__).parents[1] / "src")
    return os.environ | {
        "PYTHONPATH": source,
        "PARTWORK_HOME": str(press.settings.home),
        "PARTWORK_DATABASE_URL": press.settings.database_url.get_secret_value(),
    }


def until_mailed(press: Press) -> None:
    """Returns once the goodbyes are mailed of all who have left."""
    deadline = time.monotonic() + 600
    while True:
        with read_only(press.engine) as connection:
            if not count_waiting(connection):
                return
        assert time.monotonic() < deadline
        time.sleep(0.2)


def while_it_runs(process: "subprocess.Popen[bytes]", requests: Iterable[bytes]) -> Iterator[bytes]:
    """The requests, as long as the process has not ended."""
    for request in requests:
        if process.poll() is not None:
            return
        yield request


def asked(
    port: int, requests: Iterable[bytes], per_second: float | None = None
) -> tuple[list[float], float]:
    """Seconds from each request to the end of its answer, and all together.

    On CONNECTIONS at once, each with one request; or so many a second, each at its time: what
    comes late because all connections wait counts from when it was due. Every answer must be 200.
    """
    waiting, began, took = iter(requests), time.perf_counter(), list[float]()
    request, number = next(waiting, None), 0
    free: list[tuple[float, socket.socket]] = []
    busy: dict[socket.socket, tuple[float, bytes]] = {}
    with selectors.DefaultSelector() as ready:
        while busy or request is not None:
            now = time.perf_counter()
            due = began + number / per_second if per_second else now
            if request is not None and due <= now and len(busy) < CONNECTIONS:
                while free and now - free[-1][0] > RESTED:
                    free.pop()[1].close()
                wire = free.pop()[1] if free else socket.create_connection(("127.0.0.1", port))
                wire.sendall(request)
                ready.register(wire, selectors.EVENT_READ)
                busy[wire] = due, b""
                request, number = next(waiting, None), number + 1
                continue
            may_ask = request is not None and len(busy) < CONNECTIONS
            for key, _ in ready.select(due - now if may_ask else None):
                wire = key.fileobj
                assert isinstance(wire, socket.socket)
                since, answer = busy.pop(wire)
                piece = wire.recv(65_536)
                assert piece, "the server has closed a connection"
                if is_whole(answer + piece):
                    took.append(time.perf_counter() - since)
                    ready.unregister(wire)
                    free.append((time.perf_counter(), wire))
                else:
                    busy[wire] = since, answer + piece
    seconds = time.perf_counter() - began
    for _, wire in free:
        wire.close()
    return took, seconds


def is_whole(answer: bytes) -> bool:
    """Whether an answer of known length is all there."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    assert head.startswith(b"HTTP/1.1 200"), head
    length = head.lower().partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length)


def spread(seconds: list[float]) -> dict[str, float]:
    """Median, 99th percentile and longest, in milliseconds."""
    ms = sorted(round(1e3 * s, 1) for s in seconds) or [0.0]
    return {"median": ms[len(ms) // 2], "p99": ms[len(ms) * 99 // 100], "longest": ms[-1]}
