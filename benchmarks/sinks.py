"""Mail servers that take everything, and the generator that sending is measured beside.

`sink.c` is our own, compiled anew each time. smtp-sink and smtp-source are Postfix's; on Debian
they come with it, and none need run:

    DEBIAN_FRONTEND=noninteractive apt-get install --no-install-recommends postfix
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).with_name("sink.c")
COMPILER, POSTFIX_SINK, POSTFIX_SOURCE = "gcc", "smtp-sink", "smtp-source"
WHERE = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"  # the last for Postfix's


def found(program: str) -> str | None:
    """Its path; None where it is not installed."""
    return shutil.which(program, path=WHERE)


@contextmanager
def our_sink(delay_ms: float = 0) -> Iterator[str]:
    """Its HOST:PORT; each reply comes so much later."""
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(Path(folder))
        sink = subprocess.Popen(  # noqa: S603 see above
            [program, "0", str(delay_ms)], stdout=subprocess.PIPE, text=True
        )
        with sink:
            assert sink.stdout
            try:
                yield f"127.0.0.1:{sink.stdout.readline().strip()}"
            finally:  # else whoever fails waits for it for ever
                sink.terminate()


def compiled(folder: Path) -> Path:
    """Our sink as a program, in that folder."""
    program = folder / "sink"
    compiling = [found(COMPILER) or COMPILER, "-O2", "-o", program, SOURCE]
    subprocess.run(compiling, check=True)  # noqa: S603 our own program
    return program


@contextmanager
def postfix_sink() -> Iterator[str]:
    """The HOST:PORT of an smtp-sink."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [found(POSTFIX_SINK) or POSTFIX_SINK, *user, f"127.0.0.1:{port}", "1024"]
    with subprocess.Popen(command) as sink:  # noqa: S603 Postfix's
        try:
            _wait_for(port)
            yield f"127.0.0.1:{port}"
        finally:
            sink.terminate()


def from_smtp_source(
    server: str, connections: int, messages: int, octets: int, *, by: Sequence[str] = ()
) -> float:
    """Messages a second that smtp-source, which makes one message and sends it, gets rid of.

    `by` are the words of a program that starts it, where it is to run elsewhere.
    """
    command = [*by, found(POSTFIX_SOURCE) or POSTFIX_SOURCE, "-d", "-s", str(connections)]
    command += ["-m", str(messages), "-l", str(octets)]
    command += ["-f", "a@example.org", "-t", "b@example.org", server]
    began = time.perf_counter()
    subprocess.run(command, check=True)  # noqa: S603 Postfix's
    return messages / (time.perf_counter() - began)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
