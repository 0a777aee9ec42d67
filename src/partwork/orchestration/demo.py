"""The whole path on the sample articles, offline: what `partwork demo` runs."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from partwork.actions.init import init_home
from partwork.actions.loading import load_article
from partwork.actions.renew import PACKAGED
from partwork.actions.status import IssueStatus, status
from partwork.assembly import Press, assemble
from partwork.model.article import Rights
from partwork.model.errors import PartworkError
from partwork.orchestration.environment import LOOPBACK
from partwork.orchestration.holding import preferred_port
from partwork.orchestration.launcher import RunningPrefect, running_prefect
from partwork.orchestration.login import login_file
from partwork.orchestration.supervising import Supervisor
from partwork.orchestration.up import WEB_PORT
from partwork.settings import Settings
from partwork.settings_faults import PREFIX
from partwork.store.leases import holder_of, release_lease

SERIES = "better-sleep"
TITLE = "Better sleep, part by part"
NEWSLETTER = "quiet-hour"
REVIEWER = "demo"
SUBSCRIBERS = ("ada@example.org", "ben@example.org", "cleo@example.org")


class DemoFailed(PartworkError):
    """A command of the demo refused; the message is the command's own."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands in the demo's home."""

    articles: int
    lines_kept: int
    lines_removed: int
    readers: int
    issues: tuple[IssueStatus, ...]

    @property
    def published(self) -> tuple[IssueStatus, ...]:
        """The issues that were made a campaign."""
        return tuple(issue for issue in self.issues if issue.state == "published")

    @property
    def accepted(self) -> int:
        """Deliveries that the outbox has taken."""
        return sum(issue.tally.accepted for issue in self.issues)


def run_demo(home: Path, console: Console, *, stay: bool) -> int:
    """Runs every step from raw articles to delivered mails on a real Prefect server.

    It has a home of its own, `.partwork/demo` of `home`: nothing of the user's is touched, no
    setting of theirs is used. A second run finds its work done and sends nobody anything twice.
    With `stay` the dashboard and the web pages stay open until Ctrl-C. Raises PartworkError.
    """
    folder = home / ".partwork" / "demo"
    steps = Steps(console)
    web_port = preferred_port(WEB_PORT)
    base = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    base[f"{PREFIX}PUBLIC_URL"] = f"http://{LOOPBACK}:{web_port}"
    log = folder / ".partwork" / "logs" / "prefect.log"
    with ExitStack() as stack:
        with steps.step("Prefect's server") as said:
            said("a first start takes about 20 seconds")
            prefect = stack.enter_context(
                running_prefect(folder, log=log, base=base, beside=_make_home)
            )
            said(prefect.dashboard)
        press = stack.enter_context(assemble(_settings(folder)))
        _free_lease(press)
        _work(steps, prefect, press)
        _show(console, press)
        if stay:
            _stay(console, prefect, web_port)
    return 0


class Steps:
    """One line a step: while it runs live with its time, where there is a terminal; then done."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, name: str) -> Iterator[Callable[[str], None]]:
        """Gives a function that takes what there is to say; the last word stays."""
        began = time.monotonic()
        words = ""
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        live = Progress(
            *columns, console=self._console, transient=True, disable=not self._console.is_terminal
        )
        with live:
            task = live.add_task(f"{name:<22}", total=None)

            def said(what: str) -> None:
                nonlocal words
                words = what
                live.update(task, description=f"{name:<22} {what}".replace("[", r"\["))

            yield said
        seconds = f"{time.monotonic() - began:6.1f} s"
        self._console.print(f"{seconds}  {name:<22} {words}", markup=False, highlight=False)


def _make_home(prefect: RunningPrefect) -> None:
    """While its server starts, now that nobody else runs in it; then the flows are loaded.

    What the package gives is as this release has it, edited or not; all else stays.
    """
    folder = prefect.home
    for name in PACKAGED:
        old = folder / name
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink(missing_ok=True)
    init_home(folder, None)
    prefect.prepare()


def _work(steps: Steps, prefect: RunningPrefect, press: Press) -> None:
    """The path itself."""
    with steps.step("deploy the flows"):
        prefect.deploy()
        prefect.worker()
        prefect.warm()
    _run(steps, prefect, "ingest", {"rights": Rights.OWN})
    _run(steps, prefect, "compose", {"series": SERIES, "title": TITLE, "newsletter": NEWSLETTER})
    before = _figures(press)
    if before.readers < len(SUBSCRIBERS):
        file = press.settings.state / "readers.csv"
        press.library.write(file, "\n".join(("email", *SUBSCRIBERS)))
        importing = ("subscribers", "import", str(file), "--newsletter", NEWSLETTER)
        _command(steps, prefect, *importing, "--confirmed", "made for the demo")
    _command(steps, prefect, "preview", SERIES)
    if not before.published:
        _command(steps, prefect, "approve", SERIES, "--part", "1", "--by", REVIEWER)
    _run(steps, prefect, "publish", {"series": SERIES, "at_once": True})
    with steps.step("send") as said:
        for result in prefect.settle("send", said):
            said(result.message)
        if before.accepted:
            said(f"{before.accepted} have part 1 already: nobody was sent anything twice")


def _run(steps: Steps, prefect: RunningPrefect, flow: str, parameters: dict[str, object]) -> None:
    """Triggers a flow; a run that an interrupted demo left behind ends first."""
    with steps.step(f"{flow} run") as said:
        prefect.settle(flow, said)
        said(prefect.trigger(flow, parameters, said).message)


def _command(steps: Steps, prefect: RunningPrefect, *arguments: str) -> None:
    """Runs a `partwork` command as a person would. Raises DemoFailed with its last line."""
    with steps.step(f"partwork {arguments[0]}") as said:
        done = subprocess.run(  # noqa: S603 our own interpreter and arguments
            [sys.executable, "-m", "partwork", *arguments],
            env=dict(prefect.environment),
            cwd=prefect.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            last = (done.stderr.strip() or "no message").splitlines()[-1]
            raise DemoFailed(f"`partwork {' '.join(arguments)}` said: {last}")
        said((done.stdout.strip() or "done").splitlines()[-1].strip())


def _settings(folder: Path) -> Settings:
    """The demo's settings, whatever the environment says: no mail server, no shared database."""
    nothing = SecretStr("")
    return Settings(
        home=folder, database_url=nothing, smtp_url=nothing, secret=nothing, hash_key=nothing
    )


def _free_lease(press: Press) -> None:
    """Gives back what an interrupted demo held to publish: a home has one demo at a time."""
    now = datetime.now(UTC)
    with press.engine.begin() as connection:
        name = f"publish:{SERIES}"
        holder = holder_of(connection, name, now)
        if holder:
            release_lease(connection, name, holder)


def _figures(press: Press) -> Figures:
    kept = removed = 0
    slugs = press.library.article_slugs()
    for slug in slugs:
        blocks = load_article(press, slug).blocks
        kept += sum(block.text.count("\n") + 1 for block in blocks)
        report = json.loads(press.library.read(press.library.removals_file(slug)))
        removed += sum(removal["text"].count("\n") + 1 for removal in report["removals"])
    found = [series for series in status(press, datetime.now(UTC)) if series.slug == SERIES]
    readers, issues = (found[0].readers, found[0].issues) if found else (0, ())
    return Figures(len(slugs), kept, removed, readers or 0, issues)


def _show(console: Console, press: Press) -> None:
    figures = _figures(press)
    table = Table(box=None, show_header=False, pad_edge=False)
    lines = f"{figures.lines_kept} lines kept, {figures.lines_removed} removed"
    table.add_row("articles cleaned", str(figures.articles), lines)
    first = f"the first is “{figures.issues[0].title}”" if figures.issues else ""
    parts = press.library.instalment_files(SERIES)
    table.add_row("instalments", str(len(parts)), first)
    names = ", ".join(issue.name for issue in figures.published)
    table.add_row("issues published", str(len(figures.published)), names)
    planned = sum(issue.tally.planned for issue in figures.issues)
    table.add_row("deliveries", str(figures.accepted), f"of {planned} planned")
    console.print()
    console.print(table, markup=False, highlight=False)
    console.print()
    for what, path in _worth_a_look(press):
        console.print(f"{what:<20}{path}", markup=False, highlight=False, soft_wrap=True)


def _worth_a_look(press: Press) -> Iterator[tuple[str, Path]]:
    yield "open in a browser", press.previews / SERIES / "01" / "mail.html"
    for mail in sorted(press.outbox.glob("*.eml"))[:1]:
        yield "a delivered mail", mail
    yield "clean articles", press.library.articles
    for removals in sorted(press.library.articles.glob("*.removals.json"))[:1]:
        yield "what was removed", removals
    yield "the series", press.library.series_folder(SERIES)


def _stay(console: Console, prefect: RunningPrefect, web_port: int) -> None:
    """Keeps everything open until Ctrl-C."""
    supervisor = Supervisor(lambda what: prefect.journal.note("demo", what))
    supervisor.take("server", prefect.server, prefect.children[0])
    supervisor.take("worker", prefect.worker, prefect.children[1])
    supervisor.keep("web", lambda: prefect.start("web", "partwork", "web", f"--port={web_port}"))
    console.print(f"\ndashboard   {prefect.dashboard}", markup=False)
    console.print(f"log in      with what {login_file(prefect.home)} has", markup=False)
    console.print(f"web pages   http://{LOOPBACK}:{web_port}   (Ctrl-C ends both)", markup=False)
    try:
        supervisor.run(time.sleep)
    except KeyboardInterrupt:
        console.print("stopping …")
